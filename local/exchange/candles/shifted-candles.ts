import type { CandleSource } from './candle-source';

/** A source whose candles are all moved by the same time, such as a recording moved to today. */
export function shiftedInTime(source: CandleSource, byMs: number): CandleSource {
  return {
    pairs: () => source.pairs(),
    startMs: (pair) => source.startMs(pair) + byMs,
    candles: (pair, fromMs, toMs) =>
      source
        .candles(pair, fromMs - byMs, toMs - byMs)
        .map((candle) => ({ ...candle, openTimeMs: candle.openTimeMs + byMs })),
  };
}
