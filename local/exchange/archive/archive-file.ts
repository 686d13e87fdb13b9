import { setImmediate as othersTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { DAY_MS } from '../../../lambdas/shared/domain/interval';
import type { AnswerFault, ExchangeFaults } from '../answer-fault';
import type { CandleSource } from '../candles/candle-source';
import type { ExchangeCandle } from '../candles/exchange-candle';
import { withZeroCandles } from '../candles/wrong-candles';
import { notFound } from '../exchange-refusal';
import { HTML_PAGE } from '../faulty-body';
import { type ArchiveMonth, pathOf } from './archive-month';

const zipped = promisify(gzip);

/** The archive at one moment, in UTC milliseconds of the exchange's clock. */
export interface ArchiveMoment {
  readonly source: CandleSource;
  readonly faults: ExchangeFaults;
  readonly nowMs: number;
  /** The time from a month's end to its publication. */
  readonly archiveDelayMs: number;
}

/**
 * The file of a month, with the fault that it has.
 *
 * @throws ExchangeRefusal 404 for a month that is not over, not published yet, or without any candle
 */
export async function archiveFile(
  archive: ArchiveMoment,
  month: ArchiveMonth,
  fault: AnswerFault | undefined,
): Promise<Buffer> {
  const { pair, monthMs, monthEndMs } = month;
  const delayMs = archive.archiveDelayMs + archive.faults.monthDelayMs(pair, monthMs);
  if (archive.nowMs < monthEndMs + delayMs) throw notFound(pathOf(month));
  const text = await rowsOf(archive, month, fault);
  if (text === '') throw notFound(pathOf(month));
  return faultyFile(fault, await zipped(fault === 'empty' ? '' : text));
}

/** Written day by day, so that other requests are answered meanwhile. */
async function rowsOf(
  archive: ArchiveMoment,
  { pair, monthMs, monthEndMs }: ArchiveMonth,
  fault: AnswerFault | undefined,
): Promise<string> {
  const days: string[] = [];
  for (let fromMs = monthMs; fromMs < monthEndMs; fromMs += DAY_MS) {
    const range = { fromMs, toMs: fromMs + DAY_MS, nowMs: archive.nowMs };
    const candles = archive.source.candles(pair, range.fromMs, range.toMs);
    const shown = archive.faults.archived(pair, candles, range);
    const rows = fault === 'zero-rows' ? withZeroCandles(shown, range, undefined) : shown;
    days.push(rows.map((candle) => rowText(candle, fault)).join(''));
    await othersTurn();
  }
  return days.join('');
}

/** `timestamp,volume,close,high,low,open`: Unix seconds, and the volume in the base currency. */
function rowText(candle: ExchangeCandle, fault: AnswerFault | undefined): string {
  const { openTimeMs, open, high, low, close, baseVolume, quoteVolume } = candle;
  const row = `${openTimeMs / 1_000},${baseVolume},${close},${high},${low}`;
  if (fault === 'wrong-row-shape') return `${row}\n`;
  return fault === 'more-columns' ? `${row},${open},${quoteVolume}\n` : `${row},${open}\n`;
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
