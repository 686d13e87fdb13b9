import { ceilTo, floorTo, MINUTE_MS } from '../../../lambdas/shared/domain/interval';
import { wholeNumber } from '../answers/whole-number';
import { invalidInterval, invalidParameter, missingParameter } from './binance-refusals';

const MOST_ROWS = 1_000;
const DEFAULT_ROWS = 500;
/** A time of more digits than milliseconds have is in microseconds. */
const FIRST_MICROSECONDS = 10 ** 15;

/** The minutes that a request asks for: those that open in `[fromMs, toMs)`. */
export interface KlinesQuery {
  readonly symbol: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Reads the query of `GET /api/v3/klines`: `startTime` and `endTime` are compared
 * with the opening, both inclusive; from the start on at most `limit` rows, or the
 * newest ones to the end if no start is given.
 *
 * @param startMs the start of a symbol's trading: a request for minutes before it has the first rows
 * @throws ExchangeRefusal for a parameter that is missing or invalid
 */
export function readKlinesQuery(
  parameters: URLSearchParams,
  nowMs: number,
  startMs: (symbol: string) => number,
): KlinesQuery {
  const symbol = required(parameters, 'symbol');
  if (required(parameters, 'interval') !== '1m') throw invalidInterval();
  const limit = wholeNumber(parameters, 'limit', invalidParameter) ?? DEFAULT_ROWS;
  if (limit === 0) throw invalidParameter('limit');
  const mostMs = Math.min(limit, MOST_ROWS) * MINUTE_MS;
  const endMs = floorTo(Math.min(timeOf(parameters, 'endTime') ?? nowMs, nowMs), MINUTE_MS);
  const toMs = endMs + MINUTE_MS;
  const startTimeMs = timeOf(parameters, 'startTime');
  if (startTimeMs === undefined) return { symbol, fromMs: toMs - mostMs, toMs };
  const fromMs = Math.max(ceilTo(startTimeMs, MINUTE_MS), floorTo(startMs(symbol), MINUTE_MS));
  return { symbol, fromMs, toMs: Math.max(fromMs, Math.min(toMs, fromMs + mostMs)) };
}

function required(parameters: URLSearchParams, name: string): string {
  const text = parameters.get(name) ?? '';
  if (text === '') throw missingParameter(name);
  return text;
}

function timeOf(parameters: URLSearchParams, name: string): number | undefined {
  const time = wholeNumber(parameters, name, invalidParameter);
  if (time === undefined || time < FIRST_MICROSECONDS) return time;
  return Math.floor(time / 1_000);
}
