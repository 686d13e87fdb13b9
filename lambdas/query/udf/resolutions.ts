import type { CalendarInterval } from '../../shared/domain/calendar/calendar-windows';

/** Intervals by their names in UDF. */
const INTERVAL = {
  '1': '1m',
  '5': '5m',
  '15': '15m',
  '60': '1h',
  '240': '4h',
  D: '1d',
  '1D': '1d',
  W: '1w',
  '1W': '1w',
  M: '1M',
  '1M': '1M',
} as const satisfies Record<string, CalendarInterval>;

/** A resolution as UDF names it. */
export type Resolution = keyof typeof INTERVAL;

/** All names of resolutions that are understood. */
export const RESOLUTIONS = Object.keys(INTERVAL) as Resolution[];

/** Those below a day that are served as they are; the library builds others of them. */
export const INTRADAY = ['1', '5', '15', '60', '240'] as const satisfies Resolution[];

/** Those that are served. */
export const SUPPORTED = [...INTRADAY, '1D', '1W', '1M'] as const satisfies Resolution[];

/** The interval of a resolution. */
export function intervalOf(resolution: Resolution): CalendarInterval {
  return INTERVAL[resolution];
}
