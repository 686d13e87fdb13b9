import { cpus } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import { FUNCTION_NAMES } from '../emulator/template/pipeline-template';
import { reportFailure } from '../../cli/command-end';
import { parseCommand } from '../../cli/command-line';
import type { ChosenSettings } from '../emulator/local-environment';
import type { TimedExchange } from '../run/run-exchange';
import type { LocalRun } from '../run/local-run';
import { GeneratedCandles } from '../exchange/candles/generated-candles';
import { type Column, tableLines } from '../../cli/text-table';
import { startBenchRun } from './bench-run';
import { type BundleFigures, bundleLoads } from './bundle-load';
import { type CatchUpFigures, catchUp, fromPreloadedTopic } from './catch-up';
import { marketsWithinLimits, numberedPairs } from './exchanges-of-markets';
import { history, historyStart } from './history';
import { type LatencyFigures, liveLatency } from './live-latency';
import { manyMarkets, manyMarketsText } from './many-markets';
import { querySpeed, type SpeedFigures } from './query-speed';
import { queryUnits, type UnitFigures } from './query-units';
import { type RawLimits, rawLimits } from './raw-limits';

interface Figures {
  readonly machine: string;
  readonly catchUp: Readonly<Record<string, CatchUpFigures>>;
  readonly live: LatencyFigures;
  readonly queries: Readonly<Record<string, SpeedFigures>>;
  readonly units: UnitFigures;
  readonly raw: RawLimits;
  readonly bundles: readonly BundleFigures[];
}

const CATCH_UP_PAIRS = 100;
const HISTORY_DAYS = 73;
const LIVE_PAIRS = 20;
const LIVE_TICKS = 60;
/** So that a tenth of them are of both exchanges. */
const LEAST_MARKETS = 40;

interface BenchOptions {
  readonly long?: true;
  readonly json?: true;
  readonly markets?: number;
}

async function main(args: readonly string[]): Promise<void> {
  const { options } = parseCommand<BenchOptions>(benchCommand(), args);
  if (options.markets !== undefined) {
    const markets = await manyMarkets(options.markets);
    const text =
      options.json === true ? JSON.stringify(markets, null, 2) : manyMarketsText(markets);
    process.stdout.write(options.json === true ? `${text}\n` : `${machine()}\n\n${text}\n`);
    return;
  }
  const figures = await measureAll(options.long === true ? [1, 10] : [1]);
  process.stdout.write(
    options.json === true ? `${JSON.stringify(figures, null, 2)}\n` : `${textOf(figures)}\n`,
  );
}

function benchCommand(): Command {
  return new Command('npm run bench --')
    .description('Measures the pipeline on this machine, on real Kafka and Cassandra.')
    .option('--long', 'also catches up 10 days of 100 pairs, and two years of one: several minutes')
    .option(
      '--markets <count>',
      'only ticks of so many markets of Gate.io and Binance, and of a tenth of them',
      marketsArgument,
    )
    .option('--json', 'all figures, as JSON');
}

function marketsArgument(text: string): number {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < LEAST_MARKETS) {
    throw new InvalidArgumentError(`Give a whole number of at least ${LEAST_MARKETS}.`);
  }
  const most = marketsWithinLimits(count);
  if (count <= most) return count;
  throw new InvalidArgumentError(
    `Give at most ${most}: the limits of Gate.io and Binance allow no more in a tick a minute.`,
  );
}

function machine(): string {
  return `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, Node.js ${process.version}`;
}

async function measureAll(days: readonly number[]): Promise<Figures> {
  const measured: Record<string, CatchUpFigures> = {};
  let live: LatencyFigures | undefined;
  let queries: Figures['queries'] | undefined;
  let units: UnitFigures | undefined;
  let raw: RawLimits | undefined;
  let bundles: readonly BundleFigures[] = [];
  const pairs = numberedPairs(CATCH_UP_PAIRS);
  const source = new GeneratedCandles({ seed: 1, pairs, cachedDays: 1_100 });
  await onRun(numberedPairs(LIVE_PAIRS), 'live', async (run) => {
    bundles = bundleLoads(run.template);
    live = await liveLatency(run, LIVE_TICKS);
    units = await queryUnits(run);
  });
  for (const count of days) {
    const what = `${CATCH_UP_PAIRS} pairs x ${count} ${count === 1 ? 'day' : 'days'}`;
    await onRun(pairs, `${what}, whole pipeline`, async (run, name) => {
      measured[name] = await catchUp(run, source, count);
      queries ??= await querySpeed(run);
    });
    await onRun(pairs, `${what}, transform + persist`, async (run, name) => {
      measured[name] = await fromPreloadedTopic(run, source, count);
    });
  }
  for (const count of days.map((factor) => factor * HISTORY_DAYS)) {
    const what = `history, 1 pair x ${count} days`;
    const [historyPairs, chosen] = [numberedPairs(1), historySettings(count)];
    const ofHistory = new GeneratedCandles({ seed: 1, pairs: historyPairs });
    await onRun(
      historyPairs,
      what,
      async (run, name) => {
        measured[name] = await history(run, ofHistory, count);
      },
      chosen,
    );
  }
  await onRun(pairs, 'the clients alone', async (run) => {
    await run.pipeline.stop();
    raw = await rawLimits(run, source);
  });
  if (live === undefined || raw === undefined || queries === undefined || units === undefined) {
    throw new Error('A measurement is missing');
  }
  return { machine: machine(), catchUp: measured, live, queries, units, raw, bundles };
}

