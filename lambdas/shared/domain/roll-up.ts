import {
  type Candle,
  type CandlesByInterval,
  isSameButQuoteVolume,
  isSameCandle,
  type StoredByInterval,
  type StoredChild,
} from './candle';
import { addDecimals, compareDecimals, type Decimal } from './decimal';
import {
  ceilTo,
  childOf,
  floorTo,
  type Interval,
  intervalMs,
  ROLLED_INTERVALS,
  type RolledInterval,
} from './interval';
import type { ObservedSegment, Segment } from './segment';

/** Stored candles of one interval that a roll-up needs: those that open in `[fromMs, toMs)`. */
export interface ChildrenRange {
  readonly interval: Interval;
  readonly fromMs: number;
  readonly toMs: number;
}

interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The range of `interval` windows that a range touches. */
function touched({ fromMs, toMs }: Range, interval: Interval): Range {
  const lengthMs = intervalMs(interval);
  return { fromMs: floorTo(fromMs, lengthMs), toMs: ceilTo(toMs, lengthMs) };
}

/** So many of a segment's own children are read along with those around them, to spare a read. */
const OWN_CHILDREN_READ = 30;

/** All minutes of the 5m windows that a segment touches, its own among them, since a live answer erases nothing. */
export function minutesToRead(segment: Segment): ChildrenRange {
  const [shortest] = ROLLED_INTERVALS;
  return { interval: childOf(shortest), ...touched(segment, shortest) };
}

/**
 * The stored candles that the windows of a segment need besides its own minutes:
 * the minutes of {@link minutesToRead}, and for each longer interval the children
 * of the touched windows that the segment does not touch itself, those before it first.
 */
export function childrenToRead(segment: Segment): ChildrenRange[] {
  return [minutesToRead(segment), ...longerChildrenToRead(segment)];
}

/** Those of {@link childrenToRead} that are not minutes. */
export function longerChildrenToRead(segment: Segment): ChildrenRange[] {
  const [, ...longer] = ROLLED_INTERVALS;
  return longer.flatMap((interval) => childrenAround(segment, interval));
}

/** Those of {@link longerChildrenToRead} that the windows need that have ended with the segment. */
export function endedChildrenToRead(segment: Segment): ChildrenRange[] {
  const [, ...longer] = ROLLED_INTERVALS;
  return longer.flatMap((interval) => {
    const endMs = floorTo(segment.toMs, intervalMs(interval));
    if (endMs <= segment.fromMs) return [];
    return childrenAround({ fromMs: segment.fromMs, toMs: endMs }, interval);
  });
}

function childrenAround(segment: Range, interval: RolledInterval): ChildrenRange[] {
  const child = childOf(interval);
  const windows = touched(segment, interval);
  const own = touched(segment, child);
  const before = { fromMs: windows.fromMs, toMs: own.fromMs };
  const after = { fromMs: own.toMs, toMs: windows.toMs };
  const apart = [before, after].filter(({ fromMs, toMs }) => fromMs < toMs);
  const fewOwn = own.toMs - own.fromMs <= OWN_CHILDREN_READ * intervalMs(child);
  const ranges = apart.length === 2 && fewOwn ? [windows] : apart;
  return ranges.map((range) => ({ interval: child, ...range }));
}

/**
 * Every candle that a segment touches: its minutes, and the windows rolled up
 * from them, 1m -> 5m -> 15m -> 1h -> 4h -> 1d, each from the children that the
 * segment touches itself, and from the stored ones elsewhere in the window.
 * Minutes without a trade are absent, and so are windows without any minute.
 *
 * A live segment's answer adds and corrects, and erases nothing: its windows
 * hold the stored minutes too that the answer lacks. Of its minutes, only those
 * that differ from the stored ones are in the result, and of those that are stored
 * only what an earlier observation has stored is corrected: a record that is
 * processed again, long after later looks found its minutes right, changes none.
 *
 * @param stored the answer to {@link childrenToRead}, in time order; it may lack children of
 *   windows that are not written
 */
export function rollUp(segment: ObservedSegment, stored: StoredByInterval): CandlesByInterval {
  const own = opening(stored['1m'] ?? [], segment.fromMs, segment.toMs);
  const { all, changed } = united(segment, own);
  const rolled: Partial<Record<Interval, readonly Candle[]>> = { '1m': all };
  for (const interval of ROLLED_INTERVALS) {
    const children = overlay(segment, interval, stored, rolled[childOf(interval)] ?? []);
    rolled[interval] = windowsOf(interval, children);
  }
  return { ...rolled, '1m': changed };
}

/** The candles of all intervals of whole windows, from their minutes: in time order, each once. */
export function windowsUpFrom(minuteCandles: readonly Candle[]): CandlesByInterval {
  const rolled: Partial<Record<Interval, readonly Candle[]>> = { '1m': minuteCandles };
  for (const interval of ROLLED_INTERVALS) {
    rolled[interval] = windowsOf(interval, rolled[childOf(interval)] ?? []);
  }
  return rolled;
}

