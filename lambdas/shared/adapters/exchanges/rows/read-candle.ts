import { type Candle, tradingProblem } from '../../../domain/candle';
import {
  type Decimal,
  formatDecimal,
  hasAtMostDigits,
  InvalidDecimalError,
  parseDecimal,
} from '../../../domain/decimal';
import type { MetricName } from '../../../domain/metrics';

/** A row that cannot be a candle: its kind, as the metric that counts it. */
export class RejectedRowError extends Error {
  override readonly name = 'RejectedRowError';
  readonly metric: MetricName;
  constructor(metric: MetricName, message: string) {
    super(message);
    this.metric = metric;
  }
}

/** A reason may quote the row: it is not to be larger than that. */
export const LONGEST_REASON = 200;

/**
 * The digits of a row's number before and behind the point. Records hold more, so that the sum of a
 * day's minutes fits them; and a whole day of the longest numbers fits one record of Kafka.
 */
export const MOST_WHOLE_DIGITS = 24;
export const MOST_FRACTION_DIGITS = 30;

/** The prices and volumes of a row, as they are written in it. */
export interface TradingTexts {
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly baseVolume: string;
  /** Null if the row has none. */
  readonly quoteVolume: string | null;
}

/**
 * The one-minute candle of a row. A minute without a trade may have prices of zero: it is no candle.
 *
 * @param decimalOf reads a number; it throws RejectedRowError for a text that is none
 * @throws RejectedRowError if the row cannot be a candle
 */
export function readCandle(
  openTimeMs: number,
  texts: TradingTexts,
  decimalOf: (text: string) => Decimal = plainDecimal,
): Candle {
  const candle: Candle = {
    openTimeMs,
    open: decimalOf(texts.open),
    high: decimalOf(texts.high),
    low: decimalOf(texts.low),
    close: decimalOf(texts.close),
    baseVolume: decimalOf(texts.baseVolume),
    quoteVolume: texts.quoteVolume === null ? null : decimalOf(texts.quoteVolume),
    minuteCount: 1,
  };
  const problem = isWithoutPrice(candle) ? undefined : tradingProblem(candle);
  if (problem !== undefined) throw new RejectedRowError('RejectedPrices', problem);
  return candle;
}

/** Whether a row is of a minute without a trade, and so no candle. */
export function isWithoutTrade({ baseVolume, quoteVolume }: Candle): boolean {
  return baseVolume.unscaled === 0n && (quoteVolume === null || quoteVolume.unscaled === 0n);
}

/** Whether a row says of a minute without a trade that it has no prices either: they are all zero. */
function isWithoutPrice(candle: Candle): boolean {
  const { open, high, low, close } = candle;
  return (
    isWithoutTrade(candle) && [open, high, low, close].every(({ unscaled }) => unscaled === 0n)
  );
}

/** @throws RejectedRowError if the trades of a row contradict its volume */
export function checkTradeCount(candle: Candle, tradeCount: number): void {
  if (isWithoutTrade(candle) === (tradeCount === 0)) return;
  const volume = isWithoutTrade(candle) ? 'no volume' : 'a volume';
  throw new RejectedRowError('RejectedPrices', `it has ${tradeCount} trades, and ${volume}`);
}

/** A number with an exponent, `1.5E-7`. */
const SCIENTIFIC = /^(-?\d{1,60}(?:\.\d{1,40})?)e([+-]?\d{1,2})$/i;

/** A number with or without an exponent, to the last digit. @throws RejectedRowError if it is none, or too long */
export function anyDecimal(text: string): Decimal {
  const [, digits, exponent] = SCIENTIFIC.exec(text) ?? [];
  if (digits === undefined) return plainDecimal(text);
  return checkedLength(shifted(parsed(digits), Number(exponent)));
}

/** A number times a power of ten, to the last digit. */
function shifted({ unscaled, scale }: Decimal, exponent: number): Decimal {
  const shiftedScale = scale - exponent;
  if (shiftedScale >= 0) return { unscaled, scale: shiftedScale };
  return { unscaled: unscaled * 10n ** BigInt(-shiftedScale), scale: 0 };
}

function plainDecimal(text: string): Decimal {
  return checkedLength(parsed(text));
}

function parsed(text: string): Decimal {
  try {
    return parseDecimal(text);
  } catch (cause) {
    if (!(cause instanceof InvalidDecimalError)) throw cause;
    throw new RejectedRowError('RejectedNumbers', cause.message);
  }
}

/** @throws RejectedRowError if a number has more digits than a row's may have */
function checkedLength(value: Decimal): Decimal {
  const most = { whole: MOST_WHOLE_DIGITS, fraction: MOST_FRACTION_DIGITS };
  if (hasAtMostDigits(value, most)) return value;
  const shown = formatDecimal(value).slice(0, 60);
  throw new RejectedRowError(
    'RejectedNumbers',
    `its number ${shown} is too long: at most ${MOST_WHOLE_DIGITS} digits before the point and ${MOST_FRACTION_DIGITS} behind it are accepted`,
  );
}
