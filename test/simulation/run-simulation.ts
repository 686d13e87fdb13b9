import { createObserveTick } from '../../lambdas/fetch/observe-tick';
import { createStoreBatch } from '../../lambdas/persist/store-batch';
import { createCandleStore } from '../../lambdas/shared/adapters/database/candle-store';
import type { BatchFailures } from '../../lambdas/shared/codec/batch-answer';
import { createDeadLetterCodec } from '../../lambdas/shared/codec/dead-letter-codec';
import { createDeadLetters } from '../../lambdas/shared/codec/dead-letters';
import { createObservedCodec, createRolledCodec } from '../../lambdas/shared/codec/segment-codec';
import { DAY_MS, floorTo, MINUTE_MS } from '../../lambdas/shared/domain/interval';
import type { Telemetry } from '../../lambdas/shared/domain/ports';
import type { Progress } from '../../lambdas/shared/domain/progress';
import { TOPICS } from '../../lambdas/shared/domain/topics';
import { createRollUpBatch } from '../../lambdas/transform/roll-up-batch';
import type { Breakage, Ports } from './breakages';
import { createCalls, type Life } from './calls';
import {
  createEventSource,
  type CreateFunction,
  kill,
  killDelayMs,
  type World,
} from './event-source';
import { chooseFaults } from './faults';
import { createExchange, createTrading, type SimulatedExchange } from './exchange';
import { createMemoryCassandra, type MemoryCassandra } from './memory-cassandra';
import { createMemoryLog, type MemoryLog } from './memory-log';
import { differences } from '../oracle/simulated-truth';
import { createRandom } from './random';
import { createScenario, type Scenario, type TickPlan } from './scenario';
import { createScheduler } from './scheduler';

/** How a run is to be. */
export interface SimulationOptions {
  readonly seed: number;
  /** A rule to break, to see that it is found out. */
  readonly breakage?: Breakage;
  /** Told of everything that happens. */
  readonly trace?: (line: string) => void;
}

/** What came of a run. */
export interface SimulationResult {
  readonly seed: number;
  /** What differs from what it should be, in words; nothing where all is right. */
  readonly differences: readonly string[];
  /** Equal for equal runs. */
  readonly fingerprint: number;
}

const SOURCE = 'simulated';
/** By then every delivery after the last tick is long over, unless one fails again and again. */
const LONGEST_REST_MS = 60 * MINUTE_MS;

const VERSION_IDS = {
  [TOPICS.observed]: ['00000000-0000-4000-8000-000000000001'],
  [TOPICS.rolled]: ['00000000-0000-4000-8000-000000000002'],
  [TOPICS.deadLetter]: ['00000000-0000-4000-8000-000000000003'],
};
const CODECS = {
  observed: createObservedCodec(VERSION_IDS),
  rolled: createRolledCodec(VERSION_IDS),
  deadLetter: createDeadLetterCodec(VERSION_IDS),
};

/** Everything of one run. */
interface Stage extends World {
  readonly scenario: Scenario;
  readonly cassandra: MemoryCassandra;
  readonly log: MemoryLog;
  readonly exchange: SimulatedExchange;
  readonly breakage: Breakage;
  readonly telemetry: Telemetry;
  readonly batchFailures: BatchFailures;
  /** Where each pair's progress was asked to stand. */
  readonly settledTimes: Map<string, Set<number>>;
  readonly rewoundPairs: Set<string>;
}

/**
 * Runs the three functions over a simulated log, store and exchange for some
 * days, with the faults and in the order that the seed will have, and holds
 * what is stored in the end against the truth.
 */
export async function runSimulation(options: SimulationOptions): Promise<SimulationResult> {
  const stage = createStage(options);
  const sources = [
    ...createSources(stage, TOPICS.observed, 'transform', (life) => rollUpFunction(stage, life)),
    ...createSources(stage, TOPICS.rolled, 'persist', (life) => storeFunction(stage, life)),
  ];
  scheduleTicks(stage);
  scheduleOperators(stage);
  const { scheduler, scenario } = stage;
  if (scenario.replaysAll) {
    scheduler.after(scenario.settledMs + MINUTE_MS - scenario.startMs, () => {
      sources.forEach((source) => source.rewind(0));
    });
  }
  const rests = await scheduler.run(scenario.lastTickMs + LONGEST_REST_MS);
  return {
    seed: options.seed,
    differences: [...(rests ? [] : ['it never comes to rest']), ...differencesOf(stage)],
    fingerprint: scheduler.fingerprint(),
  };
}

