import { ceilTo, floorTo } from '../../../lambdas/shared/domain/interval';
import type { ExchangeRefusal } from '../exchange-refusal';
import { wholeNumber } from '../answers/whole-number';
import { invalidParameter, missingParameter } from './gate-io-refusals';
import { GATE_IO_INTERVALS, intervalLengthMs } from './intervals';

const MAX_POINTS = 1_000;
const DEFAULT_POINTS = 100;
const DEFAULT_INTERVAL = '30m';

/** The windows that a request asks for: those that open in `[fromMs, toMs)`, aligned to `stepMs`. */
export interface CandleQuery {
  readonly pair: string;
  readonly stepMs: number;
  readonly fromMs: number;
  readonly toMs: number;
}

type Range = Pick<CandleQuery, 'fromMs' | 'toMs'>;

interface Bounds {
  readonly stepMs: number;
  readonly nowMs: number;
  readonly retentionPoints: number;
}

/**
 * Reads the query of `GET /spot/candlesticks`: `from` and `to` in Unix seconds,
 * both inclusive, or `limit`, never both; `to` is now and `from` a hundred points
 * before it if they are left out.
 *
 * @throws ExchangeRefusal for more than 1,000 points, a point before the last
 * `retentionPoints`, or a parameter that is missing or invalid
 */
export function readCandleQuery(
  parameters: URLSearchParams,
  nowMs: number,
  retentionPoints: number,
): CandleQuery {
  const pair = parameters.get('currency_pair');
  if (pair === null || pair === '') throw missingParameter('currency_pair');
  const stepMs = stepOf(parameters.get('interval') ?? DEFAULT_INTERVAL);
  return { pair, stepMs, ...readRange(parameters, { stepMs, nowMs, retentionPoints }) };
}

function stepOf(interval: string): number {
  const stepMs = intervalLengthMs(interval);
  if (stepMs !== undefined) return stepMs;
  throw invalidParameter(
    `Invalid interval ${interval}; the local exchange serves ${GATE_IO_INTERVALS.join(', ')}`,
  );
}

function readRange(parameters: URLSearchParams, bounds: Bounds): Range {
  const limit = wholeNumber(parameters, 'limit', invalidNumber);
  const from = wholeNumber(parameters, 'from', invalidNumber);
  const to = wholeNumber(parameters, 'to', invalidNumber);
  if (limit !== undefined && (from !== undefined || to !== undefined)) {
    throw invalidParameter('limit conflicts with from and to');
  }
  const { stepMs, nowMs } = bounds;
  const lastMs = floorTo(to === undefined ? nowMs : to * 1_000, stepMs);
  if (from !== undefined) return checked(ceilTo(from * 1_000, stepMs), lastMs, bounds);
  return checked(lastMs - (readLimit(limit) - 1) * stepMs, lastMs, bounds);
}

function readLimit(limit = DEFAULT_POINTS): number {
  if (limit >= 1 && limit <= MAX_POINTS) return limit;
  throw invalidParameter(`Invalid limit ${limit}: expected 1 to ${MAX_POINTS}`);
}

function checked(firstMs: number, lastMs: number, bounds: Bounds): Range {
  const { stepMs, nowMs, retentionPoints } = bounds;
  const points = (lastMs - firstMs) / stepMs + 1;
  // None: a range between two points, which asks for nothing and is answered so.
  if (points < 0) throw invalidParameter('Invalid range: from is after to');
  if (points > MAX_POINTS) {
    throw invalidParameter(
      `Candlestick range too broad. Maximum ${MAX_POINTS} data points are allowed per request`,
    );
  }
  if (firstMs < floorTo(nowMs, stepMs) - (retentionPoints - 1) * stepMs) {
    throw invalidParameter(
      `Candlestick too long ago. Maximum ${retentionPoints} points recently are allowed`,
    );
  }
  return { fromMs: firstMs, toMs: lastMs + stepMs };
}

function invalidNumber(name: string, text: string): ExchangeRefusal {
  return invalidParameter(`Invalid ${name} ${JSON.stringify(text)}: expected a whole number`);
}
