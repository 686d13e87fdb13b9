import { settlingMsOf } from '../../lambdas/shared/adapters/exchanges/exchange-facts';
import type { ObserveTickSettings } from '../../lambdas/fetch/observe-tick';
import { createStoreBatch } from '../../lambdas/persist/store-batch';
import { createCandleStore } from '../../lambdas/shared/adapters/database/candle-store';
import type { BatchFailures } from '../../lambdas/shared/codec/batch-answer';
import { createDeadLetterCodec } from '../../lambdas/shared/codec/dead-letter-codec';
import { createDeadLetters } from '../../lambdas/shared/codec/dead-letters';
import { createObservedCodec, createRolledCodec } from '../../lambdas/shared/codec/segment-codec';
import { DAY_MS, MINUTE_MS } from '../../lambdas/shared/domain/interval';
import { marketKey } from '../../lambdas/shared/domain/market';
import type { Telemetry } from '../../lambdas/shared/domain/ports';
import { TOPICS } from '../../lambdas/shared/domain/topics';
import { createRollUpBatch } from '../../lambdas/transform/roll-up-batch';
import type { Breakage, BreakageWorld, BrokenPorts, Ports } from './broken-ports';
import { chooseFaults } from './faults';
import { createScenario, type Scenario } from './scenario';
import type { PastDay } from '../oracle/simulated-days';
import { LedgerWatch } from './ledger/ledger-watch';
import { createArchive, type SimulatedArchive } from './world/archive';
import { createCalls, type Life } from './world/calls';
import type { World } from './world/event-source';
import { createExchange, type SimulatedExchange } from './world/exchange';
import { createMemoryCassandra, type MemoryCassandra } from './world/memory-cassandra';
import { createMemoryLog, type MemoryLog } from './world/memory-log';
import { createRandom } from './world/random';
import { createScheduler } from './world/scheduler';
import { createTrading } from './world/trading';

/** The kind of run that is wanted. */
export interface SimulationOptions {
  readonly seed: number;
  /** Whether the run ends with the calm hours, before the days in which its days are sealed. @default false */
  readonly isLiveOnly?: boolean;
  /** Time after which windows that have not ended are written again. @default a minute: at every tick */
  readonly openWindowsEveryMs?: number;
  /** A rule to break, to see that it is found out. */
  readonly breakage?: Breakage;
  /** Told of everything that happens. */
  readonly trace?: (line: string) => void;
}

/** The name of the exchange that is simulated. */
export const EXCHANGE = 'simulated';

const VERSION_IDS = {
  [TOPICS.observed]: versionIds(1, 3),
  [TOPICS.rolled]: versionIds(2, 3),
  [TOPICS.deadLetter]: versionIds(3, 2),
};

export const CODECS = {
  observed: createObservedCodec(VERSION_IDS),
  rolled: createRolledCodec(VERSION_IDS),
  deadLetter: createDeadLetterCodec(VERSION_IDS),
};

function versionIds(topic: number, versions: number): string[] {
  return Array.from(
    { length: versions },
    (_, index) => `00000000-0000-4000-8000-0000000000${index + 1}${topic}`,
  );
}

/** Everything of one run. */
export interface Stage extends World {
  readonly scenario: Scenario;
  readonly cassandra: MemoryCassandra;
  readonly log: MemoryLog;
  readonly exchange: SimulatedExchange;
  readonly archive: SimulatedArchive;
  readonly ledger: LedgerWatch;
  readonly breakage: Breakage;
  readonly breakageWorld: BreakageWorld;
  readonly telemetry: Telemetry;
  readonly batchFailures: BatchFailures;
  readonly settings: ObserveTickSettings;
  readonly openWindowsEveryMs: number;
  /** Where each market's progress was asked to stand, by its key. */
  readonly settledTimes: Map<string, Set<number>>;
}

