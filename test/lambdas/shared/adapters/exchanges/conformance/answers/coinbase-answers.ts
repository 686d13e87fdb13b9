import type { ExchangeAnswers, ServedMinute } from './exchange-answers';

function row({ openTimeMs, open, high, low, close, base }: ServedMinute) {
  return { start: String(openTimeMs / 1_000), low, high, open, close, volume: base };
}

/** Coinbase Advanced Trade API, "Get public product candles", "List public products", "Rate limits". */
export const COINBASE_ANSWERS: ExchangeAnswers = {
  exchange: 'coinbase',
  pair: 'BTC_USD',
  symbol: 'BTC-USD',
  documented: {
    answer: {
      candles: [
        {
          start: '1639508040',
          low: '140.21',
          high: '142.21',
          open: '140.51',
          close: '141.21',
          volume: '56437345',
        },
      ],
    },
    minute: {
      openTimeMs: 1639508040000,
      open: '140.51',
      high: '142.21',
      low: '140.21',
      close: '141.21',
      base: '56437345',
    },
  },
  hasQuoteVolume: false,
  hasTradeCount: false,
  hasClosedFlag: false,
  row,
  rowOfNumbers: (minute) => ({ ...row(minute), open: Number(minute.open) }),
  rowsAnswer: (rows) => ({ candles: rows.toReversed() }),
  serve: ({ query }, minutes) => {
    const [startMs, endMs] = [Number(query.get('start')) * 1_000, Number(query.get('end')) * 1_000];
    if ((endMs - startMs) / 60_000 >= 350) {
      const message =
        'start and end argument is invalid - number of candles requested should be less than 350';
      return { status: 400, body: { error: 'INVALID_ARGUMENT', error_details: message, message } };
    }
    const served = minutes.filter(({ openTimeMs }) => openTimeMs >= startMs && openTimeMs <= endMs);
    // Some rows before the start may come.
    const before = minutes.findLast(({ openTimeMs }) => openTimeMs < startMs);
    const rows = [...(before === undefined ? [] : [before]), ...served];
    return { body: { candles: rows.reverse().slice(0, 350).map(row) } };
  },
  startOf: ({ query }) => Number(query.get('start')) * 1_000,
  errors: [
    {
      title: 'a parameter that it refuses',
      answer: {
        status: 400,
        body: {
          error: 'INVALID_ARGUMENT',
          error_details: 'granularity argument is invalid',
          message: 'granularity argument is invalid',
        },
      },
      failure: 'Refused',
      isRepeated: false,
    },
    {
      title: 'its limit, without JSON',
      answer: { status: 429, body: 'Too many requests' },
      failure: 'RateLimited',
      isRepeated: true,
    },
    {
      title: 'a page that is not there: no word of the pair',
      answer: { status: 404, body: '<html>Not found</html>' },
      failure: 'Refused',
      isRepeated: false,
    },
  ],
  unknownPair: {
    status: 404,
    body: {
      error: 'NOT_FOUND',
      error_details: 'valid product_id is required',
      message: 'valid product_id is required',
    },
  },
  windowMs: 1_000,
  listing: { answer: { product_id: 'BTC-USD', status: 'online' }, sinceMs: null },
  listings: {
    answer: {
      products: [
        { product_id: 'ETH-USD', is_disabled: false, trading_disabled: false },
        { product_id: 'OLD-USD', is_disabled: true, trading_disabled: true },
      ],
      num_products: 2,
    },
    pairs: [
      { pair: 'ETH_USD', isTrading: true },
      { pair: 'OLD_USD', isTrading: false },
    ],
  },
};
