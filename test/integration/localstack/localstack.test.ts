import { gateIoAlone } from '../../fakes/stages';
import { connect } from 'node:net';
import { DAY_MS, floorTo, MINUTE_MS } from '../../../lambdas/shared/domain/interval';
import { scheduledEvent } from '../../../local/emulator/schedule';
import { localstack } from '../../../lib/stages/localstack';
import { runCommand } from '../../../cli/processes/run-command';
import { dayText } from '../../../cli/utc-time';
import { Compose } from '../../../local/containers/compose';
import { deployedFunctions } from '../../../local/localstack/deployment/deployed-functions';
import { invokeApi, LambdaInvoker } from '../../../local/localstack/deployment/lambda-invoker';
import { endpointOf, SERVICES } from '../../../local/containers/compose-project';
import { GeneratedCandles } from '../../../local/exchange/candles/generated-candles';
import {
  type CassandraSession,
  createCassandraSession,
} from '../../../lambdas/shared/adapters/database/cassandra-client';
import { createCandleStore } from '../../../lambdas/shared/adapters/database/candle-store';
import { createDayLedger } from '../../../lambdas/shared/adapters/database/day-ledger';
import type { StoredAudit } from '../../../lambdas/shared/domain/ledger/ledger';
import { marketOf } from '../../../local/run/market';
import { LOCAL_DATA_CENTER } from '../../../local/engines/engine-answers';
import { replay, type ReplayStage } from '../../../local/start/replay';
import { minuteOf, RECORDED_PAIRS, recordedMinutes } from '../../oracle/recordings';
import { replayedFolder } from '../../oracle/replayed-days';
import type { Command } from '../support/command';
import { differences, expectedRows, type Rows, StoredTables } from '../support/stored-rows';
import { until } from '../support/waiting';
import { deployBrokenPersist } from './broken-persist';
import { LocalstackRun } from './localstack-run';

/**
 * All of `npm run localstack`, for real: each case goes on where the one before
 * it ended. Without a Docker engine it fails.
 */
const PAIRS = ['BTC_USDT', 'ETH_USDT'];
/** It ended more than three days ago: it is asked for hourly, and the exchange's API still has it. */
const HISTORY_START_MS = floorTo(Date.now(), DAY_MS) - 5 * DAY_MS;
const HOUR = {
  pairs: RECORDED_PAIRS,
  fromMs: Date.parse('2018-01-23T00:00:00Z'),
  toMs: Date.parse('2018-01-23T01:00:00Z'),
};
const FIRINGS = 3;
/** The limit of a case; waits within it are shorter, so that they report the output. */
const LIMIT_MS = 5 * MINUTE_MS;
const WAIT_MS = 2 * MINUTE_MS;
const PULL_LIMIT_MS = 20 * MINUTE_MS;
/** Its tables are those of dev. */
const KEYSPACE = 'candlestream_dev';

let run: LocalstackRun;
/** The run that shows its table, from the first case to the last. */
let main: Command | undefined;
/** True once the first case has passed: the others go on from it. */
let isUp = false;

beforeAll(async () => {
  // The project says itself which Node.js it needs.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  run = await LocalstackRun.prepare();
  const onProgress = (line: string) => process.stderr.write(`${line}\n`);
  await new Compose({ project: run.project, run: runCommand, onProgress }).pullMissing([
    'exchange',
  ]);
}, PULL_LIMIT_MS);

afterAll(async () => {
  // If a case failed, the run goes on.
  await main?.stop();
  const { errors } = await run.localstack('--down', '--volumes').end;
  await run.forget();
  expect(errors).toBe('');
}, LIMIT_MS);

function isoMinute(timeMs: number): string {
  return new Date(timeMs).toISOString().replace('.000Z', 'Z');
}

const SIMULATED = [
  '--exchange',
  'simulated',
  '--pairs',
  PAIRS.join(','),
  '--history-start',
  dayText(HISTORY_START_MS),
];

function use<T>(work: (tables: StoredTables) => Promise<T>): Promise<T> {
  return StoredTables.use(endpointOf(run.project, 'cassandra'), KEYSPACE, work);
}

/** The times of the ticks whose minutes are stored, of a pair that trades every minute or nearly so. */
async function tickTimes(tables: StoredTables): Promise<Set<string>> {
  const rows = await tables.observations();
  const minutes = [...rows].filter(([key]) => key.startsWith('BTC_USDT 1m '));
  const times = minutes.map(([, line]) => / observed at (\d+)/.exec(line)?.[1] ?? '');
  // An audit is observed a millisecond after its firing.
  return new Set(times.filter((time) => time.endsWith('000')));
}

async function hasWindows(tables: StoredTables): Promise<boolean> {
  return [...(await tables.candles()).keys()].some((key) => key.startsWith('BTC_USDT 5m '));
}

/** The run of the first case. @throws if it is not up, or has ended */
function running(): Command {
  if (main === undefined || !isUp) throw new Error('The first case failed: see there');
  if (main.child.exitCode !== null) throw new Error(`It has ended:\n${main.printed()}`);
  return main;
}

