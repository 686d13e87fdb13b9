import type { ExchangeAnswers, ServedMinute } from './exchange-answers';

function row(minute: ServedMinute): (string | number)[] {
  const { openTimeMs, open, high, low, close, base, quote, tradeCount } = minute;
  const closeTimeMs = openTimeMs + 59_999;
  return [openTimeMs, open, high, low, close, base, closeTimeMs, quote, tradeCount, '1', '2', '0'];
}

/** Binance Spot API, "Kline/Candlestick data", "Exchange information", "Errors", "Limits". */
export const BINANCE_ANSWERS: ExchangeAnswers = {
  exchange: 'binance',
  pair: 'BTC_USDT',
  symbol: 'BTCUSDT',
  documented: {
    // The document's own row is of a week: this one has its values, and the times of a minute.
    answer: [
      [
        1499040000000,
        '0.01634790',
        '0.80000000',
        '0.01575800',
        '0.01577100',
        '148976.11427815',
        1499040059999,
        '2434.19055334',
        308,
        '1756.87402397',
        '28.46694368',
        '0',
      ],
    ],
    minute: {
      openTimeMs: 1499040000000,
      open: '0.01634790',
      high: '0.80000000',
      low: '0.01575800',
      close: '0.01577100',
      base: '148976.11427815',
      quote: '2434.19055334',
    },
  },
  hasQuoteVolume: true,
  hasTradeCount: true,
  hasClosedFlag: false,
  row,
  rowOfNumbers: (minute) => row(minute).with(1, Number(minute.open)),
  rowsAnswer: (rows) => rows,
  serve: ({ query }, minutes) => {
    const limit = Math.min(1_000, Number(query.get('limit') ?? 500));
    const [startMs, endMs] = [Number(query.get('startTime')), Number(query.get('endTime'))];
    const served = minutes.filter(({ openTimeMs }) => openTimeMs >= startMs && openTimeMs <= endMs);
    return { body: served.slice(0, limit).map(row) };
  },
  startOf: ({ query }) => Number(query.get('startTime')),
  errors: [
    {
      title: 'a parameter that it refuses',
      answer: { status: 400, body: { code: -1120, msg: 'Invalid interval.' } },
      failure: 'Refused',
      isRepeated: false,
    },
    {
      title: 'its limit',
      answer: { status: 429, body: { code: -1003, msg: 'Too much request weight used' } },
      failure: 'RateLimited',
      isRepeated: true,
    },
    {
      title: 'a ban, with the code of its limit',
      answer: { status: 418, body: { code: -1003, msg: 'Way too much request weight used' } },
      failure: 'Banned',
      isRepeated: false,
    },
    {
      title: 'its firewall',
      answer: { status: 403, body: '<html><h1>403 Forbidden</h1></html>' },
      failure: 'Banned',
      isRepeated: false,
    },
    {
      title: 'a refused region',
      answer: {
        status: 451,
        body: { code: 0, msg: 'Service unavailable from a restricted location' },
      },
      failure: 'RegionRefused',
      isRepeated: false,
    },
    {
      title: 'a refused region, with another status',
      answer: {
        status: 403,
        body: { code: 0, msg: 'Service unavailable from a restricted location' },
      },
      failure: 'RegionRefused',
      isRepeated: false,
    },
    {
      title: 'being overloaded',
      answer: { status: 400, body: { code: -1008, msg: 'Server is currently overloaded' } },
      failure: 'ServerError',
      isRepeated: true,
    },
  ],
  unknownPair: { status: 400, body: { code: -1121, msg: 'Invalid symbol.' } },
  windowMs: 10_000,
  listing: {
    answer: [[1502942400000, '1', '2', '0.5', '1', '1', 1502942459999, '1', 1, '1', '1', '0']],
    sinceMs: 1502942400000,
  },
  before: ({ query }) => (query.has('endTime') ? { body: [] } : undefined),
  listings: {
    answer: {
      timezone: 'UTC',
      symbols: [
        { symbol: 'ETHBTC', status: 'TRADING', baseAsset: 'ETH', quoteAsset: 'BTC' },
        { symbol: 'LUNAUSDT', status: 'BREAK', baseAsset: 'LUNA', quoteAsset: 'USDT' },
        { symbol: 'HALTUSDT', status: 'HALT', baseAsset: 'HALT', quoteAsset: 'USDT' },
        { symbol: '123456', status: 'TRADING', baseAsset: '这是测试币', quoteAsset: 'USDT' },
        {
          symbol: '这是测试币USDT',
          status: 'TRADING',
          baseAsset: '这是测试币',
          quoteAsset: 'USDT',
        },
      ],
    },
    pairs: [
      { pair: 'ETH_BTC', isTrading: true },
      { pair: 'LUNA_USDT', isTrading: false },
      { pair: 'HALT_USDT', isTrading: true },
      { pair: '这是测试币_USDT', isTrading: true },
    ],
  },
};
