import { type Candle, tradingProblem } from '../../../domain/candle';
import { type Decimal, InvalidDecimalError, parseDecimal } from '../../../domain/decimal';
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

/** The one-minute candle of a row. @throws RejectedRowError if it cannot be one */
export function readCandle(openTimeMs: number, texts: TradingTexts): Candle {
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
  const problem = tradingProblem(candle);
  if (problem !== undefined) throw new RejectedRowError('RejectedPrices', problem);
  return candle;
}

/** Whether a row is of a minute without a trade, and so no candle. */
export function isWithoutTrade({ baseVolume, quoteVolume }: Candle): boolean {
  return baseVolume.unscaled === 0n && (quoteVolume === null || quoteVolume.unscaled === 0n);
}

function decimalOf(text: string): Decimal {
  try {
    return parseDecimal(text);
  } catch (cause) {
    if (!(cause instanceof InvalidDecimalError)) throw cause;
    throw new RejectedRowError('RejectedNumbers', cause.message);
  }
}