function createStage({ seed, breakage = {}, trace }: SimulationOptions): Stage {
  const random = createRandom(seed);
  const faults = chooseFaults(random);
  const scenario = createScenario(random, faults);
  const { pairs, trading, partitions } = scenario;
  const scheduler = createScheduler(scenario.startMs, trace);
  const calm = { fromMs: scenario.calmMs, settledMs: scenario.settledMs };
  const calls = createCalls(scheduler, random, faults, calm);
  const traded = new Map(pairs.map((pair) => [pair, createTrading(random, trading)]));
  trace?.(JSON.stringify({ faults, scenario: { ...scenario, ticks: scenario.ticks.length } }));
  const partitionOf = (key: string): number => Math.max(0, pairs.indexOf(key)) % partitions;
  return {
    scheduler,
    random,
    faults,
    calls,
    scenario,
    cassandra: createMemoryCassandra(calls, scheduler.nowMs),
    log: createMemoryLog(calls, random, faults, partitions, partitionOf),
    exchange: createExchange(calls, scheduler.nowMs, traded, scenario.servedMs),
    breakage,
    telemetry: createTelemetry(trace),
    // Both ways to answer a batch are held against the truth, each in half of the runs.
    batchFailures: seed % 2 === 1 ? 'report' : 'throw',
    settledTimes: new Map(pairs.map((pair) => [pair, new Set()])),
    rewoundPairs: new Set(),
  };
}

function createTelemetry(trace?: (line: string) => void): Telemetry {
  const tell = (message: string, details: unknown): void =>
    trace?.(`    ${message} ${JSON.stringify(details)}`);
  return {
    info: tell,
    warn: tell,
    error: (message, details, cause) => tell(`${message}: ${String(cause)}`, details),
    count: () => undefined,
  };
}

/** A port as it is, or as the breakage makes it. */
function broken<Port extends keyof Ports>(stage: Stage, name: Port, port: Ports[Port]) {
  const wrap = stage.breakage[name];
  const world = { random: stage.random, nowMs: stage.scheduler.nowMs };
  return wrap === undefined ? port : wrap(port, world);
}

function storeOf(stage: Stage, life: Life) {
  const store = createCandleStore(broken(stage, 'session', stage.cassandra.session(life)));
  const writeProgress = (pair: string, progress: Progress): Promise<void> => {
    stage.settledTimes.get(pair)?.add(progress.settledToMs);
    return store.writeProgress(pair, progress);
  };
  return { ...broken(stage, 'store', { ...store, writeProgress }), candles: store.candles };
}

function deadLettersOf(stage: Stage, life: Life) {
  return createDeadLetters(CODECS.deadLetter, stage.log.reachedBy(life), stage.telemetry);
}

function rollUpFunction(stage: Stage, life: Life) {
  return createRollUpBatch({
    observed: broken(stage, 'observed', CODECS.observed),
    rolled: broken(stage, 'rolled', CODECS.rolled),
    children: storeOf(stage, life).candles,
    log: stage.log.reachedBy(life),
    batchFailures: stage.batchFailures,
    deadLetters: deadLettersOf(stage, life),
    telemetry: stage.telemetry,
  });
}

function storeFunction(stage: Stage, life: Life) {
  return createStoreBatch({
    rolled: broken(stage, 'rolled', CODECS.rolled),
    store: storeOf(stage, life),
    batchFailures: stage.batchFailures,
    deadLetters: deadLettersOf(stage, life),
    telemetry: stage.telemetry,
  });
}

function createSources(stage: Stage, topic: string, name: string, create: CreateFunction) {
  return stage.log
    .partitionsOf(topic)
    .map((partition) =>
      createEventSource(
        stage,
        partition,
        `${name}-${partition.partition}`,
        stage.scenario.mostRecords,
        create,
      ),
    );
}

function scheduleTicks(stage: Stage): void {
  const { scheduler, scenario } = stage;
  for (const tick of scenario.ticks) {
    scheduler.after(tick.runsAtMs - scenario.startMs, () => runTick(stage, tick));
  }
}

function runTick(stage: Stage, { nowMs }: TickPlan): void {
  const { scheduler, random, faults, calls, scenario } = stage;
  const life: Life = { name: `fetch ${new Date(nowMs).toISOString()}`, ended: false };
  const happens = (probability: number): boolean => !calls.isCalm() && random.chance(probability);
  const observeTick = createObserveTick(
    {
      exchange: broken(stage, 'exchange', stage.exchange.reachedBy(life)),
      progress: storeOf(stage, life),
      observed: broken(stage, 'observed', CODECS.observed),
      log: stage.log.reachedBy(life),
      telemetry: stage.telemetry,
    },
    { ...scenario, source: SOURCE, settlingMs: 2 * MINUTE_MS, behindMs: 5 * MINUTE_MS },
  );
  scheduler.note('tick', life.name);
  if (happens(faults.killed)) scheduler.after(killDelayMs(random), () => kill(scheduler, life));
  const remainingMs = (): number => (happens(faults.outOfTime) ? 0 : 60_000);
  observeTick({ nowMs, remainingMs }).catch((cause: unknown) => {
    // The scheduler's queue tries a failed invocation again, with the same event.
    scheduler.note('failed', life.name, () => String(cause));
    if (happens(0.7)) scheduler.after(60_000, () => runTick(stage, { nowMs, runsAtMs: 0 }));
  });
}

