import type { ExchangeCandle } from './exchange-candle';

/** A source of the local exchange's candles. All of it is deterministic. */
export interface CandleSource {
  /** The pairs that can be asked for, sorted. */
  pairs(): readonly string[];
  /** The start of the pair's trading, in UTC milliseconds; 0 if it was always traded. */
  startMs(pair: string): number;
  /**
   * The one-minute candles that open in `[fromMs, toMs)`, in time order. A minute
   * without a trade is absent. A pair that the source does not have has none.
   */
  candles(pair: string, fromMs: number, toMs: number): readonly ExchangeCandle[];
}

/** The candles of a time-ordered list that open in `[fromMs, toMs)`, by binary search. */
export function candlesBetween(
  ordered: readonly ExchangeCandle[],
  fromMs: number,
  toMs: number,
): readonly ExchangeCandle[] {
  return ordered.slice(firstAtOrAfter(ordered, fromMs), firstAtOrAfter(ordered, toMs));
}

function firstAtOrAfter(ordered: readonly ExchangeCandle[], timeMs: number): number {
  let low = 0;
  let high = ordered.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const candle = ordered[middle];
    if (candle !== undefined && candle.openTimeMs < timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
