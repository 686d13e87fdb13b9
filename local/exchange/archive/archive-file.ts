import { setImmediate as othersTurn } from 'node:timers/promises';
import { DAY_MS } from '../../../lambdas/shared/domain/interval';
import type { AnswerFault } from '../answer-fault';
import { HTML_PAGE } from '../answers/faulty-body';
import { minutesServed, type ExchangeMoment } from '../answers/served-candles';
import type { ArchiveFile, ArchiveFormat } from './archive-format';

/** The archive at one moment of its exchange's clock. */
export interface ArchiveMoment extends Omit<ExchangeMoment, 'shows'> {
  readonly format: ArchiveFormat;
  /** The time from the end of a month or day to its publication. */
  readonly archiveDelayMs: number;
}

/**
 * The bytes of a file of a pair, or of its checksum, with the fault that it has;
 * undefined for a month or day that is not over, not published yet, or without
 * any candle. The checksum is of the file without its fault.
 */
export async function archiveBytes(
  archive: ArchiveMoment,
  pair: string,
  file: ArchiveFile,
  fault: AnswerFault | undefined,
): Promise<Buffer | undefined> {
  const delayMs = archive.archiveDelayMs + archive.faults.monthDelayMs(pair, file.fromMs);
  if (archive.nowMs < file.toMs + delayMs) return undefined;
  const lines = await linesOf(archive, pair, file, fault);
  if (lines === '') return undefined;
  const { format } = archive;
  if (file.isChecksum) {
    return Buffer.from(format.checksum(await format.packed(lines, file), file));
  }
  return faultyFile(fault, await format.packed(fault === 'empty' ? '' : lines, file));
}

/** Written day by day, so that other requests are answered meanwhile. */
async function linesOf(
  archive: ArchiveMoment,
  pair: string,
  file: ArchiveFile,
  fault: AnswerFault | undefined,
): Promise<string> {
  const moment = {
    ...archive,
    hasZeroRows: archive.hasZeroRows || fault === 'zero-rows',
    shows: 'archived' as const,
  };
  const days: string[] = [];
  for (let fromMs = file.fromMs; fromMs < file.toMs; fromMs += DAY_MS) {
    const candles = minutesServed(moment, pair, fromMs, fromMs + DAY_MS);
    days.push(candles.map((candle) => `${archive.format.rowText(candle, fault)}\n`).join(''));
    await othersTurn();
  }
  return days.join('');
}

function faultyFile(fault: AnswerFault | undefined, file: Buffer): Buffer {
  switch (fault) {
    case 'cut':
      return file.subarray(0, Math.floor(file.length / 2));
    case 'html':
      return Buffer.from(HTML_PAGE);
    case 'null':
      return Buffer.alloc(0);
    default:
      return file;
  }
}
