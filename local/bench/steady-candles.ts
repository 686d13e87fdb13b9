import { MINUTE_MS } from '../../lambdas/shared/domain/interval';
import type { CandleSource } from '../exchange/candles/candle-source';
import type { ExchangeCandle } from '../exchange/candles/exchange-candle';
import { hash32 } from '../exchange/candles/random-numbers';

const SPREAD = 1_000;

/**
 * Candles of very many markets at next to no cost: each follows from its pair and minute
 * alone, and every minute is traded. Unlike generated trading, they do not join.
 */
export class SteadyCandles implements CandleSource {
  readonly #pairs: readonly string[];

  constructor(pairs: readonly string[]) {
    this.#pairs = pairs;
  }

  pairs(): readonly string[] {
    return this.#pairs;
  }

  startMs(): number {
    return 0;
  }

  candles(pair: string, fromMs: number, toMs: number): readonly ExchangeCandle[] {
    const candles: ExchangeCandle[] = [];
    for (let openTimeMs = fromMs; openTimeMs < toMs; openTimeMs += MINUTE_MS) {
      candles.push(candleOfMinute(pair, openTimeMs));
    }
    return candles;
  }
}

function candleOfMinute(pair: string, openTimeMs: number): ExchangeCandle {
  const move = hash32(pair, openTimeMs / MINUTE_MS) % SPREAD;
  return {
    openTimeMs,
    open: `1.${String(4_000 + move)}`,
    high: `1.${String(6_000 + move)}`,
    low: `1.${String(3_000 + move)}`,
    close: `1.${String(5_000 + move)}`,
    baseVolume: '100.12345678',
    // At about the close, so that the volumes fit each other.
    quoteVolume: `1${String(50 + Math.floor(move / 100))}.${String(move % 100).padStart(2, '0')}654321`,
  };
}
