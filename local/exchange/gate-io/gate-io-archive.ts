import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { AnswerFault } from '../answer-fault';
import type { ArchiveFile, ArchiveFormat } from '../archive/archive-format';
import type { ExchangeCandle } from '../candles/exchange-candle';

const gzipped = promisify(gzip);

const MONTH_FILE =
  /^\/spot\/candlesticks_1m\/(\d{4})(0[1-9]|1[0-2])\/([A-Z0-9]+_[A-Z0-9]+)-\1\2\.csv\.gz$/;

/** Gate.io's archive: `/spot/candlesticks_1m/YYYYMM/PAIR-YYYYMM.csv.gz`, without checksums. */
export const GATE_IO_ARCHIVE: ArchiveFormat = {
  fileOf,
  rowText,
  packed: (lines) => gzipped(lines),
  checksum: () => '',
};

function fileOf(path: string): ArchiveFile | undefined {
  const match = MONTH_FILE.exec(path);
  if (match === null) return undefined;
  const [, year = '', month = '', pairName = ''] = match;
  const fromMs = Date.UTC(Number(year), Number(month) - 1);
  return { pairName, fromMs, toMs: Date.UTC(Number(year), Number(month)), isChecksum: false };
}

/** `timestamp,volume,close,high,low,open`: Unix seconds, and the volume in the base currency. */
function rowText(candle: ExchangeCandle, fault: AnswerFault | undefined): string {
  const { openTimeMs, open, high, low, close, baseVolume, quoteVolume } = candle;
  const row = `${openTimeMs / 1_000},${baseVolume},${close},${high},${low}`;
  if (fault === 'wrong-row-shape') return row;
  return fault === 'more-columns' ? `${row},${open},${quoteVolume}` : `${row},${open}`;
}
