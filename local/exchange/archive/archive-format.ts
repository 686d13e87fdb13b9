import type { AnswerFault } from '../answer-fault';
import type { ExchangeCandle } from '../candles/exchange-candle';

/** The path that an archive's own paths follow. */
export const ARCHIVE_PATH = '/archive';

/** A file of an archive: the one-minute candles of a pair of a month or a day. */
export interface ArchiveFile {
  /** The pair, as the exchange's API names it. */
  readonly pairName: string;
  /** The start of the month or day, in UTC milliseconds. */
  readonly fromMs: number;
  /** The start of the one after it. */
  readonly toMs: number;
  /** True if the checksum of the file is asked for, and not the file. */
  readonly isChecksum: boolean;
}

/** The form of an exchange's archive. */
export interface ArchiveFormat {
  /** The file that a path below the archive's base URL names; undefined if it names none. */
  fileOf(path: string): ArchiveFile | undefined;
  /** A row, without a line's end; some faults are a column too few or too many. */
  rowText(candle: ExchangeCandle, fault: AnswerFault | undefined): string;
  /** The bytes of a file with these lines. */
  packed(lines: string, file: ArchiveFile): Promise<Buffer>;
  /** The checksum of a file's bytes, as the archive publishes it. */
  checksum(packed: Buffer, file: ArchiveFile): string;
}

/** Whether a path is one of an archive. */
export function isArchivePath(path: string): boolean {
  return path.startsWith(`${ARCHIVE_PATH}/`);
}
