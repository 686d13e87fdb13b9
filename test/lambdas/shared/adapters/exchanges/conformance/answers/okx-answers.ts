import type { ExchangeAnswers, ServedMinute } from './exchange-answers';

function row(minute: ServedMinute): string[] {
  const { openTimeMs, open, high, low, close, base, quote, isClosed } = minute;
  const confirm = isClosed ? '1' : '0';
  return [String(openTimeMs), open, high, low, close, base, quote, quote, confirm];
}

const MINUTE_MS = 60_000;
const RECENT_MS = 1_440 * MINUTE_MS;

/** All minutes up to the newest one: one without a trade has the last close, and no volume. */
function withQuietMinutes(minutes: readonly ServedMinute[]): ServedMinute[] {
  const rows: ServedMinute[] = [];
  for (const minute of minutes) {
    const last = rows.at(-1);
    for (let quietMs = last?.openTimeMs ?? minute.openTimeMs; last !== undefined;) {
      quietMs += MINUTE_MS;
      if (quietMs >= minute.openTimeMs) break;
      const { close } = last;
      const prices = { open: close, high: close, low: close, close };
      rows.push({ ...last, ...prices, openTimeMs: quietMs, base: '0', quote: '0', tradeCount: 0 });
    }
    rows.push(minute);
  }
  return rows;
}

function error(code: string, msg: string) {
  return { code, msg, data: [] };
}

/** OKX API v5, "Get candlesticks", "Get candlesticks history", "Get instruments", "Error code". */
export const OKX_ANSWERS: ExchangeAnswers = {
  exchange: 'okx',
  pair: 'BTC_USDT',
  symbol: 'BTC-USDT',
  documented: {
    answer: {
      code: '0',
      msg: '',
      data: [
        [
          '1597026360000',
          '3.721',
          '3.743',
          '3.677',
          '3.708',
          '8422410',
          '22698348.04828491',
          '31240823.11111111',
          '1',
        ],
      ],
    },
    minute: {
      openTimeMs: 1597026360000,
      open: '3.721',
      high: '3.743',
      low: '3.677',
      close: '3.708',
      base: '8422410',
      // The two differ in contracts only; for spot the first would do as well.
      quote: '31240823.11111111',
    },
  },
  hasQuoteVolume: true,
  hasTradeCount: false,
  hasClosedFlag: true,
  row,
  rowOfNumbers: (minute) => {
    const cells: unknown[] = row(minute);
    return cells.with(1, Number(minute.open));
  },
  rowsAnswer: (rows) => ({ code: '0', msg: '', data: rows.toReversed() }),
  serve: ({ path, query }, minutes, nowMs) => {
    const [beforeMs, afterMs] = [Number(query.get('before')), Number(query.get('after'))];
    const limit = Math.min(300, Number(query.get('limit') ?? 100));
    const oldestMs = path.endsWith('/candles') ? nowMs - RECENT_MS : 0;
    const served = withQuietMinutes(minutes)
      .filter(({ openTimeMs }) => openTimeMs > beforeMs && openTimeMs < afterMs)
      .filter(({ openTimeMs }) => openTimeMs >= oldestMs)
      .reverse();
    return { body: { code: '0', msg: '', data: served.slice(0, limit).map(row) } };
  },
  startOf: ({ query }) => Number(query.get('before')) + 1,
  errors: [
    {
      title: 'its limit, inside a 200',
      answer: { body: error('50011', 'Too Many Requests') },
      failure: 'RateLimited',
      isRepeated: true,
    },
    {
      title: 'its limit',
      answer: { status: 429, body: error('50011', 'Too Many Requests') },
      failure: 'RateLimited',
      isRepeated: true,
    },
    {
      title: 'being busy, with the status of its limit',
      answer: { status: 429, body: error('50013', 'Systems are busy. Please try again later.') },
      failure: 'ServerError',
      isRepeated: true,
    },
    {
      title: 'being unavailable',
      answer: { status: 503, body: error('50001', 'Service temporarily unavailable') },
      failure: 'ServerError',
      isRepeated: true,
    },
    {
      title: 'a parameter that it refuses',
      answer: { status: 400, body: error('51000', 'Parameter bar error') },
      failure: 'Refused',
      isRepeated: false,
    },
    {
      title: 'a code that is not known, inside a 200',
      answer: { body: error('59999', 'Something else') },
      failure: 'Malformed',
      isRepeated: true,
    },
  ],
  unknownPair: {
    body: error('51001', "Instrument ID, Instrument ID code, or Spread ID doesn't exist."),
  },
  windowMs: 2_000,
  listing: {
    answer: {
      code: '0',
      msg: '',
      data: [{ instId: 'BTC-USDT', state: 'live', listTime: '1548133413000' }],
    },
    sinceMs: 1548133413000,
  },
  noListing: { code: '0', msg: '', data: [] },
  listings: {
    answer: {
      code: '0',
      msg: '',
      data: [
        { instId: 'ETH-USDT', state: 'live', listTime: '1548133413000' },
        { instId: 'NEW-USDT', state: 'preopen', listTime: '' },
      ],
    },
    pairs: [
      { pair: 'ETH_USDT', isTrading: true },
      { pair: 'NEW_USDT', isTrading: false },
    ],
  },
};
