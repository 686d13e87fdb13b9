import * as v from 'valibot';
import { MINUTE_MS } from '../../../domain/interval';
import { dateIn, numberIn } from '../http/get';
import {
  type AnswerHead,
  type ExchangeDescription,
  type ExchangeRequest,
  firstColumn,
  type LimitTold,
  pathWith,
} from './description';

/** Weight of all requests of an address in a minute, and of one for candles. */
const WEIGHT_LIMIT = 6_000;
const CANDLES_WEIGHT = 2;
/** With less weight left than this, the rest of the minute is left to others. */
const WEIGHT_MARGIN = 300;

const text = v.string();
const number = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** Open time, four prices, base volume, close time, quote volume, trades; three more are not used. */
const Row = v.pipe(
  v.looseTuple([number, text, text, text, text, text, number, text, number]),
  // A row of another interval, or in another unit of time, is no minute.
  v.check(
    ([openTimeMs, , , , , , closeTimeMs]) => closeTimeMs === openTimeMs + MINUTE_MS - 1,
    'Invalid close time: Expected 59,999 ms after the open time',
  ),
  v.transform(([openTimeMs, open, high, low, close, baseVolume, , quoteVolume, tradeCount]) => ({
    openTimeMs,
    open,
    high,
    low,
    close,
    baseVolume,
    quoteVolume,
    tradeCount,
  })),
);
const RowTime = firstColumn(number);

const Listed = v.pipe(
  v.object({ symbol: text, status: v.fallback(text, ''), baseAsset: text, quoteAsset: text }),
  v.transform(({ symbol, status, baseAsset, quoteAsset }) => {
    const pair = `${baseAsset}_${quoteAsset}`;
    return binanceSymbol(pair) === symbol ? { pair, isTrading: status !== 'BREAK' } : null;
  }),
);

/** Binance's name of a pair: `BTCUSDT` of `BTC_USDT`. */
export function binanceSymbol(pair: string): string {
  return pair.replace('_', '');
}

/**
 * Binance spot: symbols without a separator, `BTCUSDT`; rows of texts, but for times and the
 * number of trades, in milliseconds; both ends of a range inclusive. Only the clock says that the
 * last row is open. A limit of weight by address: whoever sends on after a 429 is banned (418),
 * for longer each time.
 *
 * Source: Binance Spot API, "Kline/Candlestick data", "Exchange information", "Limits", "Errors".
 */
export const BINANCE: ExchangeDescription = {
  exchange: 'binance',
  windowMs: 10_000,
  candles: {
    request: ({ pair, fromMs, toMs }) => ({
      path: pathWith('/api/v3/klines', {
        symbol: binanceSymbol(pair),
        interval: '1m',
        startTime: fromMs,
        endTime: toMs - 1,
        limit: 1_000,
      }),
    }),
    rows: v.array(v.unknown()),
    expectedRow: 'times and trades as whole numbers, all else as texts',
    row: Row,
    rowTime: RowTime,
    isClosedByClock: true,
  },
  listings: {
    request: (pair) => firstCandle(pair),
    // If the start is ignored, the newest candle comes.
    before: (pair, sinceMs) => firstCandle(pair, { endTime: sinceMs - 1 }),
    since: v.pipe(
      v.array(RowTime),
      v.transform(([first]) => ({ sinceMs: first ?? null })),
    ),
    expected: 'its first row',
    allRequest: {
      path: pathWith('/api/v3/exchangeInfo', { permissions: 'SPOT', showPermissionSets: 'false' }),
    },
    all: v.pipe(
      v.object({ symbols: v.array(v.unknown()) }),
      v.transform(({ symbols }) => symbols),
    ),
    listed: Listed,
  },
  error: v.pipe(
    v.object({ code: v.number(), msg: v.optional(v.string(), '') }),
    v.transform(({ code, msg }) => ({ code: String(code), message: msg })),
  ),
  failures: {
    '-1121': 'UnknownPair',
    '-1008': 'ServerError',
    '-1007': 'ServerError',
    '0': 'RegionRefused',
  },
  limit,
};

/** A request for the first candle there is. */
function firstCandle(pair: string, end: { readonly endTime?: number } = {}): ExchangeRequest {
  const query = { symbol: binanceSymbol(pair), interval: '1m', startTime: 0, ...end, limit: 1 };
  return { path: pathWith('/api/v3/klines', query) };
}

/** Waits for the next minute if the weight of this one is nearly used up, by whomever. */
function limit({ headers }: AnswerHead, nowMs: number): LimitTold {
  const used = numberIn(headers, 'x-mbx-used-weight-1m');
  if (used === undefined) return {};
  const remaining = Math.max(0, Math.floor((WEIGHT_LIMIT - used) / CANDLES_WEIGHT));
  if (used <= WEIGHT_LIMIT - WEIGHT_MARGIN) return { remaining };
  const exchangeMs = dateIn(headers, 'date') ?? nowMs;
  return { remaining, pauseUntilMs: nowMs + MINUTE_MS - (exchangeMs % MINUTE_MS) };
}
