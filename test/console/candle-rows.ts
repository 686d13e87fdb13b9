import type { CandleRow } from '../../console/answers/answers';

/** A candle as the API writes it; its close stands for its open time where it is not given. */
export function candleRow(time: string, close = String(Date.parse(time) / 60_000)): CandleRow {
  return {
    ...{ time, open: close, high: close, low: close, close },
    ...{ baseVolume: '1', quoteVolume: null, minutes: 1, closed: true, final: true },
  };
}
