import { compareDecimals, type Decimal, formatDecimal } from './decimal';
import { type Interval, intervalMs } from './interval';

/**
 * What was traded from `openTimeMs` (UTC) for the length of an interval. The
 * interval is known from where the candle stands. `minutes` is how many
 * one-minute candles it holds: 1 for a minute, at most 1,440 for a day.
 */
export interface Candle {
  readonly openTimeMs: number;
  readonly open: Decimal;
  readonly high: Decimal;
  readonly low: Decimal;
  readonly close: Decimal;
  /** The amount traded, in the pair's base currency. */
  readonly baseVolume: Decimal;
  /** The amount traded, in the pair's quote currency. */
  readonly quoteVolume: Decimal;
  readonly minutes: number;
}

/** Candles by the interval that they belong to, each list in time order. */
export type CandlesByInterval = Readonly<Partial<Record<Interval, readonly Candle[]>>>;

/** A candle that cannot be: the message says which rule it breaks, and with which values. */
export class InvalidCandleError extends Error {
  override readonly name = 'InvalidCandleError';
  constructor(interval: Interval, candle: Candle, rule: string) {
    super(`The ${interval} candle of ${timeText(candle.openTimeMs)} cannot be: ${rule}`);
  }
}

/** An instant as ISO 8601, or the number itself where it is no time at all. */
export function timeText(timeMs: number): string {
  return Number.isFinite(timeMs) && Math.abs(timeMs) <= 8.64e15
    ? new Date(timeMs).toISOString()
    : String(timeMs);
}

/**
 * Holds a candle against the invariants: an open time aligned to the interval,
 * low <= open, close <= high, positive prices, volumes not negative, and as
 * many minutes as the interval can hold.
 *
 * @throws InvalidCandleError
 */
export function checkCandle(interval: Interval, candle: Candle): void {
  const rule = brokenRule(interval, candle);
  if (rule !== undefined) throw new InvalidCandleError(interval, candle, rule);
}

function brokenRule(interval: Interval, candle: Candle): string | undefined {
  const { openTimeMs, open, high, low, close, baseVolume, quoteVolume, minutes } = candle;
  if (!Number.isSafeInteger(openTimeMs) || openTimeMs % intervalMs(interval) !== 0) {
    return `its open time ${openTimeMs} is not a multiple of ${intervalMs(interval)} ms`;
  }
  if (low.unscaled <= 0n) return `its low ${formatDecimal(low)} is not positive`;
  if (compareDecimals(low, open) > 0) return above('low', low, 'open', open);
  if (compareDecimals(low, close) > 0) return above('low', low, 'close', close);
  if (compareDecimals(open, high) > 0) return above('open', open, 'high', high);
  if (compareDecimals(close, high) > 0) return above('close', close, 'high', high);
  if (baseVolume.unscaled < 0n) return `its base volume ${formatDecimal(baseVolume)} is negative`;
  if (quoteVolume.unscaled < 0n)
    return `its quote volume ${formatDecimal(quoteVolume)} is negative`;
  const most = intervalMs(interval) / intervalMs('1m');
  if (!Number.isInteger(minutes) || minutes < 1 || minutes > most) {
    return `it holds ${minutes} minutes, expected 1 to ${most}`;
  }
  return undefined;
}

function above(lower: string, a: Decimal, upper: string, b: Decimal): string {
  return `its ${lower} ${formatDecimal(a)} is above its ${upper} ${formatDecimal(b)}`;
}
