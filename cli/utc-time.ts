const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** A text that is not a date or a date-time as ISO 8601 writes them. */
export class InvalidTimeError extends Error {
  override readonly name = 'InvalidTimeError';
  constructor(text: string) {
    super(
      `Not a time: ${JSON.stringify(text.slice(0, 60))}; expected a date or a date-time (UTC ` +
        'where no zone is given) such as 2018-01-22, 2018-01-22T09:30 or 2018-01-22T09:30:00+01:00',
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
 * @throws InvalidTimeError for anything else, days that no month has included
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

/** Whether the calendar has the day: 30 February parses, as a day of March. */
function isCalendarDay(date: string): boolean {
  const timeMs = Date.parse(date);
  return !Number.isNaN(timeMs) && new Date(timeMs).toISOString().startsWith(date);
}

/** A time in UTC down to the minute, for tables: `2018-01-22 09:30`. */
export function minuteText(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 16).replace('T', ' ');
}

/** How long something is, in its two largest units: `12 s`, `3 min`, `5 h 20 min`, `2 d 4 h`. */
export function durationText(durationMs: number): string {
  if (durationMs < minuteMs) return `${Math.floor(durationMs / secondMs)} s`;
  if (durationMs < hourMs) return `${Math.floor(durationMs / minuteMs)} min`;
  if (durationMs < dayMs) return twoUnits(durationMs, hourMs, 'h', minuteMs, 'min');
  return twoUnits(durationMs, dayMs, 'd', hourMs, 'h');
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
