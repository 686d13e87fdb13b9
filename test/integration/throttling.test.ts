import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TOPICS } from '../../lambdas/shared/domain/topics';
import type { EventSourceProblem } from '../../local/emulator/event-source/event-source-problem';
import type { InvocationReport } from '../../local/emulator/lambda/invocation-report';
import { GeneratedCandles } from '../../local/exchange/candles/generated-candles';
import { NEW_TABLE } from '../../local/keyspaces/write-capacity';
import { type LocalRun, startLocalRun } from '../../local/run/local-run';
import { openTimedExchange, type TimedExchange } from '../../local/run/run-exchange';
import { minuteOf } from '../oracle/recordings';
import { differences, expectedRows, type Rows, StoredTables } from './support/stored-rows';
import { removeVolumes, testRunOptions } from './support/test-engines';
import { Topics, total } from './support/topic-records';
import { until } from './support/waiting';

/**
 * A hundred markets catch up through a database that throttles as Keyspaces
 * does: real Kafka and Cassandra, with the capacity of a new table before it.
 */
const MINUTE_MS = 60_000;
const LIMIT_MS = 10 * MINUTE_MS;
const MARKETS = 100;
const HOURS = 8;
const DAY_START_MS = Date.parse('2026-03-01T00:00:00Z');
const NOW_MS = DAY_START_MS + HOURS * 60 * MINUTE_MS;
const PAIRS = Array.from({ length: MARKETS }, (_, index) => `P${index}_USDT`);
const source = new GeneratedCandles({ seed: 3, pairs: PAIRS });

const reports: InvocationReport[] = [];
const problems: EventSourceProblem[] = [];
let folder: string;
let started: LocalRun<TimedExchange> | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'candlestream-throttled-'));
  started = await startLocalRun({
    stage: 'dev',
    ...(await testRunOptions(folder)),
    batchingWindows: false,
    writeCapacity: NEW_TABLE,
    exchange: () => openTimedExchange(source, 'generated', { requestsPerWindow: 1_000_000 }),
    settings: () => ({
      HISTORY_START: '2026-03-01',
      pairs: { 'gate-io': PAIRS },
      exchanges: { 'gate-io': { requestsPer10Seconds: 1_000_000 } },
    }),
    hooks: {
      onInvocation: (report) => reports.push(report),
      onEventSourceProblem: (_, problem) => problems.push(problem),
    },
  });
}, LIMIT_MS);

afterAll(async () => {
  await started?.stop();
  if (started?.engines.kind === 'docker') await removeVolumes(folder);
  await rm(folder, { recursive: true, force: true });
}, LIMIT_MS);

function expected(): Rows {
  return new Map(
    PAIRS.flatMap((pair) => {
      const minutes = source
        .candles(pair, DAY_START_MS, NOW_MS)
        .map(({ openTimeMs, ...texts }) => minuteOf(openTimeMs, texts));
      return [...expectedRows(pair, minutes, { fromMs: DAY_START_MS, toMs: NOW_MS })];
    }),
  );
}

test(
  'throttled writes are waited out: no batch fails, and every row is stored',
  async () => {
    const run = localRun();
    run.exchange.setTime(NOW_MS);

    await until(
      'all markets are asked for',
      async () => {
        await run.pipeline.tick(NOW_MS);
        await run.pipeline.caughtUp(LIMIT_MS);
        return (await storedProgress()).length === MARKETS;
      },
      LIMIT_MS,
    );

    const { throttling, engines } = run;
    expect(throttling?.throttledRequests).toBeGreaterThan(0);
    expect(reports.filter(({ result }) => !result.ok)).toEqual([]);
    expect(problems).toEqual([]);
    expect(total(await new Topics(engines.kafka.endpoint).ends(TOPICS.deadLetter))).toBe(0);
    expect(differences(await use((tables) => tables.candles()), expected())).toEqual([]);
  },
  LIMIT_MS,
);

function localRun(): LocalRun<TimedExchange> {
  if (started === undefined) throw new Error('The run has not been started');
  return started;
}

function use<T>(work: (tables: StoredTables) => Promise<T>): Promise<T> {
  const { engines, template } = localRun();
  const keyspace = template.functions.persist.environment['CASSANDRA_KEYSPACE'] ?? '';
  return StoredTables.use(engines.cassandra.endpoint, keyspace, work);
}

function storedProgress() {
  return use((tables) => tables.progress());
}