/** @throws with all output of the run, if it ends or takes too long */
async function untilPrinted(what: RegExp, command: Command, fromChar = 0): Promise<void> {
  const isPrinted = () => {
    if (what.test(command.printed().slice(fromChar))) return true;
    if (command.child.exitCode !== null) throw new Error('it has ended');
    return false;
  };
  try {
    await until(String(what), isPrinted, WAIT_MS);
  } catch (cause) {
    throw new Error(`${String(cause)}\n${command.printed()}${command.complaints()}`, { cause });
  }
}

test(
  'one command ends with candles that the rule brought',
  async () => {
    main = run.localstack(...SIMULATED);
    await untilPrinted(/the rules fire fetch every minute, reconcile every 5 minutes/, main);
    await untilPrinted(/[1-9][\d,]* minutes? stored/, main);
    await until('windows are stored', () => use(hasWindows), WAIT_MS);

    const shown = await run.run('show/show.ts', 'BTC_USDT', '5m', '--limit', '3', '--json').end;
    expect(shown).toMatchObject({ code: 0, errors: '' });
    expect(JSON.parse(shown.output)).toHaveLength(3);
    isUp = true;
  },
  LIMIT_MS,
);

test(
  'nothing listens on anything but loopback',
  async () => {
    running();
    const published = await run.published();

    expect(published.length).toBeGreaterThanOrEqual(4);
    expect(published.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  },
  LIMIT_MS,
);

test(
  'a function that is deployed wrongly loses nothing, and goes on once it is mended',
  async () => {
    const settings = {
      historyStart: dayText(HISTORY_START_MS),
      ...gateIoAlone(localstack, { pairs: PAIRS, url: 'http://exchange:4570/api/v4' }),
    };
    const main = running();
    await deployBrokenPersist(run.project, settings);
    const before = await use(tickTimes);
    // What it has warned of before is of no account.
    const printedBefore = main.printed().length;
    await untilPrinted(/warning: persist: a batch failed and is tried again/, main, printedBefore);
    const meanwhile = await use(tickTimes);

    const mended = await run.localstack(...SIMULATED).end;

    expect(mended).toMatchObject({ code: 0, errors: '' });
    expect(mended.output).toContain(
      `process ${main.child.pid ?? ''} shows its table and now invokes what was just deployed`,
    );
    expect(meanwhile).toEqual(before);
    const isStored = async () => (await use(tickTimes)).size > before.size;
    await until('what was held back is stored', isStored, WAIT_MS);
  },
  LIMIT_MS,
);

test(
  'a past day is asked for again until two audits in a row change nothing, and is sealed',
  async () => {
    running();
    await withSession(async (session) => {
      let audit = await auditAfter(session, 0, Date.now());
      // The first one stores the day; two more are to agree.
      for (let audits = 1; audits < 3; audits++) {
        const { observedAtMs } = audit;
        expect(audit).toMatchObject({ auditCount: audits, sealedAtMs: null });
        audit = await auditAfter(session, observedAtMs, observedAtMs + 61 * MINUTE_MS);
      }
      expect(audit).toMatchObject({
        auditCount: 3,
        agreed: true,
        sealedAtMs: audit.observedAtMs,
        disputed: false,
        correctedCount: 0,
      });
    });
  },
  LIMIT_MS,
);

/** Fires reconcile through the Lambda API; resolves with the audit of the oldest day that this brings. */
async function auditAfter(
  session: CassandraSession,
  observedAtMs: number,
  nowMs: number,
): Promise<StoredAudit> {
  const functions = await deployedFunctions(run.project);
  const api = invokeApi(run.project);
  try {
    const reconcile = new LambdaInvoker({ api, target: () => functions.reconcile });
    const event = scheduledEvent('arn:aws:events:rule', nowMs, String(nowMs));
    expect(await reconcile.invoke(event)).toMatchObject({ ok: true });
  } finally {
    api.destroy();
  }
  let newest: StoredAudit | undefined;
  const isStored = async () => {
    const range = { fromMs: HISTORY_START_MS, toMs: HISTORY_START_MS + DAY_MS };
    const [day] = await createDayLedger(session).readDays(marketOf('BTC_USDT'), range);
    newest = day?.audit;
    return (newest?.observedAtMs ?? 0) > observedAtMs;
  };
  await until('the audit is stored', isStored, WAIT_MS);
  if (newest === undefined) throw new Error('The day has no audit');
  return newest;
}

async function withSession<T>(work: (session: CassandraSession) => Promise<T>): Promise<T> {
  const session = createCassandraSession({
    CASSANDRA_CONTACT_POINTS: [endpointOf(run.project, 'cassandra')],
    CASSANDRA_LOCAL_DATA_CENTER: LOCAL_DATA_CENTER,
    CASSANDRA_AUTHENTICATION: 'none',
    CASSANDRA_KEYSPACE: KEYSPACE,
  });
  return work(session).finally(() => session.close());
}

test(
  'the deployed function answers queries, and serves the page, at the address that is printed',
  async () => {
    const url = /^page: (http:\/\/127\.0\.0\.1:\d+)$/m.exec(running().printed())?.[1] ?? '';
    // Its container may have to start first.
    const answered = async (path: string) => {
      await until(`${path} is answered`, async () => (await fetch(`${url}${path}`)).ok, WAIT_MS);
      return fetch(`${url}${path}`);
    };
    const page = await answered('/');
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const markets = (await (await answered('/v1/markets')).json()) as {
      markets: readonly { pair: string; seenTo: string | null }[];
    };
    expect(markets.markets.map(({ pair }) => pair).sort()).toEqual(PAIRS);
    expect(markets.markets.every(({ seenTo }) => seenTo !== null)).toBe(true);
    const { functions } = (await (await answered('/v1/run')).json()) as {
      functions: readonly { name: string; invocations: number }[];
    };
    expect(functions.find(({ name }) => name === 'query')?.invocations).toBeGreaterThan(1);
  },
  LIMIT_MS,
);

test(
  'three firings of the rule have brought every minute of the exchange, and its windows',
  async () => {
    running();
    const haveFired = async () => (await use(tickTimes)).size >= FIRINGS;
    await until(`${FIRINGS} ticks are stored`, haveFired, 2 * WAIT_MS);

    const exchange = new GeneratedCandles({ seed: 1, pairs: PAIRS });
    const { stored, progress } = await standing();

    expect(progress.map(({ pair }) => pair)).toEqual(PAIRS);
    for (const { pair, seenToMs } of progress) {
      const minutes = exchange
        .candles(pair, HISTORY_START_MS, seenToMs)
        .map((candle) => minuteOf(candle.openTimeMs, candle));
      expect(minutes.length).toBeGreaterThan(1_000);
      const expected = expectedRows(pair, minutes, {
        fromMs: HISTORY_START_MS,
        toMs: seenToMs,
      });
      expect(differences(ofPair(stored, pair), expected)).toEqual([]);
    }
  },
  LIMIT_MS,
);

/** What is stored at a moment at which nothing is being stored. */
async function standing() {
  return use(async (tables) => {
    for (;;) {
      const before = await tables.progress();
      const stored = await tables.candles();
      const progress = await tables.progress();
      if (JSON.stringify(before) === JSON.stringify(progress)) return { stored, progress };
    }
  });
}

function ofPair(rows: Rows, pair: string): Rows {
  return new Map([...rows].filter(([key]) => key.startsWith(`${pair} `)));
}

test(
  'a recorded hour, tick by tick through the Lambda API, equals the recording',
  async () => {
    running();
    const folder = replayedFolder();
    const deployed = await run.localstack(
      '--exchange',
      folder,
      '--exchange-time',
      isoMinute(HOUR.toMs + 60 * MINUTE_MS),
      // The pairs of the recording take the place of those of the run.
      '--replace',
      // The rule must not fire meanwhile.
      '--settings',
      JSON.stringify({ scheduleMinutes: 60 }),
    ).end;
    expect(deployed).toMatchObject({ code: 0, errors: '' });

    await playHour();

    const { stored } = await standing();
    for (const pair of RECORDED_PAIRS) {
      const expected = expectedRows(pair, recordedMinutes(folder, pair), HOUR);
      expect(expected.size).toBeGreaterThan(20);
      expect(differences(ofPair(stored, pair), expected)).toEqual([]);
    }
  },
  LIMIT_MS,
);

async function playHour(): Promise<void> {
  const functions = await deployedFunctions(run.project);
  const api = invokeApi(run.project);
  const fetch = new LambdaInvoker({ api, target: () => functions.fetch });
  try {
    await withSession((session) => {
      const stage: ReplayStage = {
        setExchangeTime: () => undefined,
        tick: (timeMs) =>
          fetch.invoke(scheduledEvent('arn:aws:events:rule', timeMs, String(timeMs))),
        progress: createCandleStore(session),
      };
      return replay(stage, HOUR, { signal: AbortSignal.timeout(WAIT_MS) });
    });
  } finally {
    api.destroy();
  }
}

test(
  "a function's log is there to be read",
  async () => {
    running();
    const { code, output } = await run.localstack('--logs', 'fetch').end;

    expect(code).toBe(0);
    expect(output).toMatch(/^\d{4}-\d\d-\d\dT\S+Z REPORT RequestId: /m);
  },
  LIMIT_MS,
);

test(
  'down leaves no container, no network, no process and no listening port',
  async () => {
    const main = running();
    const down = await run.localstack('--down', '--volumes').end;

    expect(down).toMatchObject({ code: 0, errors: '' });
    expect(await main.end).toMatchObject({ code: 0, errors: '' });
    expect(await run.leftovers()).toEqual([]);
    const accepting = await Promise.all(
      SERVICES.map((service) => accepts(run.project.ports[service])),
    );
    expect(accepting.filter(Boolean)).toEqual([]);
  },
  LIMIT_MS,
);

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const settle = (isOpen: boolean) => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once('connect', () => settle(true)).once('error', () => settle(false));
  });
}
