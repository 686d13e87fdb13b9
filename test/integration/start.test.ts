import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Candle } from '../../lambdas/shared/domain/candle';
import type { Interval } from '../../lambdas/shared/domain/interval';
import { freePort } from '../../cli/free-port';
import { isAlive } from '../../cli/processes/lock-file';
import { exchangeWindows, RECORDED_PAIRS, recordedMinutes, unitsOf } from '../oracle/recordings';
import { replayedFolder } from '../oracle/replayed-days';
import { LENGTH_MS, straightWindows } from '../oracle/straight-roll-up';
import { type ExportedRow, readCsv, readParquet } from '../ops/export/exported-rows';
import { Command } from './support/command';
import { descendantsOf } from './support/processes';
import { candleNumbers, expectedRows } from './support/stored-rows';
import { removeVolumes, RunningPart, testEngines } from './support/test-engines';
import { until } from './support/waiting';

/** The commands themselves, as child processes, on one data folder. */
const FROM_MS = Date.parse('2018-01-23T00:00:00Z');
const TO_MS = Date.parse('2018-01-23T02:00:00Z');
const LIMIT_MS = 8 * 60_000;

const recorded = replayedFolder();
const commands: Command[] = [];
let dataDir: string;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'candlestream-start-'));
});

afterAll(async () => {
  for (const command of commands) await command.stop();
  if (testEngines() === 'docker') await removeVolumes(dataDir);
  await rm(dataDir, { recursive: true, force: true });
}, LIMIT_MS);

function run(script: string, ...args: string[]): Command {
  const command = new Command(script, args, { ...process.env, CANDLESTREAM_DATA_DIR: dataDir });
  commands.push(command);
  return command;
}

/** `npm start` as a replay of two hours, on free ports. */
async function startReplay(...more: string[]): Promise<Command> {
  const ports = [await freePort(), await freePort()].map(String);
  const [kafkaPort = '', cassandraPort = ''] = ports;
  return run(
    'start/start.ts',
    ...['--replay', recorded, '--from', '2018-01-23', '--to', '2018-01-23T02:00'],
    ...['--engines', testEngines(), '--kafka-port', kafkaPort, '--cassandra-port', cassandraPort],
    ...more,
  );
}

/** The line that a replay ends with, computed from the recording. */
function expectedLine(): string {
  const times = { fromMs: FROM_MS, toMs: TO_MS };
  const keys = RECORDED_PAIRS.flatMap((pair) => [
    ...expectedRows(pair, recordedMinutes(recorded, pair), times).keys(),
  ]);
  const minutes = keys.filter((key) => key.includes(' 1m ')).length;
  const windows = keys.length - minutes;
  return `replay finished: 120 ticks, ${minutes} minutes, ${windows} windows stored`;
}

/** A candle as `show --json` prints it. */
type ShownCandle = Readonly<Record<'openTime' | 'open' | 'high' | 'low' | 'close', string>>;

/** What both the exchange and `show` say of a window; its own volume is not as exact. */
type Prices = readonly [openTimeMs: number, ...prices: bigint[]];

function shownPrices({ openTime, open, high, low, close }: ShownCandle): Prices {
  return [Date.parse(openTime), unitsOf(open), unitsOf(high), unitsOf(low), unitsOf(close)];
}

function recordedPrices(candle: Candle): Prices {
  return [candle.openTimeMs, ...candleNumbers(candle).slice(0, 4)];
}

/** The numbers of an exported row, and of a candle of the recording: exact, whatever zeros they end with. */
function exportedNumbers(row: ExportedRow): readonly unknown[] {
  const decimals = ['open', 'high', 'low', 'close', 'base_volume', 'quote_volume'] as const;
  const numbers = decimals.map((name) => unitsOf(String(row[name])));
  return [Date.parse(String(row['time'])), ...numbers, Number(row['minutes'])];
}

function expectedNumbers(interval: Interval): readonly unknown[] {
  const minutes = recordedMinutes(recorded, 'ETH_BTC').filter(
    ({ openTimeMs }) => openTimeMs >= FROM_MS && openTimeMs < TO_MS,
  );
  return straightWindows(minutes, LENGTH_MS[interval]).map((candle) => [
    candle.openTimeMs,
    ...candleNumbers(candle),
    candle.minuteCount,
  ]);
}

test(
  'a replay with --exit ends with its line and leaves nothing running',
  async () => {
    const replay = await startReplay('--fresh', '--exit');
    let pids: readonly number[] = [];
    await until('engines and functions run', async () => {
      pids = await descendantsOf(replay.pid);
      return pids.length >= 6 || replay.child.exitCode !== null;
    });
    const { code, output, errors } = await replay.end;

    expect(errors).toBe('');
    expect(output.split('\n').slice(-2)).toEqual([expectedLine(), '']);
    expect(output).not.toMatch(/^stop(ping|ped)/m);
    expect(code).toBe(0);
    expect(pids.length).toBeGreaterThanOrEqual(6);
    await until('no process is left', () => !pids.some(isAlive));
  },
  LIMIT_MS,
);