/** Operators are at work at any time, between ticks and during them. */
function scheduleOperators(stage: Stage): void {
  const { scheduler, scenario, random, faults } = stage;
  for (const { nowMs } of scenario.ticks) {
    if (nowMs >= scenario.calmMs) continue;
    const delayMs = nowMs - scenario.startMs + random.int(0, 60_000);
    if (random.chance(faults.progressRewound)) {
      scheduler.after(delayMs, () => rewindProgress(stage, random.pick(scenario.pairs)));
    }
    if (random.chance(faults.historySent)) {
      scheduler.after(delayMs, () => sendHistory(stage, random.pick(scenario.pairs)));
    }
  }
}

function progressOf(stage: Stage, pair: string): Progress | undefined {
  const row = stage.cassandra.rowsOf('progress').find((one) => one.get('pair') === pair);
  if (row === undefined) return undefined;
  const timeMs = (column: string): number => (row.get(column) as Date).getTime();
  return {
    settledToMs: timeMs('settled_to'),
    seenToMs: timeMs('seen_to'),
    observedAtMs: timeMs('observed_at'),
  };
}

/** Sets a pair's progress back within its open day, with an observation of its own. */
function rewindProgress(stage: Stage, pair: string): void {
  const { scheduler, random, scenario } = stage;
  const stored = progressOf(stage, pair);
  if (stored === undefined) return;
  const dayMs = floorTo(stored.settledToMs, DAY_MS);
  const backMs = stored.settledToMs - random.spread(1, 60) * MINUTE_MS;
  const oldestMs = scheduler.nowMs() - scenario.retentionMs + MINUTE_MS;
  const settledToMs = Math.max(dayMs, backMs, scenario.historyStartMs);
  if (settledToMs < oldestMs) return;
  const newerMs = stored.observedAtMs + 1;
  const observedAtMs = random.pick([newerMs, Math.max(newerMs, scheduler.nowMs())]);
  stage.rewoundPairs.add(pair);
  scheduler.note('operator rewinds', pair, () => new Date(settledToMs).toISOString());
  const life: Life = { name: 'operator', ended: false };
  repeatedly(stage, () =>
    storeOf(stage, life).writeProgress(pair, { ...stored, settledToMs, observedAtMs }),
  );
}

/** Sends a whole past day once more, observed now: one that ends where progress is, or before. */
function sendHistory(stage: Stage, pair: string): void {
  const { scheduler, random, scenario, log, exchange } = stage;
  const firstDayMs = Math.ceil(scenario.historyStartMs / DAY_MS) * DAY_MS;
  const settledMs = progressOf(stage, pair)?.settledToMs ?? 0;
  const days = Math.floor((settledMs - firstDayMs) / DAY_MS);
  if (days < 1) return;
  const fromMs = firstDayMs + random.int(0, days - 1) * DAY_MS;
  const toMs = fromMs + DAY_MS;
  const minutes = exchange
    .truth(pair)
    .filter(({ openTimeMs }) => openTimeMs >= fromMs && openTimeMs < toMs);
  const value = CODECS.observed.encode({
    pair,
    source: SOURCE,
    fromMs,
    toMs,
    observedAtMs: scheduler.nowMs(),
    followsMs: null,
    settlesMs: null,
    gapFromMs: null,
    minutes,
  });
  scheduler.note('operator sends', pair, () => new Date(fromMs).toISOString());
  const life: Life = { name: 'operator', ended: false };
  repeatedly(stage, () => log.reachedBy(life).append(TOPICS.observed, [{ key: pair, value }]));
}

/** An operator who sees an error tries once more, and then leaves it. */
function repeatedly({ scheduler }: Stage, act: () => Promise<void>): void {
  const failed = (cause: unknown): void =>
    scheduler.note('failed', 'operator', () => String(cause));
  act().catch((cause: unknown) => {
    failed(cause);
    return act().catch(failed);
  });
}

function differencesOf(stage: Stage): string[] {
  const { scenario, cassandra, exchange } = stage;
  const candles = scenario.pairs.flatMap((pair) =>
    differences(cassandra, {
      pair,
      minutes: exchange.truth(pair),
      historyStartMs: scenario.historyStartMs,
      lastTickMs: scenario.lastTickMs,
      retentionMs: scenario.retentionMs,
      settledTimes: stage.settledTimes.get(pair) ?? new Set(),
      wasRewound: stage.rewoundPairs.has(pair),
    }),
  );
  return [...candles, ...unexpectedDeadLetters(stage.log)];
}

/** Only what was spoilt on the way may become a dead letter. */
function unexpectedDeadLetters(log: MemoryLog): string[] {
  return log
    .partitionsOf(TOPICS.deadLetter)
    .flatMap(({ records }) => records)
    .flatMap((record) => (record?.value ? [CODECS.deadLetter.decode(record.value)] : []))
    .filter(({ topic, partition, offset }) => !log.spoilt.has(`${topic} ${partition} ${offset}`))
    .map(({ topic, offset, reason }) => `dead letter of ${topic} ${offset}: ${reason}`);
}
