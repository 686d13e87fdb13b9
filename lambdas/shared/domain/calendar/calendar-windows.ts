import { DAY_MS, floorTo, type Interval, INTERVALS, intervalMs } from '../interval';
import type { Windows } from '../roll-up';
import { monthAfter, monthOf } from './months';

/** The intervals that can be read: those that are kept, weeks and months. */
export const CALENDAR_INTERVALS = [...INTERVALS, '1w', '1M'] as const;

/** `1m` `5m` `15m` `1h` `4h` `1d`, `1w` (from Monday, as ISO 8601 has it) or `1M` (a calendar month). */
export type CalendarInterval = (typeof CALENDAR_INTERVALS)[number];

/** The days of a time zone, the weeks and the months made of them, or any shorter interval. */
export interface CalendarWindows extends Windows {
  readonly interval: CalendarInterval;
  /** The longest kept interval of which each window is made, exactly. */
  readonly source: Interval;
  /** Whether the windows themselves are kept. */
  readonly areKept: boolean;
  /** Number of candles of the source that the longest window holds. */
  readonly mostSources: number;
}

/** The intervals that depend on where a day starts. */
const DAY_INTERVALS: ReadonlySet<CalendarInterval> = new Set(['1d', '1w', '1M']);
/** The intervals that days of another time zone may be made of, longest first. */
const DAY_SOURCES = ['4h', '1h', '15m'] as const satisfies Interval[];
const WEEK_MS = 7 * DAY_MS;
/** 1970-01-05. */
const FIRST_MONDAY_MS = 4 * DAY_MS;
const LONGEST_MONTH_MS = 31 * DAY_MS;

/** Whether an interval depends on where a day starts, and so on the time zone. */
export function hasDays(interval: CalendarInterval): boolean {
  return DAY_INTERVALS.has(interval);
}

/**
 * The windows of an interval.
 *
 * @param offsetMs how far the time zone is ahead of UTC, a multiple of 15 minutes; it must be 0
 *   for an interval below a day
 */
export function calendarWindows(interval: CalendarInterval, offsetMs = 0): CalendarWindows {
  const source = sourceOf(interval, offsetMs);
  const windows = windowsOfKind(interval);
  return {
    interval,
    source,
    areKept: source === interval,
    mostSources: longestMs(interval) / intervalMs(source),
    startOf: (timeMs) => windows.startOf(timeMs + offsetMs) - offsetMs,
    endOf: (startMs) => windows.endOf(startMs + offsetMs) - offsetMs,
  };
}

function sourceOf(interval: CalendarInterval, offsetMs: number): Interval {
  if (!hasDays(interval)) return interval as Interval;
  if (offsetMs === 0) return '1d';
  return DAY_SOURCES.find((source) => offsetMs % intervalMs(source) === 0) ?? '15m';
}

function longestMs(interval: CalendarInterval): number {
  if (interval === '1M') return LONGEST_MONTH_MS;
  return interval === '1w' ? WEEK_MS : intervalMs(interval);
}

function windowsOfKind(interval: CalendarInterval): Windows {
  if (interval === '1M') return MONTHS;
  if (interval === '1w') return evenWindows(WEEK_MS, FIRST_MONDAY_MS);
  return evenWindows(intervalMs(interval), 0);
}

function evenWindows(lengthMs: number, firstMs: number): Windows {
  return {
    startOf: (timeMs) => firstMs + floorTo(timeMs - firstMs, lengthMs),
    endOf: (startMs) => startMs + lengthMs,
  };
}

const MONTHS: Windows = { startOf: monthOf, endOf: monthAfter };

/** The start of the first window that does not start before a time. */
export function firstStartFrom(windows: Windows, timeMs: number): number {
  const startMs = windows.startOf(timeMs);
  return startMs === timeMs ? startMs : windows.endOf(startMs);
}

/** The start of the window that is `count` windows after (or before, if negative) one that starts at `startMs`. */
export function shifted(windows: Windows, startMs: number, count: number): number {
  let atMs = startMs;
  for (let done = 0; done < count; done++) atMs = windows.endOf(atMs);
  for (let done = 0; done > count; done--) atMs = windows.startOf(atMs - 1);
  return atMs;
}
