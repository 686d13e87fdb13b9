import { addDecimals, formatDecimal, parseDecimal } from '../../../lambdas/shared/domain/decimal';
import { MINUTE_MS } from '../../../lambdas/shared/domain/interval';
import type { ExchangeCandle } from './exchange-candle';

/** The ways in which a row cannot be a candle. */
export const BAD_ROWS = ['low-above-open', 'zero-price', 'no-number'] as const;
export type BadRow = (typeof BAD_ROWS)[number];

const ZERO_VOLUME = '0.00000000';

/** A candle as a row that cannot be one. */
export function badRow(candle: ExchangeCandle, kind: BadRow): ExchangeCandle {
  switch (kind) {
    case 'low-above-open':
      return { ...candle, low: formatDecimal(twice(candle.open)) };
    case 'zero-price':
      return { ...candle, open: '0' };
    case 'no-number':
      return { ...candle, close: 'NaN' };
  }
}

/** A candle before it is corrected: a tenth of its volume has not been counted yet. */
export function uncorrected(candle: ExchangeCandle): ExchangeCandle {
  const { baseVolume, quoteVolume } = candle;
  return { ...candle, baseVolume: mostOf(baseVolume), quoteVolume: mostOf(quoteVolume) };
}

/**
 * The candles of `[fromMs, toMs)` with one of volume zero for each minute
 * without a trade, at the last price; none before the first price is known.
 *
 * @param lastClose the price before the range; undefined if none is known
 */
export function withZeroCandles(
  candles: readonly ExchangeCandle[],
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  lastClose: string | undefined,
): ExchangeCandle[] {
  const byTime = new Map(candles.map((candle) => [candle.openTimeMs, candle]));
  const filled: ExchangeCandle[] = [];
  let close = lastClose;
  for (let openTimeMs = fromMs; openTimeMs < toMs; openTimeMs += MINUTE_MS) {
    const candle = byTime.get(openTimeMs) ?? (close && zeroCandle(openTimeMs, close));
    if (!candle) continue;
    filled.push(candle);
    close = candle.close;
  }
  return filled;
}

function zeroCandle(openTimeMs: number, price: string): ExchangeCandle {
  const prices = { open: price, high: price, low: price, close: price };
  return { openTimeMs, ...prices, baseVolume: ZERO_VOLUME, quoteVolume: ZERO_VOLUME };
}

function twice(text: string) {
  const value = parseDecimal(text);
  return addDecimals(value, value);
}

function mostOf(volume: string): string {
  const { unscaled, scale } = parseDecimal(volume);
  return formatDecimal({ unscaled: unscaled * 9n, scale: scale + 1 });
}
