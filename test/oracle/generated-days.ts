import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Candle } from '../../lambdas/shared/domain/candle';
import type { ExchangeCandle } from '../../local/exchange/candles/exchange-candle';
import { GeneratedCandles } from '../../local/exchange/candles/generated-candles';
import { DECIMALS, minuteOf, recordedFile } from './recordings';
import { LENGTH_MS, straightWindows } from './straight-roll-up';

/** The seed of the generated days. */
export const SEED = 9;

/** The time of the recordings, so that the same tests replay either. */
const FROM_MS = Date.parse('2018-01-20T00:00:00Z');
const TO_MS = Date.parse('2018-01-31T00:00:00Z');
const MINUTE_MS = 60_000;

/** A well-known pair, and one of tiny prices: of few digits, so that many minutes tie. */
const LIQUID = 'ETH_BTC';
const TINY = 'SHIB_USDT';

/**
 * Writes days that the simulated exchange generates into a folder, as recordings
 * of the same two pairs: ETH_BTC trades every minute; POWR_BTC has tiny prices,
 * no trade from 01:00 to 04:00 (UTC), and none in every sixth minute.
 */
export function writeGeneratedDays(folder: string): void {
  const exchange = new GeneratedCandles({ seed: SEED, pairs: [LIQUID, TINY] });
  writePair(folder, 'ETH_BTC', everyMinute(exchange.candles(LIQUID, FROM_MS, TO_MS)));
  writePair(folder, 'POWR_BTC', exchange.candles(TINY, FROM_MS, TO_MS).filter(isOfQuietPair));
}

function isOfQuietPair({ openTimeMs }: ExchangeCandle): boolean {
  const date = new Date(openTimeMs);
  const isQuietHour = date.getUTCHours() >= 1 && date.getUTCHours() < 4;
  return !isQuietHour && date.getUTCMinutes() % 6 !== 5;
}

/** Minutes without a trade become ones with a single small trade at the price before. */
function everyMinute(candles: readonly ExchangeCandle[]): ExchangeCandle[] {
  const traded = new Map(candles.map((candle) => [candle.openTimeMs, candle]));
  let price = candles[0]?.open ?? '1';
  const filled: ExchangeCandle[] = [];
  for (let openTimeMs = FROM_MS; openTimeMs < TO_MS; openTimeMs += MINUTE_MS) {
    const prices = { open: price, high: price, low: price, close: price };
    const volumes = { baseVolume: '0.00000001', quoteVolume: '0.00000001' };
    const candle = traded.get(openTimeMs) ?? { openTimeMs, ...prices, ...volumes };
    filled.push(candle);
    price = candle.close;
  }
  return filled;
}

function writePair(folder: string, pair: string, candles: readonly ExchangeCandle[]): void {
  // A recording has no quote volume.
  const minutes = candles.map(({ openTimeMs, open, high, low, close, baseVolume }) =>
    minuteOf(openTimeMs, { open, high, low, close, baseVolume }),
  );
  writeRows(join(folder, recordedFile(pair, '1m')), minutes);
  writeRows(join(folder, recordedFile(pair, '5m')), straightWindows(minutes, LENGTH_MS['5m']));
}

function writeRows(file: string, candles: readonly Candle[]): void {
  const rows = candles.map(({ openTimeMs, open, high, low, close, baseVolume }) => {
    const numbers = [open, high, low, close, baseVolume].map(({ unscaled }) => textOf(unscaled));
    return `[${[openTimeMs, ...numbers].join(', ')}]`;
  });
  writeFileSync(file, gzipSync(`[${rows.join(', ')}]`));
}

/** Units of 10^-8 as text: `0.00002201`. */
function textOf(unitsOfTen: bigint): string {
  const digits = String(unitsOfTen).padStart(DECIMALS + 1, '0');
  return `${digits.slice(0, -DECIMALS)}.${digits.slice(-DECIMALS)}`;
}