/** A segment's minutes over the stored ones of its range: all of them, and those that are to be stored. */
export function united(
  { minuteCandles, observedAtMs }: Pick<ObservedSegment, 'minuteCandles' | 'observedAtMs'>,
  stored: readonly StoredChild[],
) {
  if (stored.length === 0) return { all: minuteCandles, changed: minuteCandles };
  const byTime = new Map<number, StoredChild>(stored.map((candle) => [candle.openTimeMs, candle]));
  const changed = minuteCandles.filter((candle) => {
    const own = byTime.get(candle.openTimeMs);
    return isNews(candle, own) && (own?.observedAtMs ?? -Infinity) < observedAtMs;
  });
  for (const candle of changed) byTime.set(candle.openTimeMs, candle);
  return { all: [...byTime.values()].sort((a, b) => a.openTimeMs - b.openTimeMs), changed };
}

/** An unknown quote volume is no news of a candle whose quote volume is stored. */
function isNews(answered: Candle, stored: Candle | undefined): boolean {
  if (stored === undefined) return true;
  const isKnown = answered.quoteVolume === null && stored.quoteVolume !== null;
  return !(isKnown ? isSameButQuoteVolume(answered, stored) : isSameCandle(answered, stored));
}

/** The children of the touched windows: the segment's own over the stored ones. */
function overlay(
  segment: Segment,
  interval: RolledInterval,
  stored: CandlesByInterval,
  own: readonly Candle[],
): readonly Candle[] {
  const child = childOf(interval);
  const outside = stored[child] ?? [];
  if (outside.length === 0) return own;
  const windows = touched(segment, interval);
  const covered = touched(segment, child);
  return [
    ...opening(outside, windows.fromMs, covered.fromMs),
    ...own,
    ...opening(outside, covered.toMs, windows.toMs),
  ];
}

/** Those of the candles that open in `[fromMs, toMs)`. */
export function opening<T extends Candle>(
  candles: readonly T[],
  fromMs: number,
  toMs: number,
): readonly T[] {
  return candles.filter(({ openTimeMs }) => openTimeMs >= fromMs && openTimeMs < toMs);
}

/**
 * Rolls candles, in time order and each once, up to the windows of `interval`
 * in one pass.
 */
export function windowsOf(interval: RolledInterval, candles: readonly Candle[]): readonly Candle[] {
  const lengthMs = intervalMs(interval);
  return windowsBy(
    {
      startOf: (timeMs) => floorTo(timeMs, lengthMs),
      endOf: (startMs) => startMs + lengthMs,
    },
    candles,
  );
}

/** Windows that follow each other without a hole. */
export interface Windows {
  /** Start of the window that a time lies in. */
  startOf(timeMs: number): number;
  /** End of the window that starts at a time. */
  endOf(startMs: number): number;
}

/** Rolls candles, in time order and each once, up to windows of which each holds whole candles. */
export function windowsBy(windows: Windows, candles: readonly Candle[]): readonly Candle[] {
  const rolled: Candle[] = [];
  let window: Candle | undefined;
  let endMs = Number.NEGATIVE_INFINITY;
  for (const candle of candles) {
    if (window !== undefined && candle.openTimeMs < endMs) {
      window = extended(window, candle);
      continue;
    }
    if (window !== undefined) rolled.push(window);
    const startMs = windows.startOf(candle.openTimeMs);
    endMs = windows.endOf(startMs);
    window = { ...candle, openTimeMs: startMs };
  }
  if (window !== undefined) rolled.push(window);
  return rolled;
}

/** A window with one more candle at its end. Of equal prices the earlier keeps its scale. */
function extended(window: Candle, next: Candle): Candle {
  return {
    openTimeMs: window.openTimeMs,
    open: window.open,
    high: compareDecimals(next.high, window.high) > 0 ? next.high : window.high,
    low: compareDecimals(next.low, window.low) < 0 ? next.low : window.low,
    close: next.close,
    baseVolume: addDecimals(window.baseVolume, next.baseVolume),
    quoteVolume: addKnown(window.quoteVolume, next.quoteVolume),
    minuteCount: window.minuteCount + next.minuteCount,
  };
}

/** A sum with an unknown in it is unknown. */
function addKnown(a: Decimal | null, b: Decimal | null): Decimal | null {
  return a === null || b === null ? null : addDecimals(a, b);
}

/**
 * Candles in time order, each open time once: of several candles of one time
 * the last in the list counts, for it was heard last.
 */
export function inTimeOrder(candles: readonly Candle[]): readonly Candle[] {
  if (isInTimeOrder(candles)) return candles;
  const byTime = new Map(candles.map((candle) => [candle.openTimeMs, candle]));
  return [...byTime.values()].sort((a, b) => a.openTimeMs - b.openTimeMs);
}

function isInTimeOrder(candles: readonly Candle[]): boolean {
  return candles.every((candle, index) => {
    const previous = candles[index - 1];
    return previous === undefined || previous.openTimeMs < candle.openTimeMs;
  });
}
