import { type Candle, timeText } from '../../../domain/candle';
import { MINUTE_MS } from '../../../domain/interval';
import type { MetricName } from '../../../domain/metrics';
import { LONGEST_LINE } from './archive-gzip';
import { readCandle, RejectedRowError } from '../rows/read-candle';

/** A row of the archive: a candle, of volume zero where nothing was traded, or the reason why it cannot be one. */
export type ArchiveRow =
  | { readonly candle: Candle }
  | { readonly candle?: undefined; readonly reason: string; readonly metric: MetricName };

const COLUMNS = 6;
const SECONDS = /^\d{1,12}$/;
/** A time that a careless program has written, such as `1704067200.0` or `1.7040672e9`. */
const ANY_SECONDS = /^\d{1,12}(?:\.\d{0,12})?(?:e\+?\d{1,2})?$/i;
const COLUMN_NAME = /^\s*"?[a-z_]/i;

/** The minute of a line: of a row that is wrong too, as long as its time says one. */
export function minuteOf(line: string): number | undefined {
  const text = timeColumn(line);
  const timeMs = ANY_SECONDS.test(text) ? Number(text) * 1_000 : NaN;
  return Number.isSafeInteger(timeMs) && timeMs % MINUTE_MS === 0 ? timeMs : undefined;
}

/** Whether a line names columns, and has no values. */
export function isHeader(line: string): boolean {
  const columns = line.split(',');
  return columns.length > 1 && columns.every((column) => COLUMN_NAME.test(column));
}

/** The reason why a line has no minute. */
export function unplacedReason(line: string): string {
  return `its time ${shown(timeColumn(line))} is no whole minute in seconds`;
}

/** Reads a line `timestamp,volume,close,high,low,open`: Unix seconds, and the volume in the base currency. */
export function readArchiveRow(line: string): ArchiveRow {
  try {
    return { candle: candleOfLine(line) };
  } catch (cause) {
    if (!(cause instanceof RejectedRowError)) throw cause;
    return { reason: cause.message, metric: cause.metric };
  }
}

function candleOfLine(line: string): Candle {
  if (line.length > LONGEST_LINE) throw wrongShape(`it has more than ${LONGEST_LINE} characters`);
  const columns = line.split(',');
  if (columns.length !== COLUMNS) {
    throw wrongShape(`it has ${columns.length} columns, expected ${COLUMNS}: ${shown(line)}`);
  }
  const [seconds = '', baseVolume = '', close = '', high = '', low = '', open = ''] = columns;
  const prices = { open, high, low, close };
  return readCandle(openTimeOf(seconds), { ...prices, baseVolume, quoteVolume: null });
}

function openTimeOf(seconds: string): number {
  if (!SECONDS.test(seconds)) {
    throw wrongShape(`its time ${shown(seconds)} is no whole number of seconds`);
  }
  const timeMs = Number(seconds) * 1_000;
  if (timeMs % MINUTE_MS === 0) return timeMs;
  throw new RejectedRowError('RejectedTimes', `its time ${timeText(timeMs)} is no whole minute`);
}

function timeColumn(line: string): string {
  const comma = line.indexOf(',');
  return line.slice(0, comma < 0 ? LONGEST_LINE : comma);
}

function wrongShape(message: string): RejectedRowError {
  return new RejectedRowError('RejectedShapes', message);
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 60));
}
