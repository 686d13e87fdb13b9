import type { ExchangeCandle } from './candles/exchange-candle';

/**
 * The ways in which an answer goes wrong, each in the form of the exchange's API:
 * `rate-limited` is beyond the limit; `server-error` is 500; `bad-gateway` is 502 with
 * a page of HTML; `redirect` is 302; `malformed-json` is 200 and cut short;
 * `wrong-row-shape` is 200 and rows without the base volume; `hang` never answers;
 * `endless-body` is 200 and a body that never ends; `reset` cuts the connection;
 * `not-found` is 404.
 *
 * Lies have status 200: `stale` is of a replica that is five minutes behind;
 * `cut` has the first hundred rows; `empty` has none; `null` is `null`; `html` is a
 * page of HTML; `more-columns` has one more than rows have; `zero-rows` has a row of
 * volume zero for each minute without a trade.
 *
 * A file of the archive is `cut` in its middle; `empty` is a file without rows, and
 * `null` no byte; its rows have a column too few for `wrong-row-shape`. `stale` and
 * `malformed-json` leave it as it is.
 */
export type AnswerFault =
  | 'rate-limited'
  | 'server-error'
  | 'bad-gateway'
  | 'redirect'
  | 'malformed-json'
  | 'wrong-row-shape'
  | 'hang'
  | 'endless-body'
  | 'reset'
  | 'not-found'
  | 'stale'
  | 'cut'
  | 'empty'
  | 'null'
  | 'html'
  | 'more-columns'
  | 'zero-rows';

/** A range of minutes, and the exchange's time at which it is shown, in UTC milliseconds. */
export interface ShownRange {
  readonly fromMs: number;
  readonly toMs: number;
  readonly nowMs: number;
}

/** The faults of an exchange's answers. */
export interface ExchangeFaults {
  /**
   * The fault of the answer about to be given, which counts as given; undefined if it goes well.
   *
   * @param pair undefined for an answer about no pair, or all
   * @param endpoint such as `candlesticks`, or `archive`
   */
  takeAnswer(pair: string | undefined, endpoint: string): AnswerFault | undefined;
  /** The minutes of a range as the exchange shows them, given those that the source has; in time order. */
  visible(
    pair: string,
    candles: readonly ExchangeCandle[],
    range: ShownRange,
  ): readonly ExchangeCandle[];
  /** The same as the archive has them. */
  archived(
    pair: string,
    candles: readonly ExchangeCandle[],
    range: ShownRange,
  ): readonly ExchangeCandle[];
  /** The delay with which a month of a pair is published. */
  monthDelayMs(pair: string, monthMs: number): number;
}
