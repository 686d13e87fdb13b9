const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A text is no ISO 8601 date or date-time. */
export class InvalidTimeError extends Error {
  override readonly name = 'InvalidTimeError';
  constructor(text: string) {
    super(
      `Not a time: ${JSON.stringify(text.slice(0, 60))}; expected a date or a date-time (UTC ` +
        'without a zone) such as 2018-01-22, 2018-01-22T09:30 or 2018-01-22T09:30:00+01:00',
    );
  }
}

const DATE = /^\d{4}-\d\d-\d\d/;
const TIME =
  /^T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,3})?)?(Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)?$/;

/**
 * The UTC milliseconds of an ISO 8601 date or date-time. Without a zone it is
 * UTC; a date alone is its start.
 *
 * @throws InvalidTimeError for anything else, such as 30 February
 */
export function parseUtcTime(text: string): number {
  const date = DATE.exec(text)?.[0];
  if (date === undefined || !isCalendarDay(date)) throw new InvalidTimeError(text);
  const time = text.slice(date.length);
  if (time === '') return Date.parse(date);
  const match = TIME.exec(time);
  if (match === null) throw new InvalidTimeError(text);
  return Date.parse(match[1] === undefined ? `${text}Z` : text);
}

/** Whether a text that starts as `2018-01-22` does is a day of the calendar: 30 February parses, but as a day of March. */
export function isCalendarDay(date: string): boolean {
  const timeMs = Date.parse(date);
  return !Number.isNaN(timeMs) && new Date(timeMs).toISOString().startsWith(date);
}

/** A time in UTC down to the minute, for tables: `2018-01-22 09:30`. */
export function minuteText(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 16).replace('T', ' ');
}

/** The UTC day of a time: `2018-01-22`. */
export function dayText(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}

/** A duration in its two largest units: `12 s`, `3 min`, `5 h 20 min`, `2 d 4 h`. */
export function durationText(durationMs: number): string {
  if (durationMs < MINUTE_MS) return `${Math.floor(durationMs / SECOND_MS)} s`;
  if (durationMs < HOUR_MS) return `${Math.floor(durationMs / MINUTE_MS)} min`;
  if (durationMs < DAY_MS) return twoUnits(durationMs, HOUR_MS, 'h', MINUTE_MS, 'min');
  return twoUnits(durationMs, DAY_MS, 'd', HOUR_MS, 'h');
}

function twoUnits(
  durationMs: number,
  largeMs: number,
  large: string,
  smallMs: number,
  small: string,
): string {
  const rest = Math.floor((durationMs % largeMs) / smallMs);
  const most = `${Math.floor(durationMs / largeMs)} ${large}`;
  return rest === 0 ? most : `${most} ${rest} ${small}`;
}