/** A stage on which nothing has happened yet. */
export function createStage({
  seed,
  openWindowsEveryMs = MINUTE_MS,
  breakage = {},
  trace,
}: SimulationOptions): Stage {
  const random = createRandom(seed);
  const faults = chooseFaults(random, seed);
  const scenario = createScenario(random, faults);
  const { pairs, partitions, servedMs, doubtful } = scenario;
  const scheduler = createScheduler(scenario.startMs, trace);
  const { nowMs } = scheduler;
  const calm = { fromMs: scenario.calmMs, settledMs: scenario.settledMs };
  const calls = createCalls(scheduler, random, faults, calm);
  const trading = new Map(pairs.map((pair) => [pair, createTrading(random, faults, scenario)]));
  trace?.(JSON.stringify({ faults, scenario: { ...scenario, ticks: scenario.ticks.length } }));
  const keys = pairs.map((pair) => marketKey({ exchange: EXCHANGE, pair }));
  const partitionOf = (key: string): number => Math.max(0, keys.indexOf(key)) % partitions;
  const doubtfulFromMs = doubtful.fromMs;
  const exchange = createExchange({
    calls,
    random,
    faults,
    nowMs,
    trading,
    servedMs,
    doubtfulFromMs,
  });
  const ledger = new LedgerWatch(
    () => cassandra,
    (row) => pastDay({ exchange }, String(row.get('pair')), Date.parse(String(row.get('day')))),
  );
  const cassandra = createMemoryCassandra(calls, nowMs, (row) => ledger.onDayWritten(row));
  const { archiveLagMs: lagMs, listedSinceMs } = scenario;
  return {
    scheduler,
    random,
    faults,
    calls,
    scenario,
    cassandra,
    ledger,
    log: createMemoryLog(calls, random, faults, partitions, partitionOf),
    exchange,
    archive: createArchive({ calls, random, faults, nowMs, trading, lagMs, listedSinceMs }),
    breakage,
    breakageWorld: { random, nowMs, answered: new Map(), compared: new Map() },
    telemetry: createTelemetry(trace),
    // Both ways to answer a batch are held against the truth, each in half of the runs.
    batchFailures: random.pick(['report', 'throw']),
    settings: settingsOf(scenario),
    openWindowsEveryMs,
    settledTimes: new Map(keys.map((key) => [key, new Set()])),
  };
}

function settingsOf({ pairs, retentionMs }: Scenario): ObserveTickSettings {
  return {
    exchange: EXCHANGE,
    shard: 0,
    shards: 1,
    pairs,
    retentionMs,
    scheduleMs: MINUTE_MS,
    settlingMs: 2 * MINUTE_MS,
    silenceMs: 60 * MINUTE_MS,
    behindMs: 5 * MINUTE_MS,
    silentAfterMs: DAY_MS,
  };
}

function createTelemetry(trace?: (line: string) => void): Telemetry {
  const tell = (message: string, details: unknown): void =>
    trace?.(`    ${message} ${JSON.stringify(details)}`);
  return {
    debug: tell,
    info: tell,
    warn: tell,
    error: (message, details, cause) => tell(`${message}: ${String(cause)}`, details),
    count: () => undefined,
  };
}

/** A past day of a pair, with the last word of the exchange on it. */
export function pastDay(
  { exchange }: Pick<Stage, 'exchange'>,
  pair: string,
  dayMs: number,
): PastDay {
  return { exchange: EXCHANGE, pair, dayMs, truth: exchange.truthOfDay(pair, dayMs) };
}

/** A port as it is, or as the breakage makes it. */
export function broken<Port extends keyof Ports>(stage: Stage, name: Port, port: Ports[Port]) {
  const ports: BrokenPorts = stage.breakage;
  const wrap = ports[name];
  return wrap === undefined ? port : wrap(port, stage.breakageWorld);
}

/** The tables as a function reaches them. */
export function storeOf(stage: Stage, life: Life) {
  const store = createCandleStore(broken(stage, 'session', stage.cassandra.session(life)));
  return {
    ...store,
    writeProgress: (...[market, progress]: Parameters<typeof store.writeProgress>) => {
      stage.settledTimes.get(marketKey(market))?.add(progress.settledToMs);
      return store.writeProgress(market, progress);
    },
    writeAsk: (...ask: Parameters<typeof store.writeAsk>) => {
      stage.ledger.asks++;
      return store.writeAsk(...ask);
    },
  };
}

function deadLettersOf(stage: Stage, life: Life) {
  return createDeadLetters(CODECS.deadLetter, stage.log.reachedBy(life), stage.telemetry);
}

/** The transform function. */
export function rollUpFunction(stage: Stage, life: Life) {
  return createRollUpBatch({
    observed: broken(stage, 'observed', CODECS.observed),
    rolled: broken(stage, 'rolled', CODECS.rolled),
    stored: broken(stage, 'stored', storeOf(stage, life)),
    log: stage.log.reachedBy(life),
    openWindowsEveryMs: stage.openWindowsEveryMs,
    settlingMsOf,
    batchFailures: stage.batchFailures,
    deadLetters: deadLettersOf(stage, life),
    telemetry: stage.telemetry,
  });
}

/** The persist function. */
export function storeFunction(stage: Stage, life: Life) {
  const storeBatch = createStoreBatch({
    rolled: broken(stage, 'rolled', CODECS.rolled),
    store: broken(stage, 'store', storeOf(stage, life)),
    batchFailures: stage.batchFailures,
    deadLetters: deadLettersOf(stage, life),
    telemetry: stage.telemetry,
  });
  return broken(stage, 'storeBatch', storeBatch);
}
