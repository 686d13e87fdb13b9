import type { ExchangeAnswers, ServedMinute } from './exchange-answers';

function row(minute: ServedMinute): string[] {
  const { openTimeMs, open, high, low, close, base, quote, isClosed } = minute;
  return [String(openTimeMs / 1_000), quote, close, high, low, open, base, String(isClosed)];
}

/** Gate.io API v4, "Market candlesticks", "List all currency pairs supported". */
export const GATE_IO_ANSWERS: ExchangeAnswers = {
  exchange: 'gate-io',
  pair: 'BTC_USDT',
  symbol: 'BTC_USDT',
  documented: {
    answer: [
      [
        '1717246800',
        '1157762.86821200',
        '67772.5',
        '67839.9',
        '67715',
        '67715.1',
        '17.07790000',
        'true',
      ],
    ],
    minute: {
      openTimeMs: Date.UTC(2024, 5, 1, 13),
      open: '67715.1',
      high: '67839.9',
      low: '67715',
      close: '67772.5',
      base: '17.07790000',
      quote: '1157762.86821200',
    },
  },
  hasQuoteVolume: true,
  hasTradeCount: false,
  hasClosedFlag: true,
  row,
  rowOfNumbers: (minute) => {
    const cells: unknown[] = row(minute);
    return cells.with(5, Number(minute.open));
  },
  rowsAnswer: (rows) => rows,
  serve: ({ query }, minutes) => {
    const [fromMs, toMs] = [Number(query.get('from')) * 1_000, Number(query.get('to')) * 1_000];
    if ((toMs - fromMs) / 60_000 >= 1_000) {
      const message = 'Candlestick range too broad. Maximum 1000 data points are allowed';
      return { status: 400, body: { label: 'INVALID_PARAM_VALUE', message } };
    }
    const served = minutes.filter(({ openTimeMs }) => openTimeMs >= fromMs && openTimeMs <= toMs);
    return { body: served.map(row) };
  },
  startOf: ({ query }) => Number(query.get('from')) * 1_000,
  errors: [
    {
      title: 'a parameter that it refuses',
      answer: {
        status: 400,
        body: {
          label: 'INVALID_PARAM_VALUE',
          message: 'Candlestick too long ago. Maximum 10000 points recently are allowed',
        },
      },
      failure: 'Refused',
      isRepeated: false,
    },
    {
      title: 'its limit',
      answer: { status: 429, body: { label: 'TOO_MANY_REQUESTS', message: 'Request Rate Limit' } },
      failure: 'RateLimited',
      isRepeated: true,
    },
    {
      title: 'an error inside a 200',
      answer: { body: { label: 'INVALID_CURRENCY', message: 'unknown currency' } },
      failure: 'UnknownPair',
      isRepeated: false,
    },
    {
      title: 'a refused address',
      answer: { status: 403, body: { label: 'FORBIDDEN', message: 'IP address not allowed' } },
      failure: 'Refused',
      isRepeated: false,
    },
  ],
  unknownPair: {
    status: 400,
    body: { label: 'INVALID_CURRENCY_PAIR', message: 'Invalid currency pair NO_SUCH' },
  },
  windowMs: 10_000,
  listing: {
    answer: { id: 'BTC_USDT', base: 'BTC', quote: 'USDT', buy_start: 1_516_378_650 },
    sinceMs: 1_516_378_650_000,
  },
  listings: {
    answer: [
      { id: 'ETH_USDT', base: 'ETH', quote: 'USDT', trade_status: 'tradable', buy_start: 0 },
      { id: 'OLD_USDT', base: 'OLD', quote: 'USDT', trade_status: 'untradable', buy_start: 0 },
      { id: 'BAD PAIR', base: 'BAD', quote: 'USDT', trade_status: 'tradable', buy_start: 0 },
    ],
    pairs: [
      { pair: 'ETH_USDT', isTrading: true },
      { pair: 'OLD_USDT', isTrading: false },
    ],
  },
};
