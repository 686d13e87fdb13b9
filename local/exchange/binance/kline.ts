import { MINUTE_MS } from '../../../lambdas/shared/domain/interval';
import { volumeShare } from '../candles/exact-decimals';
import type { ExchangeCandle } from '../candles/exchange-candle';
import { hash32 } from '../candles/random-numbers';

const MOST_TRADES = 500;
const ONLY_ZEROS = /^[0.]+$/;

/**
 * The twelve columns of a minute: its open and close time in the archive's or the
 * API's unit, how many trades it had, and the rest as texts. A candle has no number
 * of trades: it is made up, and 0 for a minute without volume.
 */
export function klineColumns(
  { openTimeMs, open, high, low, close, baseVolume, quoteVolume }: ExchangeCandle,
  timeUnit: 'ms' | 'us' = 'ms',
) {
  const unitsPerMs = timeUnit === 'ms' ? 1 : 1_000;
  const isEmpty = ONLY_ZEROS.test(baseVolume);
  return {
    openTime: openTimeMs * unitsPerMs,
    prices: [open, high, low, close],
    baseVolume,
    closeTime: (openTimeMs + MINUTE_MS) * unitsPerMs - 1,
    quoteVolume,
    trades: isEmpty ? 0 : 1 + (hash32('trades', openTimeMs / MINUTE_MS) % MOST_TRADES),
    takerVolumes: [volumeShare(baseVolume, 1, 2), volumeShare(quoteVolume, 1, 2)],
    unused: '0',
  };
}
