import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Candle } from '../../lambdas/shared/domain/candle';
import type { Decimal } from '../../lambdas/shared/domain/decimal';
import { endMs } from './straight-roll-up';

/*
 * The candles of recorded files, read on purpose without any of the project's
 * own reading or decimals.
 */

/** All that is read has 8 decimals at most. */
export const DECIMALS = 8;

/** The recorded pairs: one that trades every minute, one with many minutes without a trade. */
export const RECORDED_PAIRS = ['ETH_BTC', 'POWR_BTC'] as const;

/** The texts of a one-minute candle. */
export interface CandleTexts {
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly baseVolume: string;
  /** Base volume x close, rounded half up, if left out. */
  readonly quoteVolume?: string;
}

/** The name of a pair's file in a folder of recordings. */
export function recordedFile(pair: string, interval: '1m' | '5m'): string {
  return `${pair}-${interval}.json.gz`;
}

/** A number in text (`9.818e-05`, `3539.49175676`) in units of 10^-8. */
export function unitsOf(text: string): bigint {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const shift = Number(exponent) - fraction.length + DECIMALS;
  const digits = BigInt(whole + fraction);
  if (shift >= 0) return digits * 10n ** BigInt(shift);
  const divisor = 10n ** BigInt(-shift);
  if (digits % divisor !== 0n) throw new Error(`${text} has more than ${DECIMALS} decimals`);
  return digits / divisor;
}

/** A one-minute candle from its texts. */
export function minuteOf(openTimeMs: number, texts: CandleTexts): Candle {
  const decimal = (unscaled: bigint): Decimal => ({ unscaled, scale: DECIMALS });
  const [baseVolume, close] = [unitsOf(texts.baseVolume), unitsOf(texts.close)];
  const product = (baseVolume * close + 50_000_000n) / 100_000_000n;
  return {
    openTimeMs,
    open: decimal(unitsOf(texts.open)),
    high: decimal(unitsOf(texts.high)),
    low: decimal(unitsOf(texts.low)),
    close: decimal(close),
    baseVolume: decimal(baseVolume),
    quoteVolume: decimal(texts.quoteVolume === undefined ? product : unitsOf(texts.quoteVolume)),
    minuteCount: 1,
  };
}

/** The one-minute candles of a pair in a folder of recordings. */
export function recordedMinutes(folder: string, pair: string): Candle[] {
  return candlesIn(join(folder, recordedFile(pair, '1m')));
}

/** The exchange's own five-minute candles, wherever the one-minute file covers them. */
export function exchangeWindows(folder: string, pair: string): Candle[] {
  const minutes = recordedMinutes(folder, pair);
  const firstMs = minutes[0]?.openTimeMs ?? Infinity;
  const lastMs = minutes.at(-1)?.openTimeMs ?? -Infinity;
  return candlesIn(join(folder, recordedFile(pair, '5m'))).filter(
    ({ openTimeMs }) => openTimeMs >= firstMs && endMs('5m', openTimeMs) <= endMs('1m', lastMs),
  );
}

/** The rows `[openTimeMs, open, high, low, close, baseVolume]` of a file. */
function candlesIn(file: string): Candle[] {
  const text = gunzipSync(readFileSync(file)).toString('utf8');
  const rows = text.match(/\[[^[\]]+\]/g) ?? [];
  return rows.map((row) => {
    const cells = row.slice(1, -1).split(',');
    const [time, open = '', high = '', low = '', close = '', baseVolume = ''] = cells.map((cell) =>
      cell.trim(),
    );
    return minuteOf(Number(time), { open, high, low, close, baseVolume });
  });
}
