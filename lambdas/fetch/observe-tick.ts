import pLimit from 'p-limit';
import type { SegmentCodec } from '../shared/codec/segment-codec';
import { lagOf } from '../shared/domain/lag';
import type { Exchange, ProgressReader, RecordLog, Telemetry } from '../shared/domain/ports';
import { planSegments } from '../shared/domain/plan';
import type { Progress } from '../shared/domain/progress';
import type { ObservedSegment, Segment } from '../shared/domain/segment';
import { TOPICS } from '../shared/domain/topics';

/** What the fetch function works with. */
export interface ObserveTickPorts {
  readonly exchange: Exchange;
  readonly progress: ProgressReader;
  readonly observed: SegmentCodec<ObservedSegment>;
  readonly log: RecordLog;
  readonly telemetry: Telemetry;
}

/** What the fetch function is set to follow. */
export interface ObserveTickSettings {
  readonly pairs: readonly string[];
  /** The name of the exchange, stored with every candle. */
  readonly source: string;
  readonly historyStartMs: number;
  readonly retentionMs: number;
  /** The exchange may still change minutes younger than this. */
  readonly settlingMs: number;
  /** A pair whose missing minutes start longer ago than this is behind. */
  readonly behindMs: number;
}

/** A firing of the schedule. */
export interface Tick {
  /** The time of the event, never that of a clock: so a recorded day replays exactly. */
  readonly nowMs: number;
  /** How long the function may still run, in milliseconds. */
  readonly remainingMs: () => number;
}

/** A tick of which some pairs could not be appended; `errors` has the failure of each. */
export class TickNotAppendedError extends AggregateError {
  override readonly name = 'TickNotAppendedError';
  constructor(errors: readonly unknown[], pairs: number) {
    super(
      errors,
      `${errors.length} of ${pairs} pairs could not be appended, the first because of: ${String(errors[0])}`,
    );
  }
}

/** Pairs under way at once; the exchange's own limit bounds the requests. */
const CONCURRENT_PAIRS = 16;
/** With less time left than this, a segment waits for the next tick. */
const SEGMENT_RESERVE_MS = 15_000;
/** What the exchange leaves of the time, for appending. */
const APPEND_RESERVE_MS = 8_000;

/**
 * The fetch function's use case: for each pair, asks the exchange for what is
 * missing up to the tick's time and appends one record a segment to
 * `candles.observed`. A segment is whole or it is not sent: where the exchange
 * fails, that pair's later segments wait for the next tick, and the other pairs
 * go on.
 *
 * @returns a function of a tick; it rejects where the progress could not be
 *   read or a record could not be appended
 */
export function createObserveTick(ports: ObserveTickPorts, settings: ObserveTickSettings) {
  return async (tick: Tick): Promise<void> => {
    const progress = await ports.progress.read(settings.pairs);
    const plans = settings.pairs
      .map((pair) => planOf(pair, progress.get(pair), settings, tick))
      .filter((plan) => plan.length > 0)
      .sort((a, b) => lengthMs(a) - lengthMs(b));
    const limit = pLimit(CONCURRENT_PAIRS);
    const outcomes = await Promise.allSettled(
      plans.map((plan) => limit(() => observePair(ports, plan, tick))),
    );
    tellTick(ports, settings, plans, tick);
    const errors = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [outcome.reason as unknown] : [],
    );
    if (errors.length > 0) throw new TickNotAppendedError(errors, plans.length);
  };
}

function planOf(
  pair: string,
  progress: Progress | undefined,
  { source, historyStartMs, retentionMs, settlingMs }: ObserveTickSettings,
  { nowMs }: Tick,
): Segment[] {
  return planSegments({ pair, source, progress, nowMs, historyStartMs, retentionMs, settlingMs });
}

/** How much a plan asks for: short plans go first, so that a pair far behind delays none that is near. */
function lengthMs(plan: readonly Segment[]): number {
  return (plan.at(-1)?.toMs ?? 0) - (plan[0]?.fromMs ?? 0);
}

async function observePair(ports: ObserveTickPorts, plan: readonly Segment[], tick: Tick) {
  for (const segment of plan) {
    if (tick.remainingMs() < SEGMENT_RESERVE_MS) {
      tellDeferred(ports.telemetry, segment);
      return;
    }
    const observed = await observe(ports, segment, tick.remainingMs() - APPEND_RESERVE_MS);
    if (observed === undefined) return;
    const record = { key: segment.pair, value: ports.observed.encode(observed) };
    await ports.log.append(TOPICS.observed, [record]);
    tellObserved(ports.telemetry, observed);
  }
}

/** A segment with its minutes, or undefined where the exchange would not give all of them. */
async function observe(
  { exchange, telemetry }: ObserveTickPorts,
  segment: Segment,
  withinMs: number,
) {
  const { pair, fromMs, toMs, settlesMs } = segment;
  const query = { pair, fromMs, toMs, closedBeforeMs: settlesMs ?? toMs, withinMs };
  try {
    return { ...segment, minutes: await exchange.minutes(query) };
  } catch (cause) {
    telemetry.error('pair not fetched', describe(segment), cause);
    telemetry.count('PairsNotFetched', 1);
    return undefined;
  }
}

function describe({ pair, fromMs, toMs }: Segment) {
  return { pair, from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
}

function tellDeferred(telemetry: Telemetry, segment: Segment): void {
  telemetry.warn('out of time: left for the next tick', describe(segment));
  telemetry.count('PairsDeferred', 1);
}

function tellObserved(telemetry: Telemetry, segment: ObservedSegment): void {
  telemetry.info('observed', { ...describe(segment), minutes: segment.minutes.length });
  telemetry.count('MinutesObserved', segment.minutes.length);
}

function tellTick(
  { telemetry, exchange }: ObserveTickPorts,
  { pairs, retentionMs, behindMs }: ObserveTickSettings,
  plans: readonly Segment[][],
  { nowMs }: Tick,
): void {
  const { pairsBehind, worstMs, retentionLeftMs } = lagOf(plans, { nowMs, retentionMs, behindMs });
  telemetry.count('PairsBehind', pairsBehind);
  telemetry.count('WorstLag', worstMs / 1_000);
  telemetry.count('RetentionLeft', retentionLeftMs / 1_000);
  const headroom = exchange.takeHeadroom();
  if (headroom !== undefined) telemetry.count('RateLimitHeadroom', headroom);
  telemetry.info('tick', {
    time: new Date(nowMs).toISOString(),
    pairs: pairs.length,
    planned: plans.length,
  });
}
