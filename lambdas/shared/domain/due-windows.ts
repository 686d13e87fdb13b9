import type { Candle, CandlesByInterval, StoredChild } from './candle';
import { floorTo, INTERVALS, intervalMs, MINUTE_MS } from './interval';
import {
  childrenToRead,
  type ChildrenRange,
  endedChildrenToRead,
  longerChildrenToRead,
  minutesToRead,
  opening,
  united,
} from './roll-up';
import type { ObservedSegment, Segment } from './segment';

// Windows that have ended are written by every segment that touches them; those
// that are still open every `everyMs`, which is how old they may be.
//
// Open windows are due if a multiple of `everyMs` has passed since the segment
// before, or since a minute that is new or corrected: a tick that is left out,
// or a minute that comes late, is made up for by the next one. While a market is
// silent, what its segments follow stands still, and its windows are written at
// every tick. The first minutes of a day bring its windows at once, as the day's
// candle tells readers that there is something of the day.

/** Times that decide if the open windows of a market are due. */
export interface OpenWindowTimes {
  /** Time after which they are written again, in milliseconds. */
  readonly everyMs: number;
  /** Length of the newest part of a segment that it leaves unsettled, as a rule, in milliseconds; 0 if unknown. */
  readonly settlingMs: number;
}

/**
 * The stored candles to read first for a segment: all that its windows need if
 * its open windows are certainly due, otherwise the minutes that decide it.
 */
export function childrenToReadFirst(segment: Segment, times: OpenWindowTimes): ChildrenRange[] {
  return areDueByTime(segment, times) ? childrenToRead(segment) : [minutesToRead(segment)];
}

/**
 * The stored candles that are left to read: those of open windows too if they may
 * be due, otherwise those of windows that have ended.
 *
 * @param minutes the stored minutes of {@link childrenToReadFirst}, in time order
 */
export function childrenToReadThen(
  segment: ObservedSegment,
  minutes: readonly StoredChild[],
  times: OpenWindowTimes,
): ChildrenRange[] {
  if (areDueByTime(segment, times)) return [];
  const own = opening(minutes, segment.fromMs, segment.toMs);
  const { all, changed } = united(segment, own);
  const known = all.length + minutes.length - own.length;
  // With one more minute than the changed ones, these are not the first of their day.
  const mayBeDue = known <= changed.length || areDueByMinutes(segment, changed, times);
  return mayBeDue ? longerChildrenToRead(segment) : endedChildrenToRead(segment);
}

/**
 * The candles of a roll-up that are to be written now.
 *
 * @param rolled what `rollUp` made of the segment and what was read for it
 */
export function dueCandles(
  segment: Segment,
  rolled: CandlesByInterval,
  times: OpenWindowTimes,
): CandlesByInterval {
  if (areOpenWindowsDue(segment, rolled, times)) return rolled;
  const ended = INTERVALS.map((interval) => {
    const lengthMs = intervalMs(interval);
    const candles = rolled[interval] ?? [];
    return [
      interval,
      candles.filter(({ openTimeMs }) => openTimeMs + lengthMs <= segment.toMs),
    ] as const;
  });
  return Object.fromEntries(ended);
}

function areOpenWindowsDue(
  segment: Segment,
  rolled: CandlesByInterval,
  times: OpenWindowTimes,
): boolean {
  const changed = rolled['1m'] ?? [];
  const [day] = rolled['1d'] ?? [];
  const isFirstOfDay = (day?.minuteCount ?? 0) <= changed.length;
  return isFirstOfDay || areDueByTime(segment, times) || areDueByMinutes(segment, changed, times);
}

/** If open windows are due whatever the segment's minutes are. */
function areDueByTime({ toMs, followsMs }: Segment, times: OpenWindowTimes): boolean {
  if (followsMs === null) return true;
  const sinceMs = Math.min(followsMs + times.settlingMs, toMs - MINUTE_MS);
  return floorTo(toMs, times.everyMs) > sinceMs;
}

function areDueByMinutes(
  { toMs }: Segment,
  [oldest]: readonly Candle[],
  { everyMs }: OpenWindowTimes,
): boolean {
  return oldest !== undefined && floorTo(toMs, everyMs) > oldest.openTimeMs;
}
