import { compareDecimals, type Decimal, formatDecimal } from './decimal';
import { type Interval, intervalMs } from './interval';

/**
 * The trading from `openTimeMs` (UTC) on, for the length of an interval. The
 * interval is known from where the candle stands.
 */
export interface Candle {
  readonly openTimeMs: number;
  readonly open: Decimal;
  readonly high: Decimal;
  readonly low: Decimal;
  readonly close: Decimal;
  /** The amount traded, in the pair's base currency. */
  readonly baseVolume: Decimal;
  /** The amount traded, in the pair's quote currency; null if it is unknown. */
  readonly quoteVolume: Decimal | null;
  /** The number of one-minute candles in it: 1 for a minute, at most 1,440 for a day. */
  readonly minuteCount: number;
}

/** Candles by the interval that they belong to, each list in time order. */
export type CandlesByInterval = Readonly<Partial<Record<Interval, readonly Candle[]>>>;

/** A candle as it is stored. */
export interface StoredChild extends Candle {
  /** The time of the observation that it comes from; undefined if its row does not say. */
  readonly observedAtMs?: number | undefined;
}

/** Stored candles by the interval that they belong to, each list in time order. */
export type StoredByInterval = Readonly<Partial<Record<Interval, readonly StoredChild[]>>>;

/** An invalid candle: the message says which rule it breaks, and with which values. */
export class InvalidCandleError extends Error {
  override readonly name = 'InvalidCandleError';
  constructor(interval: Interval, candle: Candle, rule: string) {
    super(`The ${interval} candle of ${timeText(candle.openTimeMs)} is invalid: ${rule}`);
  }
}

/** An instant as ISO 8601, or the number itself if it is out of range. */
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
  const rule =
    timeProblem(interval, candle) ?? tradingProblem(candle) ?? countProblem(interval, candle);
  if (rule !== undefined) throw new InvalidCandleError(interval, candle, rule);
}

function timeProblem(interval: Interval, { openTimeMs }: Candle): string | undefined {
  if (Number.isSafeInteger(openTimeMs) && openTimeMs % intervalMs(interval) === 0) return undefined;
  return `its open time ${openTimeMs} is not a multiple of ${intervalMs(interval)} ms`;
}

function countProblem(interval: Interval, { minuteCount }: Candle): string | undefined {
  const most = intervalMs(interval) / intervalMs('1m');
  if (Number.isInteger(minuteCount) && minuteCount >= 1 && minuteCount <= most) return undefined;
  return `it holds ${minuteCount} minutes, expected 1 to ${most}`;
}

/** The rule that the prices or volumes of a candle break, with the values, or undefined. */
export function tradingProblem(candle: Candle): string | undefined {
  const { open, high, low, close, baseVolume, quoteVolume } = candle;
  if (low.unscaled <= 0n) return `its low ${formatDecimal(low)} is not positive`;
  if (compareDecimals(low, open) > 0) return above('low', low, 'open', open);
  if (compareDecimals(low, close) > 0) return above('low', low, 'close', close);
  if (compareDecimals(open, high) > 0) return above('open', open, 'high', high);
  if (compareDecimals(close, high) > 0) return above('close', close, 'high', high);
  if (baseVolume.unscaled < 0n) return `its base volume ${formatDecimal(baseVolume)} is negative`;
  if (quoteVolume !== null && quoteVolume.unscaled < 0n) {
    return `its quote volume ${formatDecimal(quoteVolume)} is negative`;
  }
  return undefined;
}

function above(lower: string, a: Decimal, upper: string, b: Decimal): string {
  return `its ${lower} ${formatDecimal(a)} is above its ${upper} ${formatDecimal(b)}`;
}

/** Whether two candles of one time are equal to the last digit, scales included. */
export function isSameCandle(a: Candle, b: Candle): boolean {
  return haveAlike(a, b, isSame) && isSame(a.quoteVolume, b.quoteVolume);
}

/** The same, whatever their quote volumes are. */
export function isSameButQuoteVolume(a: Candle, b: Candle): boolean {
  return haveAlike(a, b, isSame);
}

/** Whether two candles of one time have equal numbers, however many zeros they are written with. */
export function hasSameValues(a: Candle, b: Candle): boolean {
  return haveAlike(a, b, isEqual) && isEqual(a.quoteVolume, b.quoteVolume);
}

/** The same, whatever their quote volumes are. */
export function hasSameValuesButQuote(a: Candle, b: Candle): boolean {
  return haveAlike(a, b, isEqual);
}

type Comparison = (a: Decimal | null, b: Decimal | null) => boolean;

function haveAlike(a: Candle, b: Candle, isAlike: Comparison): boolean {
  return (
    a.minuteCount === b.minuteCount &&
    isAlike(a.open, b.open) &&
    isAlike(a.high, b.high) &&
    isAlike(a.low, b.low) &&
    isAlike(a.close, b.close) &&
    isAlike(a.baseVolume, b.baseVolume)
  );
}

function isSame(a: Decimal | null, b: Decimal | null): boolean {
  if (a === null || b === null) return a === b;
  return a.scale === b.scale && a.unscaled === b.unscaled;
}

function isEqual(a: Decimal | null, b: Decimal | null): boolean {
  return a === null || b === null ? a === b : compareDecimals(a, b) === 0;
}

/**
 * Whether the quote volume fits the base volume: each trade was at a price
 * between low and high. An exchange that swaps the two, or changes their unit,
 * breaks this. The last digit of each may be rounded.
 */
export function hasPlausibleVolumes({ high, low, baseVolume, quoteVolume }: Candle): boolean {
  if (quoteVolume === null) return true;
  const [leastBase, mostBase] = roundedFrom(baseVolume);
  const [leastQuote, mostQuote] = roundedFrom(quoteVolume);
  return (
    compareDecimals(product(low, leastBase), mostQuote) <= 0 &&
    compareDecimals(leastQuote, product(high, mostBase)) <= 0
  );
}

/** The numbers between which a number was before its last digit was rounded or cut. */
function roundedFrom({ unscaled, scale }: Decimal): [least: Decimal, most: Decimal] {
  return [
    { unscaled: unscaled - 1n, scale },
    { unscaled: unscaled + 1n, scale },
  ];
}

function product(a: Decimal, b: Decimal): Decimal {
  return { unscaled: a.unscaled * b.unscaled, scale: a.scale + b.scale };
}