test(
  'a replay stays up for looking at, on the data of the run before, until Ctrl-C',
  async () => {
    const replay = await startReplay();
    await until('it is finished', () => {
      if (replay.child.exitCode !== null) throw new Error(replay.printed());
      return replay.printed().includes('replay finished');
    });
    expect(replay.printed().split('\n')).toContain(expectedLine());

    const range = ['--from', '2018-01-23', '--to', '2018-01-23T02:00'];
    const shown = await run('show/show.ts', 'ETH_BTC', '5m', '--json', ...range).end;
    expect(shown).toMatchObject({ code: 0, errors: '' });
    const candles = JSON.parse(shown.output) as ShownCandle[];
    const own = exchangeWindows(recorded, 'ETH_BTC').filter(
      ({ openTimeMs }) => openTimeMs >= FROM_MS && openTimeMs < TO_MS,
    );
    expect(own).toHaveLength(24);
    expect(candles.map(shownPrices)).toEqual(own.map(recordedPrices));

    for (const [interval, format] of [
      ['1m', 'parquet'],
      ['1m', 'csv'],
      ['5m', 'parquet'],
    ] as const) {
      const out = join(dataDir, `ETH_BTC-${interval}.${format}`);
      const ofMarket = ['--market', 'gate-io:ETH_BTC', '--interval', interval];
      const exported = await run('../ops/export/export.ts', ...ofMarket, ...range, '--out', out)
        .end;
      expect(exported).toMatchObject({ code: 0, errors: '' });
      expect(exported.output).toContain('2 h not sealed yet, may still change');
      const rows = format === 'csv' ? readCsv(out) : (await readParquet(out)).rows;
      expect(rows.map(exportedNumbers)).toEqual(expectedNumbers(interval));
    }

    const second = await (await startReplay()).end;
    expect(second.code).toBe(1);
    expect(second.errors).toMatch(new RegExp(`^Process ${replay.pid} uses this already .*Stop it`));
    expect(replay.child.exitCode).toBeNull();

    const pids = await descendantsOf(replay.pid);
    replay.child.kill('SIGINT');
    const { code, output, errors } = await replay.end;
    expect(errors).toBe('');
    expect(output).toMatch(/stopped: nothing is left running.*\n$/);
    expect(code).toBe(0);
    await until('no process is left', () => !pids.some(isAlive));

    const after = await run('show/show.ts', 'ETH_BTC', '5m').end;
    expect(after.code).toBe(1);
    expect(after.errors).toContain('The local run is not running');
  },
  LIMIT_MS,
);

test(
  'data of a later time is not played over',
  async () => {
    const dayBefore = ['--from', '2018-01-22', '--to', '2018-01-22T01:00'];
    const { code, output, errors } = await (await startReplay(...dayBefore, '--exit')).end;

    expect(errors).toMatch(/^\w+_BTC is stored to 2018-01-23 02:00 \(UTC\) already.*--fresh/);
    expect(output).not.toContain('replay finished');
    expect(code).toBe(2);
  },
  LIMIT_MS,
);

test(
  'where Kafka dies, the run says so and ends',
  async () => {
    const replay = await startReplay();
    await until('it is finished', () => replay.printed().includes('replay finished'));
    const pids = await descendantsOf(replay.pid);
    const kafka = new RunningPart(/kafka answers on \S+ \((\S+ \S+)\)/.exec(replay.printed())?.[1]);

    await kafka.killFromOutside();
    const { code, output, errors } = await replay.end;

    expect(errors).toMatch(
      /^kafka ended by itself \(.*(SIGKILL|container).*\).*\n.* Type "npm start" to go on from it\.$/m,
    );
    expect(output).not.toContain('stopped: nothing is left running');
    expect(code).toBe(1);
    await until('no process is left', () => !pids.some(isAlive));
  },
  LIMIT_MS,
);

test.each([
  ['Ctrl-C', (child: ChildProcess) => child.kill('SIGINT')],
  ['a reader of its output that goes', (child: ChildProcess) => child.stdout?.destroy()],
])(
  'while it starts, %s ends it without an error',
  async (_, stop) => {
    const replay = await startReplay();
    let pids: readonly number[] = [];
    await until('its first line is printed, and a process that it started runs', async () => {
      pids = await descendantsOf(replay.pid);
      return replay.printed() !== '' && pids.length > 0;
    });

    stop(replay.child);
    const { code, errors } = await replay.end;

    expect(errors).toBe('');
    expect(code).toBe(0);
    expect(pids.length).toBeGreaterThanOrEqual(1);
    await until('no process is left', () => !pids.some(isAlive));
  },
  LIMIT_MS,
);
