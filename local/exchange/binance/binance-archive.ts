import { createHash } from 'node:crypto';
import { DAY_MS } from '../../../lambdas/shared/domain/interval';
import type { AnswerFault } from '../answer-fault';
import type { ArchiveFile, ArchiveFormat } from '../archive/archive-format';
import type { ExchangeCandle } from '../candles/exchange-candle';
import { klineColumns } from './kline';
import { zipped } from './zipped';

const FILE =
  /^\/data\/spot\/(daily|monthly)\/klines\/([^/]+)\/1m\/\2-1m-(\d{4})-(\d\d)(?:-(\d\d))?\.zip(\.CHECKSUM)?$/;
/** From then on times are in microseconds. */
const MICROSECONDS_SINCE_MS = Date.UTC(2025, 0, 1);

/**
 * Binance's archive: `/data/spot/{daily|monthly}/klines/SYMBOL/1m/SYMBOL-1m-YYYY-MM[-DD].zip`
 * with one CSV file without a header, and its SHA-256 beside it as `.CHECKSUM`.
 */
export const BINANCE_ARCHIVE: ArchiveFormat = {
  fileOf,
  rowText,
  packed: (lines, file) => zipped(`${nameOf(file)}.csv`, lines),
  checksum: (packed, file) =>
    `${createHash('sha256').update(packed).digest('hex')}  ${nameOf(file)}.zip\n`,
};

function fileOf(path: string): ArchiveFile | undefined {
  const match = FILE.exec(path);
  if (match === null) return undefined;
  const [, period, pairName = '', year, month, day, checksum] = match;
  if ((period === 'daily') !== (day !== undefined)) return undefined;
  const [fromMs, toMs] = periodOf(Number(year), Number(month) - 1, day);
  const name = `${year}-${month}${day === undefined ? '' : `-${day}`}`;
  if (!new Date(fromMs).toISOString().startsWith(name)) return undefined;
  return { pairName, fromMs, toMs, isChecksum: checksum !== undefined };
}

function periodOf(year: number, month: number, day: string | undefined): [number, number] {
  if (day === undefined) return [Date.UTC(year, month), Date.UTC(year, month + 1)];
  return [Date.UTC(year, month, Number(day)), Date.UTC(year, month, Number(day) + 1)];
}

/** The name of a file without its ending, such as `BTCUSDT-1m-2025-01`. */
function nameOf({ pairName, fromMs, toMs }: ArchiveFile): string {
  const isMonth = toMs - fromMs > DAY_MS;
  return `${pairName}-1m-${new Date(fromMs).toISOString().slice(0, isMonth ? 7 : 10)}`;
}

/** The twelve columns of `klines`. */
function rowText(candle: ExchangeCandle, fault: AnswerFault | undefined): string {
  const timeUnit = candle.openTimeMs < MICROSECONDS_SINCE_MS ? 'ms' : 'us';
  const kline = klineColumns(candle, timeUnit);
  const volumes = fault === 'wrong-row-shape' ? [] : [kline.baseVolume];
  const columns = [
    ...[kline.openTime, ...kline.prices, ...volumes, kline.closeTime, kline.quoteVolume],
    ...[kline.trades, ...kline.takerVolumes, kline.unused],
  ];
  return (fault === 'more-columns' ? [...columns, '42'] : columns).join(',');
}
