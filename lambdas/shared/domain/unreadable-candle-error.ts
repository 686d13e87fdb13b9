import type { Interval } from './interval';

/**
 * A stored candle that cannot be read, such as one with a column that is null.
 * Reading it again does not mend it.
 */
export class UnreadableCandleError extends Error {
  override readonly name = 'UnreadableCandleError';
  constructor(pair: string, interval: Interval, openTime: Date | null, cause: unknown) {
    super(
      `The stored ${interval} candle of ${pair} that opens at ${openTime?.toISOString() ?? '(null)'} cannot be read: ${String(cause)}; correct or delete that row`,
      { cause },
    );
  }
}
