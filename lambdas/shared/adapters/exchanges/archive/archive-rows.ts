import type { Candle } from '../../../domain/candle';
import type { MetricName } from '../../../domain/metrics';
import { RejectedRowError } from '../rows/read-candle';

/** A row of an archive: a candle, of volume zero where nothing was traded, or the reason why it cannot be one. */
export type ArchiveRow =
  | { readonly candle: Candle }
  | { readonly candle?: undefined; readonly reason: string; readonly metric: MetricName };

/** The rows of an archive's files. */
export interface ArchiveRows {
  /** The minute of a line: of a row that is wrong too, as long as its time says one. */
  readonly minuteOf: (line: string) => number | undefined;
  /** The reason why a line has no minute. */
  readonly unplacedReason: (line: string) => string;
  /** The candle of a line. @throws RejectedRowError if it cannot be one */
  readonly candleOf: (line: string) => Candle;
  /** Whether some files begin with a line that names the columns. */
  readonly mayHaveHeader: boolean;
}

/** Of a longer line no more than this is kept: it is no row. */
export const LONGEST_LINE = 1_000;

/** A line without the carriage return that may end it. */
export function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

const COLUMN_NAME = /^\s*"?[a-z_]/i;

/** Whether a line names columns, and has no values. */
export function isHeader(line: string): boolean {
  const columns = line.split(',');
  return columns.length > 1 && columns.every((column) => COLUMN_NAME.test(column));
}

/** Reads a line. */
export function readArchiveRow({ candleOf }: ArchiveRows, line: string): ArchiveRow {
  try {
    return { candle: candleOf(line) };
  } catch (cause) {
    if (!(cause instanceof RejectedRowError)) throw cause;
    return { reason: cause.message, metric: cause.metric };
  }
}

/** The columns of a line. @throws RejectedRowError if they are not as many as expected */
export function columnsOf(line: string, count: number): string[] {
  if (line.length > LONGEST_LINE) throw wrongShape(`it has more than ${LONGEST_LINE} characters`);
  const columns = line.split(',');
  if (columns.length === count) return columns;
  throw wrongShape(`it has ${columns.length} columns, expected ${count}: ${shown(line)}`);
}

/** The text of a line's time. */
export function timeColumn(line: string): string {
  const comma = line.indexOf(',');
  return line.slice(0, comma < 0 ? LONGEST_LINE : comma);
}

/** An error of a row whose form is wrong. */
export function wrongShape(message: string): RejectedRowError {
  return new RejectedRowError('RejectedShapes', message);
}

/** The beginning of a text, for a message. */
export function shown(text: string): string {
  return JSON.stringify(text.slice(0, 60));
}
