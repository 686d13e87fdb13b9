import { marketOf, readProgress } from '../run/market';
import { DAY_MS, MINUTE_MS } from '../../lambdas/shared/domain/interval';
import { createObservedCodec } from '../../lambdas/shared/codec/segment-codec';
import { createKafkaLog } from '../../lambdas/shared/adapters/kafka/kafka-log';
import { parseDecimal } from '../../lambdas/shared/domain/decimal';
import type { ObservedSegment } from '../../lambdas/shared/domain/segment';
import { marketKey } from '../../lambdas/shared/domain/market';
import { TOPICS } from '../../lambdas/shared/domain/topics';
import { startPipeline } from '../emulator/start-pipeline';
import type { TimedExchange } from '../run/run-exchange';
import type { LocalRun } from '../run/local-run';
import type { CandleSource } from '../exchange/candles/candle-source';
import type { ExchangeCandle } from '../exchange/candles/exchange-candle';
import {
  BENCH_START_MS,
  schemaVersionIdsOf,
  type UsageByProcess,
  usageOfEngines,
  usageOfFunctions,
  usedBetween,
} from './bench-run';

/** The speed at which missing minutes became stored candles. */
export interface CatchUpFigures {
  readonly minutes: number;
  readonly seconds: number;
  readonly minutesPerSecond: number;
  readonly usage: UsageByProcess;
}

const LIMIT_MS = 30 * 60_000;
const MOST_TICKS = 50;
/** A tick that is later than the stored time is planned for; within the same minute it asks for no more. */
const SECOND_MS = 1_000;

/**
 * The part that a stream processor does: transform and persist, from a topic
 * that holds everything already. The time starts with the start of the
 * functions and of the event sources.
 */
export async function fromPreloadedTopic(
  run: LocalRun<TimedExchange>,
  source: CandleSource,
  days: number,
): Promise<CatchUpFigures> {
  await run.pipeline.stop();
  await preload(run, source, days);
  const minutes = minutesOf(source, days);
  const enginesBefore = usageOfEngines(run);
  const startedMs = performance.now();
  const pipeline = await startPipeline(run.pipelineOptions);
  try {
    await pipeline.caughtUp(LIMIT_MS);
    const seconds = (performance.now() - startedMs) / 1_000;
    const engines = usedBetween(enginesBefore, usageOfEngines(run));
    const usage = { ...usageOfFunctions(pipeline), ...engines };
    return { minutes, seconds, minutesPerSecond: minutes / seconds, usage };
  } finally {
    await pipeline.stop();
  }
}

/** The whole pipeline: from a tick that finds `days` days missing to all stored. */
export async function catchUp(
  run: LocalRun<TimedExchange>,
  source: CandleSource,
  days: number,
): Promise<CatchUpFigures> {
  const toMs = BENCH_START_MS + days * DAY_MS;
  await startLive(run);
  run.exchange.setTime(toMs);
  const minutes = minutesOf(source, days);
  const before = { ...usageOfFunctions(run.pipeline), ...usageOfEngines(run) };
  const startedMs = performance.now();
  await tickUntilStored(run, toMs);
  const seconds = (performance.now() - startedMs) / 1_000;
  const after = { ...usageOfFunctions(run.pipeline), ...usageOfEngines(run) };
  return {
    minutes,
    seconds,
    minutesPerSecond: minutes / seconds,
    usage: usedBetween(before, after),
  };
}

/** A market starts live on the day of its first tick. */
async function startLive(run: LocalRun<TimedExchange>): Promise<void> {
  run.exchange.setTime(BENCH_START_MS + MINUTE_MS);
  await tickUntilStored(run, BENCH_START_MS + MINUTE_MS);
}

/** A function out of time leaves the rest to the next tick: there are as many as it takes. */
async function tickUntilStored(run: LocalRun<TimedExchange>, toMs: number): Promise<void> {
  for (let tick = 0; tick < MOST_TICKS; tick++) {
    await run.pipeline.tick(toMs + tick * SECOND_MS);
    await run.pipeline.caughtUp(LIMIT_MS);
    if (await allSeen(run, toMs)) return;
  }
  throw new Error(
    `Not all is stored after ${MOST_TICKS} ticks; see the functions' logs in ${run.logsDir}`,
  );
}

async function allSeen(run: LocalRun<TimedExchange>, toMs: number): Promise<boolean> {
  const progress = await readProgress(run.store, run.pairs);
  return run.pairs.every((pair) => (progress.get(pair)?.seenToMs ?? 0) >= toMs);
}

function minutesOf(source: CandleSource, days: number): number {
  const toMs = BENCH_START_MS + days * DAY_MS;
  return source
    .pairs()
    .reduce((sum, pair) => sum + source.candles(pair, BENCH_START_MS, toMs).length, 0);
}

/** Writes what fetch would have: a segment a pair and day. */
async function preload(run: LocalRun<TimedExchange>, source: CandleSource, days: number) {
  const codec = createObservedCodec(schemaVersionIdsOf(run));
  const brokers = [run.engines.kafka.endpoint];
  const log = createKafkaLog({ clientId: 'bench', brokers: () => Promise.resolve({ brokers }) });
  for (const segment of segmentsOf(source, days)) {
    await log.append(TOPICS.observed, [{ key: marketKey(segment), value: codec.encode(segment) }]);
  }
}

/** The segments of a first tick after `days` days, day by day. */
export function* segmentsOf(source: CandleSource, days: number): Generator<ObservedSegment> {
  const observedAtMs = BENCH_START_MS + days * DAY_MS;
  for (let fromMs = BENCH_START_MS; fromMs < observedAtMs; fromMs += DAY_MS) {
    for (const pair of source.pairs()) {
      const toMs = fromMs + DAY_MS;
      yield {
        ...marketOf(pair),
        kind: 'live',
        fromMs,
        toMs,
        observedAtMs,
        settlesMs: toMs,
        gapFromMs: null,
        source: 'api',
        followsMs: fromMs === BENCH_START_MS ? null : fromMs,
        minuteCandles: source.candles(pair, fromMs, toMs).map(parsedCandle),
        rejected: [],
        unserved: null,
      };
    }
  }
}

function parsedCandle(candle: ExchangeCandle) {
  return {
    openTimeMs: candle.openTimeMs,
    open: parseDecimal(candle.open),
    high: parseDecimal(candle.high),
    low: parseDecimal(candle.low),
    close: parseDecimal(candle.close),
    baseVolume: parseDecimal(candle.baseVolume),
    quoteVolume: parseDecimal(candle.quoteVolume),
    minuteCount: 1,
  };
}
