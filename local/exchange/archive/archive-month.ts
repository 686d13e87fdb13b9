/** The path that the archive's own paths follow. */
export const ARCHIVE_PATH = '/archive';

/** A pair's month of the archive. */
export interface ArchiveMonth {
  readonly pair: string;
  /** Its start, in UTC milliseconds. */
  readonly monthMs: number;
  /** The start of the month after it. */
  readonly monthEndMs: number;
}

const MONTH_FILE =
  /^\/archive\/spot\/candlesticks_1m\/(\d{4})(0[1-9]|1[0-2])\/([A-Z0-9]+_[A-Z0-9]+)-\1\2\.csv\.gz$/;

/** Whether a path is one of the archive. */
export function isArchivePath(path: string): boolean {
  return path.startsWith(`${ARCHIVE_PATH}/`);
}

/** The path of a month's file. */
export function pathOf({ pair, monthMs }: ArchiveMonth): string {
  const month = new Date(monthMs).toISOString().slice(0, 7).replace('-', '');
  return `${ARCHIVE_PATH}/spot/candlesticks_1m/${month}/${pair}-${month}.csv.gz`;
}

/** The month that a path names; undefined if it names none. */
export function monthOfPath(path: string): ArchiveMonth | undefined {
  const match = MONTH_FILE.exec(path);
  if (match === null) return undefined;
  const [, year = '', month = '', pair = ''] = match;
  const monthMs = Date.UTC(Number(year), Number(month) - 1);
  return { pair, monthMs, monthEndMs: Date.UTC(Number(year), Number(month)) };
}
