import { type Candle, type CandlesByInterval, checkCandle, timeText } from './candle';
import { DAY_MS, floorTo, type Interval, INTERVALS, intervalMs, MINUTE_MS } from './interval';
import { isExchangeName, type Market, marketKey, pairNameProblem } from './market';

/**
 * The two kinds of segment: `live` adds and corrects, and moves progress;
 * `audit` is a whole past day that was asked for again, and leaves progress
 * alone.
 */
export const SEGMENT_KINDS = ['live', 'audit'] as const;
export type SegmentKind = (typeof SEGMENT_KINDS)[number];

/** The two places that candles come from: the exchange's API, or its archive. */
export const SEGMENT_SOURCES = ['api', 'archive'] as const;
export type SegmentSource = (typeof SEGMENT_SOURCES)[number];

/**
 * A stretch `[fromMs, toMs)` of one UTC day of one market, as it was observed at
 * one time: the unit that travels from fetch to persist.
 */
export interface Segment extends Market {
  readonly kind: SegmentKind;
  readonly fromMs: number;
  readonly toMs: number;
  /** The time of the question: the newest observation of a candle wins. */
  readonly observedAtMs: number;
  /** The time up to which all must be settled for `settlesMs` to count; null for a market's first ever, and in an audit. */
  readonly followsMs: number | null;
  /** The time up to which it settles the market; null in an audit. */
  readonly settlesMs: number | null;
  /**
   * Start of the range `[gapFromMs, fromMs)` that the exchange no longer serves: at what the
   * segment follows, if it follows anything. Null for none.
   */
  readonly gapFromMs: number | null;
  readonly source: SegmentSource;
}

/** A minute whose row could not be a candle, with the reason. */
export interface RejectedMinute {
  readonly openTimeMs: number;
  readonly reason: string;
}

/** A segment with the one-minute candles that the exchange answered. */
export interface ObservedSegment extends Segment {
  readonly minuteCandles: readonly Candle[];
  readonly rejected: readonly RejectedMinute[];
  /** Reason why nobody answers for the day of an audit any more, or not so that it can be believed; null if it was answered for. */
  readonly unserved: string | null;
}

/** Findings of an audit about its day. */
export interface AuditFindings {
  /** Minutes with a candle, once the audit is stored. */
  readonly minuteCount: number;
  /** Minutes without a candle, those of gaps not counted. */
  readonly absentCount: number;
  /** Stored one-minute candles that the audit changed or deleted, and those that it added to a day that was audited before. */
  readonly correctedCount: number;
  /** Stored minutes that the answer lacks, and that are kept. */
  readonly suspectsMs: readonly number[];
  /** Whether the audit changed nothing, and left nothing open. */
  readonly agreed: boolean;
  /** Whether the day need not be asked for again. */
  readonly sealed: boolean;
  /** Whether the day is sealed although its audits do not agree. */
  readonly disputed: boolean;
}

/** A segment with those of its minutes that are to be written, and every window that it touches. */
export interface RolledSegment extends Segment {
  readonly candles: CandlesByInterval;
  readonly rejected: readonly RejectedMinute[];
  /** Open time of the newest minute that was answered, written again or not; null if none was. */
  readonly newestMs: number | null;
  readonly unserved: string | null;
  /** Open times of the stored candles that an audit deletes, by interval, in time order. */
  readonly deleted: Readonly<Partial<Record<Interval, readonly number[]>>>;
  /** Findings of an audit; null in a live segment. */
  readonly audit: AuditFindings | null;
}

/** An invalid segment: the message says why, and with which values. */
export class InvalidSegmentError extends Error {
  override readonly name = 'InvalidSegmentError';
  constructor(segment: Segment, rule: string) {
    super(
      `The segment ${marketKey(segment)} [${timeText(segment.fromMs)}, ${timeText(segment.toMs)}) is invalid: ${rule}`,
    );
  }
}

const YEAR_10000_MS = Date.UTC(10_000, 0, 1);

/** The start of the UTC day of a segment. */
export function dayOf({ fromMs }: Pick<Segment, 'fromMs'>): number {
  return floorTo(fromMs, DAY_MS);
}

/** Whether a segment is a whole UTC day, so that its windows need nothing from outside it. */
export function isWholeDay(segment: Segment): boolean {
  return segment.toMs - segment.fromMs === DAY_MS;
}

/** The open time of the last of some candles; undefined if there are none. */
export function newestOf(candles: readonly Candle[]): number | undefined {
  return candles.at(-1)?.openTimeMs;
}

/**
 * Whether all that a segment would store is stored by a later one too: then it
 * need not be written. Its gaps, and what it settles, are not covered.
 */
