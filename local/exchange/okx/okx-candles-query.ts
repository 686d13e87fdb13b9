import { ceilTo, floorTo, MINUTE_MS } from '../../../lambdas/shared/domain/interval';
import { wholeNumber } from '../answers/whole-number';
import { invalidParameter, missingParameter } from './okx-refusals';

const MOST_ROWS = 300;
const DEFAULT_ROWS = 100;
/** So many of the newest rows has `candles`; `history-candles` has all. */
const RECENT_ROWS = 1_440;

/** The minutes that a request asks for: those that open in `[fromMs, toMs)`. */
export interface OkxCandlesQuery {
  readonly instrument: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Reads the query of `GET /api/v5/market/candles` and `history-candles`: rows older
 * than `after` and newer than `before`, both exclusive, the newest `limit` of them.
 *
 * @param isRecent if only the newest 1,440 rows are served
 * @throws ExchangeRefusal for a parameter that is missing or invalid
 */
export function readCandlesQuery(
  parameters: URLSearchParams,
  nowMs: number,
  isRecent: boolean,
): OkxCandlesQuery {
  const instrument = parameters.get('instId') ?? '';
  if (instrument === '') throw missingParameter('instId');
  if ((parameters.get('bar') ?? '1m') !== '1m') throw invalidParameter('bar');
  const limit = wholeNumber(parameters, 'limit', invalidParameter) ?? DEFAULT_ROWS;
  if (limit < 1 || limit > MOST_ROWS) throw invalidParameter('limit');
  const openMinuteMs = floorTo(nowMs, MINUTE_MS);
  const beforeMs = wholeNumber(parameters, 'before', invalidParameter) ?? -1;
  const afterMs = wholeNumber(parameters, 'after', invalidParameter) ?? Infinity;
  const toMs = Math.min(
    ceilTo(Math.min(afterMs, nowMs + MINUTE_MS), MINUTE_MS),
    openMinuteMs + MINUTE_MS,
  );
  const oldestMs = isRecent ? openMinuteMs - (RECENT_ROWS - 1) * MINUTE_MS : 0;
  const newerMs = floorTo(beforeMs, MINUTE_MS) + MINUTE_MS;
  const fromMs = Math.max(newerMs, oldestMs, toMs - limit * MINUTE_MS);
  return { instrument, fromMs: Math.min(fromMs, toMs), toMs };
}