/** The API serves the newest days, the archive those before. */
function historySettings(days: number): ChosenSettings {
  return {
    HISTORY_START: historyStart(days),
    exchanges: { 'gate-io': { retentionMinutes: 9_900 } },
  };
}

/** Measures on a run of its own, with empty data. */
async function onRun(
  pairs: readonly string[],
  name: string,
  measure: (run: LocalRun<TimedExchange>, name: string) => Promise<void>,
  chosen: ChosenSettings = {},
): Promise<void> {
  process.stderr.write(`${name} ...\n`);
  const run = await startBenchRun(pairs, chosen);
  try {
    await measure(run, name);
  } finally {
    await run.stop();
  }
}

const right = (heading: string): Column => ({ heading, align: 'right' });
const left = (heading: string): Column => ({ heading, align: 'left' });

const CATCH_UP_COLUMNS: readonly Column[] = [
  left('what'),
  right('minutes'),
  right('seconds'),
  right('minutes/s'),
  right('of the driver alone'),
  right('functions us/minute'),
  right('functions MiB'),
];

function textOf(figures: Figures): string {
  const { machine, catchUp: measured, live, queries, units, raw, bundles } = figures;
  return [
    machine,
    '',
    'Catch-up: from the first tick to all stored; transform + persist: from their start, on a full topic; history: from the first firing to all days stored',
    ...tableLines(
      CATCH_UP_COLUMNS,
      Object.entries(measured).map(([name, figures]) => [
        name,
        count(figures.minutes),
        figures.seconds.toFixed(1),
        count(figures.minutesPerSecond),
        `${((100 * figures.minutesPerSecond) / raw.cassandraWritten).toFixed(0)} %`,
        functionsUs(figures).toFixed(1),
        functionsMiB(figures).toFixed(0),
      ]),
    ),
    '',
    'CPU seconds / peak MiB of each process',
    ...Object.entries(measured).map(([name, { usage }]) => `${name}: ${usageText(usage)}`),
    '',
    `Live, ${live.pairs} pairs, ${live.ticks} ticks, tick to stored and readable: p50 ${live.p50Ms.toFixed(0)} ms, p95 ${live.p95Ms.toFixed(0)} ms, p99 ${live.p99Ms.toFixed(0)} ms`,
    '',
    'Queries for 1,000 candles, one after another, of one process of the function',
    ...tableLines(
      [left('answer'), right('p50 ms'), right('p95 ms'), right('a second')],
      Object.entries(queries).map(([name, { p50Ms, p95Ms, perSecond }]) => [
        ...[name, p50Ms.toFixed(1), p95Ms.toFixed(1)],
        perSecond.toFixed(0),
      ]),
    ),
    `Read units an hour: ${count(units.chart)} for an open chart of UDF, ${count(units.page)} for the page in sight with ${units.markets} markets`,
    '',
    'The clients alone, in minutes/s',
    `kafkajs writes ${count(raw.kafkaWritten)}, reads ${count(raw.kafkaRead)}; cassandra-driver writes ${count(raw.cassandraWritten)} with their windows`,
    '',
    ...tableLines(
      [left('bundle'), right('KB'), right('load ms')],
      bundles.map(({ name, bytes, loadMs }) => [
        name,
        (bytes / 1_000).toFixed(0),
        loadMs.toFixed(0),
      ]),
    ),
  ].join('\n');
}

/** The peaks of the functions' memory, added up, in MiB; they need not coincide. */
function functionsMiB({ usage }: CatchUpFigures): number {
  const bytes = FUNCTION_NAMES.reduce(
    (sum, name) => sum + (usage[name]?.peakResidentBytes ?? 0),
    0,
  );
  return bytes / 2 ** 20;
}

/** CPU of the functions a one-minute candle, in microseconds. */
function functionsUs({ usage, minutes }: CatchUpFigures): number {
  const cpuMs = FUNCTION_NAMES.reduce((sum, name) => sum + (usage[name]?.cpuMs ?? 0), 0);
  return (cpuMs * 1_000) / minutes;
}

function usageText(usage: CatchUpFigures['usage']): string {
  return Object.entries(usage)
    .map(([name, used]) =>
      used === undefined
        ? `${name} -`
        : `${name} ${(used.cpuMs / 1_000).toFixed(1)} / ${(used.peakResidentBytes / 2 ** 20).toFixed(0)}`,
    )
    .join(', ');
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

main(process.argv.slice(2)).catch(reportFailure);
