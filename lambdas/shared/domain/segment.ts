import { type Candle, type CandlesByInterval, checkCandle, timeText } from './candle';
import { DAY_MS, floorTo, type Interval, INTERVALS, intervalMs, MINUTE_MS } from './interval';

/**
 * A stretch `[fromMs, toMs)` of one UTC day of one pair, as it was observed at
 * one time: the unit that travels from fetch to persist.
 */
export interface Segment {
  /** Such as `BTC_USDT`: base, underscore, quote. */
  readonly pair: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** When it was asked for: the newest observation of a candle wins. */
  readonly observedAtMs: number;
  /** What must be settled before `settlesMs` counts; null for a pair's first ever, and in history. */
  readonly followsMs: number | null;
  /** Up to where it settles the pair; null in history, which leaves progress alone. */
  readonly settlesMs: number | null;
  /**
   * Where the range `[gapFromMs, fromMs)` starts that the exchange no longer serves: at what the
   * segment follows, where it follows anything. Null for none.
   */
  readonly gapFromMs: number | null;
  /** Which exchange the candles came from. */
  readonly source: string;
}

/** A segment with the one-minute candles that exist in it. */
export interface ObservedSegment extends Segment {
  readonly minutes: readonly Candle[];
}

/** A segment with its minutes and every window that they touch. */
export interface RolledSegment extends Segment {
  readonly candles: CandlesByInterval;
}

/** A segment that cannot be: the message says why, and with which values. */
export class InvalidSegmentError extends Error {
  override readonly name = 'InvalidSegmentError';
  constructor(segment: Segment, rule: string) {
    super(
      `The segment ${segment.pair} [${timeText(segment.fromMs)}, ${timeText(segment.toMs)}) cannot be: ${rule}`,
    );
  }
}

const YEAR_10000_MS = Date.UTC(10_000, 0, 1);
const PAIR = /^[A-Z0-9]{1,20}_[A-Z0-9]{1,20}$/;

/** Whether a text names a pair as Gate.io does: `BASE_QUOTE` in capitals. */
export function isPair(text: string): boolean {
  return PAIR.test(text);
}

/** The start of the UTC day of a segment. */
export function dayOf(segment: Segment): number {
  return floorTo(segment.fromMs, DAY_MS);
}

/** Whether a segment is a whole UTC day, so that its windows need nothing from outside it. */
export function isWholeDay(segment: Segment): boolean {
  return segment.toMs - segment.fromMs === DAY_MS;
}

/**
 * Holds an observed segment against the invariants: its range, its day, its
 * settling, and each of its minutes, in time order and without repetition.
 *
 * @throws InvalidSegmentError, InvalidCandleError
 */
export function checkObserved(segment: ObservedSegment): void {
  checkRange(segment);
  checkCandles(segment, '1m', segment.minutes);
}

/**
 * The same for a rolled segment, every window of which must touch its range.
 *
 * @throws InvalidSegmentError, InvalidCandleError
 */
export function checkRolled(segment: RolledSegment): void {
  checkRange(segment);
  for (const interval of INTERVALS) {
    checkCandles(segment, interval, segment.candles[interval] ?? []);
  }
}

function checkRange(segment: Segment): void {
  const rule = brokenRule(segment);
  if (rule !== undefined) throw new InvalidSegmentError(segment, rule);
}

function brokenRule(segment: Segment): string | undefined {
  const { pair, fromMs, toMs, observedAtMs, followsMs, settlesMs, gapFromMs } = segment;
  if (!isPair(pair)) return `its pair is not BASE_QUOTE in capitals`;
  if (!isMinute(fromMs) || !isMinute(toMs)) return 'its ends are not whole minutes';
  if (fromMs >= toMs) return 'it is empty';
  if (toMs > dayOf(segment) + DAY_MS) return 'it spans more than one UTC day';
  if (!isTime(observedAtMs)) return `it was observed at ${observedAtMs}`;
  if (settlesMs === null) return isWholeDay(segment) ? undefined : 'history comes in whole days';
  if (!isMinute(settlesMs)) return `it settles to ${settlesMs}, not a whole minute`;
  if (followsMs !== null && !isMinute(followsMs))
    return `it follows ${followsMs}, not a whole minute`;
  if (settlesMs > Math.max(toMs, followsMs ?? toMs)) return 'it settles more than it holds';
  if (followsMs !== null && followsMs < fromMs && settlesMs > followsMs && gapFromMs === null) {
    return `it follows ${timeText(followsMs)} and would leave a hole up to its start`;
  }
  return brokenGapRule(segment);
}

/** A gap is all that lies between what a segment follows and its start. */
function brokenGapRule({ fromMs, followsMs, gapFromMs }: Segment): string | undefined {
  if (gapFromMs === null) return undefined;
  const start = `the gap before it starts at ${timeText(gapFromMs)}`;
  if (!isMinute(gapFromMs) || gapFromMs >= fromMs) return start;
  if (followsMs === null || gapFromMs === followsMs) return undefined;
  return `${start}, not at what it follows, ${timeText(followsMs)}`;
}

function isMinute(timeMs: number): boolean {
  return isTime(timeMs) && timeMs % MINUTE_MS === 0;
}

/** Beyond these a segment could pass here, and then fail for ever where its times become dates. */
function isTime(timeMs: number): boolean {
  return Number.isSafeInteger(timeMs) && timeMs >= 0 && timeMs < YEAR_10000_MS;
}

function checkCandles(segment: Segment, interval: Interval, candles: readonly Candle[]): void {
  const lengthMs = intervalMs(interval);
  let earliestMs = floorTo(segment.fromMs, lengthMs);
  for (const candle of candles) {
    checkCandle(interval, candle);
    if (candle.openTimeMs < earliestMs || candle.openTimeMs >= segment.toMs) {
      const rule = `its ${interval} candle of ${timeText(candle.openTimeMs)} is outside it, or not in time order`;
      throw new InvalidSegmentError(segment, rule);
    }
    earliestMs = candle.openTimeMs + lengthMs;
  }
}
