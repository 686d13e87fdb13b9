import * as v from 'valibot';
import { MINUTE_MS } from '../../../domain/interval';
import {
  type CandlesPage,
  type ExchangeDescription,
  type ExchangeRequest,
  firstColumn,
  millisecondsText,
  pathWith,
} from './description';

/** Its endpoint of the newest candles has 1,440 minutes, and is silent about older ones. */
const RECENT_MS = 1_400 * MINUTE_MS;

const text = v.string();
/** Open time, four prices, base volume, two volumes in a currency, of which the second is the quote. */
const Row = v.pipe(
  v.looseTuple([
    millisecondsText,
    text,
    text,
    text,
    text,
    text,
    text,
    text,
    v.picklist(['0', '1']),
  ]),
  v.transform(([openTimeMs, open, high, low, close, baseVolume, , quoteVolume, confirm]) => ({
    openTimeMs,
    open,
    high,
    low,
    close,
    baseVolume,
    quoteVolume,
    isClosed: confirm === '1',
  })),
);

function answer<const Item extends v.GenericSchema>(item: Item) {
  return v.pipe(
    v.object({ code: v.literal('0'), data: v.array(item) }),
    v.transform(({ data }) => data),
  );
}

const Instrument = v.pipe(
  v.object({ instId: text, state: v.fallback(text, 'live') }),
  v.transform(({ instId, state }) => ({ pair: pairOf(instId), isTrading: state === 'live' })),
);
const Listing = v.pipe(
  v.union([
    v.strictTuple([]),
    v.strictTuple([
      v.object({ instId: text, listTime: v.union([v.literal(''), millisecondsText]) }),
    ]),
  ]),
  v.transform(([instrument]) => {
    if (instrument === undefined) return null;
    const { instId, listTime } = instrument;
    return { pair: pairOf(instId), sinceMs: listTime === '' ? null : listTime };
  }),
);

function instrumentOf(pair: string): string {
  return pair.replaceAll('_', '-');
}

function pairOf(instrument: string): string {
  return instrument.replaceAll('-', '_');
}

/** `after` gives older rows, `before` newer ones, and neither the row of its own time. */
function candles({ pair, fromMs, toMs }: CandlesPage, nowMs: number): ExchangeRequest {
  const instId = instrumentOf(pair);
  const query = { instId, bar: '1m', before: fromMs - 1, after: toMs, limit: 300 };
  return fromMs >= nowMs - RECENT_MS
    ? { path: pathWith('/api/v5/market/candles', query) }
    : { path: pathWith('/api/v5/market/history-candles', query), endpoint: 'history' };
}

/**
 * OKX spot: `BTC-USDT`; rows of nine texts, newest first, times in milliseconds, the last one says
 * if the minute is over; cursors exclude their own time. A minute without a trade has a row. An
 * error may come with status 200. Limits by endpoint and address, in windows of two seconds.
 *
 * Source: OKX API v5, "Get candlesticks", "Get candlesticks history", "Get instruments", "Error code".
 */
export const OKX: ExchangeDescription = {
  exchange: 'okx',
  windowMs: 2_000,
  endpointShares: { history: 0.5 },
  candles: {
    request: candles,
    rows: answer(v.unknown()),
    expectedRow: 'nine texts',
    row: Row,
    rowTime: firstColumn(millisecondsText),
    isWholeFromItsEnd: true,
  },
  listings: {
    request: (pair) => ({
      path: pathWith('/api/v5/public/instruments', {
        instType: 'SPOT',
        instId: instrumentOf(pair),
      }),
    }),
    since: v.pipe(
      v.object({ code: v.literal('0'), data: Listing }),
      v.transform(({ data }) => data),
    ),
    expected: 'one instrument, with its listTime',
    allRequest: { path: pathWith('/api/v5/public/instruments', { instType: 'SPOT' }) },
    all: answer(v.unknown()),
    listed: Instrument,
  },
  error: v.pipe(
    v.object({ code: v.pipe(v.string(), v.regex(/^[1-9]\d*$/)), msg: v.optional(v.string(), '') }),
    v.transform(({ code, msg }) => ({ code, message: msg })),
  ),
  failures: {
    '50001': 'ServerError',
    '50011': 'RateLimited',
    '50013': 'ServerError',
    '50026': 'ServerError',
    '51000': 'Refused',
    '51001': 'UnknownPair',
  },
};
