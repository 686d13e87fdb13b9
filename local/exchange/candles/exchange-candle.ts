/**
 * A one-minute candle as the exchange knows it: what was traded from `openTimeMs`
 * (UTC, a whole minute) for a minute. Prices and volumes are plain decimal
 * strings, exact: no exponent, no sign.
 */
export interface ExchangeCandle {
  readonly openTimeMs: number;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  /** The amount traded, in the pair's base currency. */
  readonly baseVolume: string;
  /** The amount traded, in the pair's quote currency. */
  readonly quoteVolume: string;
}