export function isCoveredBy(earlier: RolledSegment, later: RolledSegment): boolean {
  return (
    earlier.kind === 'live' &&
    later.kind === 'live' &&
    marketKey(earlier) === marketKey(later) &&
    dayOf(earlier) === dayOf(later) &&
    later.fromMs <= earlier.fromMs &&
    earlier.toMs <= later.toMs &&
    earlier.observedAtMs < later.observedAtMs &&
    INTERVALS.every((interval) => hasAllTimes(later.candles[interval], earlier.candles[interval]))
  );
}

function hasAllTimes(candles: readonly Candle[] = [], wanted: readonly Candle[] = []): boolean {
  const times = new Set(candles.map(({ openTimeMs }) => openTimeMs));
  return wanted.every(({ openTimeMs }) => times.has(openTimeMs));
}

/**
 * Holds an observed segment against the invariants: its range, its day, its
 * settling, and each of its minutes, in time order and without repetition.
 *
 * @throws InvalidSegmentError, InvalidCandleError
 */
export function checkObserved(segment: ObservedSegment): void {
  checkRange(segment);
  if (segment.unserved !== null && segment.minuteCandles.length > 0) {
    throw new InvalidSegmentError(segment, 'it has candles of a day that is not served');
  }
  checkRejected(segment, segment.rejected);
  checkCandles(segment, '1m', segment.minuteCandles);
}

/**
 * The same for a rolled segment, every window of which must touch its range.
 *
 * @throws InvalidSegmentError, InvalidCandleError
 */
export function checkRolled(segment: RolledSegment): void {
  checkRange(segment);
  checkRejected(segment, segment.rejected);
  const { newestMs } = segment;
  if (newestMs !== null && !isMinuteOf(segment, newestMs)) {
    throw new InvalidSegmentError(segment, `its newest minute ${timeText(newestMs)} is outside it`);
  }
  for (const interval of INTERVALS) {
    checkCandles(segment, interval, segment.candles[interval] ?? []);
    checkDeleted(segment, interval, segment.deleted[interval] ?? []);
  }
}

/** Only an audit deletes, and nothing outside its day; within it rows of any time, for some may be wrong. */
function checkDeleted(segment: RolledSegment, interval: Interval, timesMs: readonly number[]) {
  const { kind, fromMs, toMs } = segment;
  const wrong = timesMs.find((timeMs) => kind === 'live' || timeMs < fromMs || timeMs >= toMs);
  if (wrong === undefined) return;
  const rule = `it deletes the ${interval} candle of ${timeText(wrong)}, which it may not`;
  throw new InvalidSegmentError(segment, rule);
}

function checkRange(segment: Segment): void {
  const rule = brokenRule(segment);
  if (rule !== undefined) throw new InvalidSegmentError(segment, rule);
}

function brokenRule(segment: Segment): string | undefined {
  const { fromMs, toMs, observedAtMs } = segment;
  const named = brokenNameRule(segment);
  if (named !== undefined) return named;
  if (!isMinute(fromMs) || !isMinute(toMs)) return 'its ends are not whole minutes';
  if (fromMs >= toMs) return 'it is empty';
  if (toMs > dayOf(segment) + DAY_MS) return 'it spans more than one UTC day';
  if (!isTime(observedAtMs)) return `it was observed at ${observedAtMs}`;
  return segment.kind === 'audit' ? brokenAuditRule(segment) : brokenLiveRule(segment);
}

function brokenNameRule({ exchange, pair }: Segment): string | undefined {
  if (!isExchangeName(exchange)) return 'its exchange is not lower-case words joined by hyphens';
  const problem = pairNameProblem(pair);
  return problem === undefined ? undefined : `the name of its pair ${problem}`;
}

function brokenAuditRule(segment: Segment): string | undefined {
  if (!isWholeDay(segment)) return 'an audit comes in whole days';
  return segment.settlesMs === null ? undefined : 'an audit settles nothing';
}

function brokenLiveRule(segment: Segment): string | undefined {
  const { fromMs, toMs, followsMs, settlesMs, gapFromMs } = segment;
  if (settlesMs === null) return 'a live segment says what it settles';
  if (!isMinute(settlesMs)) return `it settles to ${settlesMs}, not a whole minute`;
  if (followsMs !== null && !isMinute(followsMs)) {
    return `it follows ${followsMs}, not a whole minute`;
  }
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

function isMinuteOf({ fromMs, toMs }: Segment, timeMs: number): boolean {
  return isMinute(timeMs) && timeMs >= fromMs && timeMs < toMs;
}

/** Beyond these a segment could pass here, and then fail for ever where its times become dates. */
function isTime(timeMs: number): boolean {
  return Number.isSafeInteger(timeMs) && timeMs >= 0 && timeMs < YEAR_10000_MS;
}

function checkRejected(segment: Segment, rejected: readonly RejectedMinute[]): void {
  const outside = rejected.find(({ openTimeMs }) => !isMinuteOf(segment, openTimeMs));
  if (outside === undefined) return;
  const rule = `its rejected minute ${timeText(outside.openTimeMs)} is not a minute of it`;
  throw new InvalidSegmentError(segment, rule);
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
