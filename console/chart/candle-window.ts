import type { CandleRow } from '../answers/answers';
import type { TimeRange } from '../answers/query-client';
import { type ChartInterval, openOf, slotOf } from './chart-interval';

/**
 * The candles that the chart holds: all of those in `[fromSlot, toSlot)`. Slots
 * without a candle are kept as such, as the chart's axis counts points: a
 * minute without a trade must not close up.
 */
export interface CandleWindow {
  readonly interval: ChartInterval;
  readonly fromSlot: number;
  readonly toSlot: number;
  /** By slot. */
  readonly candles: ReadonlyMap<number, CandleRow>;
}

/** The most slots that a window has: the chart draws them in a fifth of a second. */
export const MOST_SLOTS = 20_000;

/** A window at a time, with nothing in it. */
export function emptyWindow(interval: ChartInterval, atMs: number): CandleWindow {
  const slot = slotOf(interval, atMs);
  return { interval, fromSlot: slot, toSlot: slot, candles: new Map() };
}

/** The range of so many slots before a window (a negative count), or after it. */
export function rangeBeside(window: CandleWindow, count: number): TimeRange {
  const { interval, fromSlot, toSlot } = window;
  const [from, to] = count < 0 ? [fromSlot + count, fromSlot] : [toSlot, toSlot + count];
  return { fromMs: openOf(interval, from), toMs: openOf(interval, to) };
}

/**
 * Puts the candles of a range, as the API gave them, in the place of what the
 * window had there. Where the window becomes too large, the end that is
 * farther from the range is dropped.
 *
 * @throws RangeError if a hole would be left between the two
 */
export function withCandles(
  window: CandleWindow,
  range: TimeRange,
  rows: readonly CandleRow[],
): CandleWindow {
  const { interval, fromSlot, toSlot } = window;
  const [from, to] = [slotOf(interval, range.fromMs), slotOf(interval, range.toMs - 1) + 1];
  if (from > toSlot || to < fromSlot) {
    throw new RangeError(`${from} to ${to} is not beside ${fromSlot} to ${toSlot}`);
  }
  const candles = new Map(window.candles);
  for (let slot = from; slot < to; slot++) candles.delete(slot);
  for (const row of rows) candles.set(slotOf(interval, Date.parse(row.time)), row);
  const grown = {
    interval,
    fromSlot: Math.min(from, fromSlot),
    toSlot: Math.max(to, toSlot),
    candles,
  };
  return shortened(grown, from < fromSlot ? 'newest' : 'oldest');
}

function shortened(window: CandleWindow, end: 'oldest' | 'newest'): CandleWindow {
  const excess = window.toSlot - window.fromSlot - MOST_SLOTS;
  if (excess <= 0) return window;
  const fromSlot = window.fromSlot + (end === 'oldest' ? excess : 0);
  const toSlot = window.toSlot - (end === 'newest' ? excess : 0);
  const kept = [...window.candles].filter(([slot]) => slot >= fromSlot && slot < toSlot);
  return { ...window, fromSlot, toSlot, candles: new Map(kept) };
}

/**
 * The slots whose candles differ in a later state of a window, oldest first.
 * Undefined if they cannot be drawn one by one: the chart library puts a new
 * candle before a later one in that one's place.
 */
export function changedSlots(
  previous: CandleWindow,
  window: CandleWindow,
): readonly number[] | undefined {
  if (previous.fromSlot !== window.fromSlot || window.toSlot < previous.toSlot) return undefined;
  const changed: number[] = [];
  let hasNew = false;
  for (let slot = window.fromSlot; slot < window.toSlot; slot++) {
    const [before, now] = [previous.candles.get(slot), window.candles.get(slot)];
    if (before !== undefined && hasNew) return undefined;
    if (before === undefined && now !== undefined) hasNew = true;
    if (slot >= previous.toSlot || !isSame(before, now)) changed.push(slot);
  }
  return changed;
}

function isSame(one: CandleRow | undefined, other: CandleRow | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  const keys = ['open', 'high', 'low', 'close', 'baseVolume'] as const;
  return keys.every((key) => one[key] === other[key]);
}

/** The open time of a slot of the window, counted from its first one. */
export function openAt({ interval, fromSlot }: CandleWindow, index: number): number {
  return openOf(interval, fromSlot + index);
}

/** The index of the slot that a time is in, counted from the window's first one; it may lie outside. */
export function indexAt({ interval, fromSlot }: CandleWindow, timeMs: number): number {
  return slotOf(interval, timeMs) - fromSlot;
}

/** The most digits behind the point of any price in the window. */
export function priceDecimals({ candles }: CandleWindow): number {
  let most = 0;
  for (const { open, high, low, close } of candles.values()) {
    for (const price of [open, high, low, close]) most = Math.max(most, decimalsOf(price));
  }
  return most;
}

function decimalsOf(price: string): number {
  const point = price.indexOf('.');
  return point < 0 ? 0 : price.length - point - 1;
}
