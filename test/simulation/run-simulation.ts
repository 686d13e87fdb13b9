import { MINUTE_MS } from '../../lambdas/shared/domain/interval';
import { marketKey } from '../../lambdas/shared/domain/market';
import { TOPICS } from '../../lambdas/shared/domain/topics';
import { candleDifferences, type Expectation, stateDifferences } from '../oracle/simulated-truth';
import { type LedgerOutcome, ledgerOutcome } from './ledger/ledger-check';
import { scheduleOperators } from './operators';
import { scheduleFirings, scheduleTicks } from './scheduled-functions';
import {
  CODECS,
  createStage,
  EXCHANGE,
  rollUpFunction,
  type SimulationOptions,
  type Stage,
  storeFunction,
} from './stage';
import { createEventSource, type CreateFunction } from './world/event-source';
import { type ReadRow, timeAt } from './world/memory-cassandra';
import type { MemoryLog } from './world/memory-log';

/** All that came of a run. */
export interface SimulationResult {
  readonly seed: number;
  /** Everything that differs from what it should be, in words; empty if all is right. */
  readonly differences: readonly string[];
  /** Whether the exchange's faults went beyond the live loop's reach. */
  readonly isBeyondReach: boolean;
  /** Candles that are wrong because of faults beyond reach. */
  readonly candlesLeftWrong: number;
  /** Rows of candles that were written, each as often as it was. */
  readonly rowsWritten: number;
  /** Asks of reconcile for days. */
  readonly asks: number;
  /** Days that are sealed in the end, those in dispute not counted. */
  readonly daysSealed: number;
  readonly daysDisputed: number;
  /** Equal for equal runs. */
  readonly fingerprint: number;
}

/** By then every delivery after the last tick is long over, unless one fails again and again. */
const LONGEST_REST_MS = 60 * MINUTE_MS;

/**
 * Runs the three functions over a simulated log, store and exchange for some
 * days, with the faults and in the order that the seed gives, and compares what
 * is stored in the end with the truth.
 */
export async function runSimulation(options: SimulationOptions): Promise<SimulationResult> {
  const stage = createStage(options);
  const sources = [
    ...createSources(stage, TOPICS.observed, 'transform', (life) => rollUpFunction(stage, life)),
    ...createSources(stage, TOPICS.rolled, 'persist', (life) => storeFunction(stage, life)),
  ];
  scheduleTicks(stage, stage.scenario.ticks);
  scheduleFirings(stage, stage.scenario.firings);
  scheduleOperators(stage);
  const { scheduler, scenario, cassandra } = stage;
  if (scenario.replaysAll) {
    scheduler.after(scenario.settledMs + MINUTE_MS - scenario.startMs, () => {
      sources.forEach((source) => source.rewind());
    });
  }
  const live = await liveOutcome(stage);
  const ledger = options.isLiveOnly === true ? NOT_SEALED : await sealedOutcome(stage);
  return {
    seed: options.seed,
    differences: [...live.differences, ...ledger.differences, ...unexpectedDeadLetters(stage.log)],
    isBeyondReach: stage.faults.isBeyondReach,
    candlesLeftWrong: live.candlesLeftWrong,
    rowsWritten: cassandra.candlesWritten(),
    asks: stage.ledger.asks,
    daysSealed: ledger.sealed,
    daysDisputed: ledger.disputed,
    fingerprint: scheduler.fingerprint(),
  };
}

const NOT_SEALED: LedgerOutcome = { differences: [], sealed: 0, disputed: 0 };

/** Lets the days pass in which those of the run are sealed, and holds them against the truth. */
async function sealedOutcome(stage: Stage): Promise<LedgerOutcome> {
  const { scheduler, scenario } = stage;
  scheduleTicks(stage, scenario.later.ticks);
  scheduleFirings(stage, scenario.later.firings);
  const rests = await scheduler.run(scenario.endMs + LONGEST_REST_MS);
  const ledger = ledgerOutcome(stage);
  const unresting = rests ? [] : ['it never comes to rest'];
  return { ...ledger, differences: [...unresting, ...ledger.differences] };
}

/** Compares with the truth what the live loop has stored by itself, while the days of the run are not sealed yet. */
async function liveOutcome(stage: Stage) {
  const { scheduler, scenario, faults } = stage;
  const rests = await scheduler.run(scenario.lastTickMs + LONGEST_REST_MS);
  const expectations = expectationsOf(stage);
  const candles = expectations.flatMap((one) => candleDifferences(stage.cassandra, one));
  if (faults.isBeyondReach) return { differences: [], candlesLeftWrong: candles.length };
  const states = expectations.flatMap((one) => stateDifferences(stage.cassandra, one));
  const unresting = rests ? [] : ['the live loop never comes to rest'];
  return { differences: [...unresting, ...states, ...candles], candlesLeftWrong: 0 };
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

function expectationsOf(stage: Stage): Expectation[] {
  const { scenario, exchange, cassandra, settledTimes, faults, openWindowsEveryMs } = stage;
  const { pairs, lastTickMs, retentionMs } = scenario;
  const progress = cassandra.rowsOf('progress');
  return pairs.map((pair) => {
    const { candles, rejected } = exchange.truth(pair, lastTickMs);
    return {
      pair,
      minutes: candles,
      rejected,
      liveSinceMs: liveSinceOf(progress, pair),
      lastTickMs,
      tickBeforeMs: scenario.ticks.at(-2)?.nowMs ?? 0,
      retentionMs,
      openWindowsEveryMs,
      settledTimes: settledTimes.get(marketKey({ exchange: EXCHANGE, pair })) ?? new Set(),
      isBeyondReach: faults.isBeyondReach,
    };
  });
}

function liveSinceOf(progress: readonly ReadRow[], pair: string): number {
  const row = progress.find((one) => one.get('pair') === pair);
  return row === undefined ? Number.NaN : timeAt(row, 'live_since');
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
