import * as v from 'valibot';
import { MINUTE_MS } from '../../../domain/interval';
import { numberIn } from '../http/get';
import {
  type AnswerHead,
  type CandlesPage,
  type ExchangeDescription,
  firstColumn,
  type LimitTold,
  pathWith,
  secondsText,
} from './description';

const WINDOW_MS = 10_000;
/** With fewer requests left than this, the rest of the window is left to others. */
const REMAINING_MARGIN = 10;
const SHORTEST_PAUSE_MS = 1_000;

const text = v.string();
const Row = v.pipe(
  v.looseTuple([secondsText, text, text, text, text, text, text, v.picklist(['true', 'false'])]),
  v.transform(([openTimeMs, quoteVolume, close, high, low, open, baseVolume, closed]) => ({
    openTimeMs,
    open,
    high,
    low,
    close,
    baseVolume,
    quoteVolume,
    isClosed: closed === 'true',
  })),
);
const RowTime = firstColumn(secondsText);

/** Some times are texts. */
const Listing = v.pipe(
  v.object({
    id: v.string(),
    buy_start: v.optional(
      v.pipe(v.union([v.number(), v.string()]), v.toNumber(), v.integer(), v.minValue(0)),
      0,
    ),
  }),
  v.transform(({ id, buy_start: buyStart }) => ({
    pair: id,
    sinceMs: buyStart === 0 ? null : buyStart * 1_000,
  })),
);

const ListedPair = v.pipe(
  v.object({ id: v.string(), trade_status: v.fallback(v.string(), '') }),
  v.transform(({ id, trade_status: status }) => ({ pair: id, isTrading: status !== 'untradable' })),
);

/**
 * Gate.io: pairs by its own names, `BTC_USDT`; rows of eight texts, times in seconds, both ends
 * of a range inclusive; 200 requests in 10 s by endpoint and address.
 *
 * Source: Gate.io API v4, "Market candlesticks", "Get details of a specific currency pair",
 * "List all currency pairs supported" and "Frequency limit rule".
 */
export const GATE_IO: ExchangeDescription = {
  exchange: 'gate-io',
  windowMs: WINDOW_MS,
  candles: {
    request: ({ pair, fromMs, toMs }: CandlesPage) => ({
      path: pathWith('/spot/candlesticks', {
        currency_pair: pair,
        interval: '1m',
        from: fromMs / 1_000,
        to: (toMs - MINUTE_MS) / 1_000,
      }),
    }),
    rows: v.array(v.unknown()),
    expectedRow: 'eight texts',
    row: Row,
    rowTime: RowTime,
  },
  listings: {
    request: (pair) => ({ path: `/spot/currency_pairs/${encodeURIComponent(pair)}` }),
    since: Listing,
    expected: 'its id, and its buy_start in seconds',
    allRequest: { path: '/spot/currency_pairs' },
    all: v.array(v.unknown()),
    listed: ListedPair,
  },
  error: v.pipe(
    v.object({ label: v.string(), message: v.optional(v.string(), '') }),
    v.transform(({ label, message }) => ({ code: label, message })),
  ),
  failures: {
    TOO_MANY_REQUESTS: 'RateLimited',
    INVALID_CURRENCY_PAIR: 'UnknownPair',
    INVALID_CURRENCY: 'UnknownPair',
  },
  limit,
};

/** Waits for the next window if this one is nearly used up, by whomever. */
function limit({ status, headers }: AnswerHead, nowMs: number): LimitTold {
  const remaining = numberIn(headers, 'x-gate-ratelimit-requests-remain');
  if (status !== 429 && (remaining ?? Infinity) >= REMAINING_MARGIN) return { remaining };
  // The time of the answer itself, if the limit is not exceeded yet.
  const resetMs = (numberIn(headers, 'x-gate-ratelimit-reset-timestamp') ?? 0) * 1_000;
  const pauseUntilMs = Math.min(Math.max(resetMs, nowMs + SHORTEST_PAUSE_MS), nowMs + WINDOW_MS);
  return { remaining, pauseUntilMs };
}
