import { Faults } from '../../../local/exchange/faults';
import { ExchangePortError, startExchange } from '../../../local/exchange/exchange-server';
import {
  ask,
  candleAt,
  everyMinute,
  ExchangesUnderTest,
  MINUTE_MS,
  NOON_MS,
  page,
  refusalOf,
  rowsOf,
  sourceOf,
} from './exchange-fixtures';

const exchanges = new ExchangesUnderTest();
afterEach(() => exchanges.stopAll());

const lastDays = sourceOf({
  A_B: everyMinute(NOON_MS - 11_000 * MINUTE_MS, NOON_MS + 60 * MINUTE_MS),
});

describe('candlesticks', () => {
  it('answers rows of eight strings in the order of Gate.io', async () => {
    const exchange = await exchanges.start({ source: lastDays });
    const from = NOON_MS - 10 * MINUTE_MS;
    const answer = await ask(exchange, page(from, from));
    expect(answer.status).toBe(200);
    expect(rowsOf(answer)).toEqual([
      [
        String(from / 1000),
        '15.00000000',
        '1.5',
        '2.00000001',
        '0.5',
        '1.25',
        '10.00000000',
        'true',
      ],
    ]);
  });

  it('includes both ends, up to 1,000 points', async () => {
    const exchange = await exchanges.start({ source: lastDays });
    const from = NOON_MS - 5_000 * MINUTE_MS;
    const rows = rowsOf(await ask(exchange, page(from, from + 999 * MINUTE_MS)));
    expect(rows).toHaveLength(1_000);
    expect(rows[0]?.[0]).toBe(String(from / 1000));
    expect(rows[999]?.[0]).toBe(String(from / 1000 + 999 * 60));
  });

  it.each([
    [
      '1,001 points',
      page(NOON_MS - 1_000 * MINUTE_MS, NOON_MS),
      'Candlestick range too broad. Maximum 1000 data points are allowed per request',
    ],
    [
      'a point too old',
      page(NOON_MS - 10_000 * MINUTE_MS, NOON_MS - 9_990 * MINUTE_MS),
      'Candlestick too long ago. Maximum 10000 points recently are allowed',
    ],
    [
      'a limit with a range',
      `${page(NOON_MS, NOON_MS)}&limit=5`,
      'limit conflicts with from and to',
    ],
    [
      'from after to',
      page(NOON_MS - MINUTE_MS, NOON_MS - 9 * MINUTE_MS),
      'Invalid range: from is after to',
    ],
    [
      'a limit of none',
      'candlesticks?currency_pair=A_B&interval=1m&limit=0',
      'Invalid limit 0: expected 1 to 1000',
    ],
    [
      'a fraction',
      'candlesticks?currency_pair=A_B&interval=1m&from=1.5',
      'Invalid from "1.5": expected a whole number',
    ],
    [
      'an interval that is none',
      page(NOON_MS, NOON_MS, '2m'),
      'Invalid interval 2m; the local exchange serves 1m, 5m, 15m, 30m, 1h, 4h, 8h, 1d',
    ],
  ])('refuses %s', async (_, path, message) => {
    const exchange = await exchanges.start({ source: lastDays });
    expect(refusalOf(await ask(exchange, path))).toEqual({
      status: 400,
      label: 'INVALID_PARAM_VALUE',
      message,
    });
  });

  it('serves the oldest of the last 10,000 points', async () => {
    const exchange = await exchanges.start({ source: lastDays });
    const oldest = NOON_MS - 9_999 * MINUTE_MS;
    expect(rowsOf(await ask(exchange, page(oldest, oldest)))).toHaveLength(1);
  });

  it.each(['X_Y', 'GONE_B'])('refuses the pair %s, unknown or delisted', async (pair) => {
    const source = sourceOf({
      A_B: everyMinute(NOON_MS - MINUTE_MS, NOON_MS),
      GONE_B: everyMinute(NOON_MS - MINUTE_MS, NOON_MS),
    });
    const exchange = await exchanges.start({ source, delistedPairs: new Set(['GONE_B']) });
    const answer = await ask(exchange, page(NOON_MS, NOON_MS, '1m', pair));
    expect(refusalOf(answer)).toMatchObject({ status: 400, label: 'INVALID_CURRENCY_PAIR' });
  });

  it('asks for the pair', async () => {
    const exchange = await exchanges.start({ source: lastDays });
    expect(refusalOf(await ask(exchange, 'candlesticks'))).toMatchObject({
      status: 400,
      label: 'MISSING_REQUIRED_PARAM',
    });
  });

  it('leaves out minutes without a trade, and all that is still to come', async () => {
    const source = sourceOf({
      A_B: [-5, -3, -2, 1, 2].map((minute) => candleAt(NOON_MS + minute * MINUTE_MS)),
    });
    const exchange = await exchanges.start({ source });
    const rows = rowsOf(
      await ask(exchange, page(NOON_MS - 5 * MINUTE_MS, NOON_MS + 5 * MINUTE_MS)),
    );
    expect(rows.map(([time]) => (Number(time) * 1000 - NOON_MS) / MINUTE_MS)).toEqual([-5, -3, -2]);
  });

  it('serves the open minute in part, until it is closed', async () => {
    let nowMs = NOON_MS + 15_000;
    const exchange = await exchanges.start({ source: lastDays, now: () => nowMs });
    const path = page(NOON_MS - MINUTE_MS, NOON_MS);
    const start = String(NOON_MS / 1000);
    const at = async (timeMs: number) => {
      nowMs = timeMs;
      return rowsOf(await ask(exchange, path));
    };
    const early = await at(NOON_MS + 14_999);
    expect(early[0]?.[7]).toBe('true');
    expect(early[1]).toEqual([
      start,
      '3.75000000',
      '1.25',
      '1.25',
      '1.25',
      '1.25',
      '2.50000000',
      'false',
    ]);
    const late = await at(NOON_MS + 44_999);
    expect(late[1]).toEqual([
      start,
      '11.25000000',
      '1.25',
      '2.00000001',
      '0.5',
      '1.25',
      '7.50000000',
      'false',
    ]);
    const closed = await at(NOON_MS + MINUTE_MS);
    expect(closed[1]).toEqual([
      start,
      '15.00000000',
      '1.5',
      '2.00000001',
      '0.5',
      '1.25',
      '10.00000000',
      'true',
    ]);
  });

  it('serves the last points where only a limit is given', async () => {
    const exchange = await exchanges.start({ source: lastDays });
    const rows = rowsOf(await ask(exchange, 'candlesticks?currency_pair=A_B&interval=1m&limit=3'));
    expect(rows.map(([time]) => Number(time) - NOON_MS / 1000)).toEqual([-120, -60, 0]);
  });

  it('rolls longer windows up from the minutes there are', async () => {
    const first = {
      ...candleAt(NOON_MS - 9 * MINUTE_MS),
      open: '1.1',
      high: '9',
      baseVolume: '0.1',
      quoteVolume: '0.15',
    };
    const second = {
      ...candleAt(NOON_MS - 7 * MINUTE_MS, '1.9'),
      high: '10',
      low: '0.07',
      baseVolume: '0.2',
      quoteVolume: '0.30',
    };
    const exchange = await exchanges.start({
      source: sourceOf({ A_B: [first, second, candleAt(NOON_MS)] }),
    });
    const rows = rowsOf(
      await ask(exchange, page(NOON_MS - 10 * MINUTE_MS, NOON_MS - 5 * MINUTE_MS, '5m')),
    );
    const start = String((NOON_MS - 10 * MINUTE_MS) / 1000);
    expect(rows).toEqual([[start, '0.45', '1.9', '10', '0.07', '1.1', '0.3', 'true']]);
  });
});

describe('the other endpoints', () => {
  const source = sourceOf({
    A_B: everyMinute(NOON_MS - 3 * MINUTE_MS, NOON_MS),
    C_D: [candleAt(NOON_MS - 5 * MINUTE_MS)],
  });

  it('tell the time', async () => {
    const exchange = await exchanges.start({ source });
    expect(JSON.parse((await ask(exchange, 'time')).text)).toEqual({ server_time: NOON_MS });
  });

  it('list the pairs', async () => {
    const exchange = await exchanges.start({ source, delistedPairs: new Set(['C_D']) });
    const listed = JSON.parse((await ask(exchange, 'currency_pairs')).text) as unknown[];
    expect(listed).toMatchObject([
      {
        id: 'A_B',
        base: 'A',
        quote: 'B',
        trade_status: 'tradable',
        buy_start: NOON_MS / 1000 - 180,
        delisting_time: 0,
      },
      { id: 'C_D', trade_status: 'untradable' },
    ]);
    expect(JSON.parse((await ask(exchange, 'currency_pairs/A_B')).text)).toEqual(listed[0]);
    expect(refusalOf(await ask(exchange, 'currency_pairs/X_Y'))).toMatchObject({
      status: 400,
      label: 'INVALID_CURRENCY_PAIR',
    });
  });

  it('sum up the last 24 hours', async () => {
    const exchange = await exchanges.start({ source });
    expect(JSON.parse((await ask(exchange, 'tickers?currency_pair=A_B')).text)).toEqual([
      {
        currency_pair: 'A_B',
        last: '1.5',
        base_volume: '30.00000000',
        quote_volume: '45.00000000',
        high_24h: '2.00000001',
        low_24h: '0.5',
      },
    ]);
    expect(JSON.parse((await ask(exchange, 'tickers')).text)).toHaveLength(2);
  });

  it('are not found elsewhere', async () => {
    const exchange = await exchanges.start({ source });
    expect(refusalOf(await ask(exchange, 'order_book'))).toMatchObject({
      status: 404,
      label: 'NOT_FOUND',
    });
  });
});

describe('limits', () => {
  it('admits a number of requests a window and endpoint, and tells how it stands', async () => {
    let limitMs = 1_000_500;
    const exchange = await exchanges.start({
      source: lastDays,
      limitNow: () => limitMs,
      requestsPerWindow: 2,
      windowMs: 10_000,
    });
    const standing = async (endpoint: string) => {
      const { status, headers } = await ask(exchange, endpoint);
      return [
        status,
        ...['requests-remain', 'limit', 'reset-timestamp'].map((name) =>
          headers.get(`x-gate-ratelimit-${name}`),
        ),
      ];
    };
    expect(await standing('time')).toEqual([200, '1', '2', '1000']);
    limitMs += 9_999;
    expect(await standing('time')).toEqual([200, '0', '2', '1010']);
    expect(await standing('time')).toEqual([429, '0', '2', '1011']);
    expect(refusalOf(await ask(exchange, 'time'))).toMatchObject({ label: 'TOO_MANY_REQUESTS' });
    expect(await standing('currency_pairs')).toEqual([200, '1', '2', '1010']);
    limitMs += 1;
    expect(await standing('time')).toEqual([200, '1', '2', '1010']);
    expect(exchange.counts()).toEqual({ requests: 6, limited: 2, faulted: 0 });
  });

  it('dates its answers by its own clock', async () => {
    const exchange = await exchanges.start({ source: lastDays });
    const { headers } = await ask(exchange, 'time');
    expect(headers.get('date')).toBe('Sat, 01 Jun 2024 12:00:00 GMT');
  });

  it('echoes the id of a request', async () => {
    const exchange = await exchanges.start({ source: lastDays });
    const { headers } = await ask(exchange, 'time', { 'X-Client-Request-Id': 'abc-1' });
    expect(headers.get('x-client-request-id')).toBe('abc-1');
  });
});

describe('faults', () => {
  const path = page(NOON_MS - 2 * MINUTE_MS, NOON_MS - MINUTE_MS);

  it.each([
    ['rate-limited', 429, 'TOO_MANY_REQUESTS'],
    ['server-error', 500, 'SERVER_ERROR'],
  ] as const)('%s answers %d, once', async (fault, status, label) => {
    const faults = new Faults();
    const exchange = await exchanges.start({ source: lastDays, faults });
    faults.failNext(fault);
    expect(refusalOf(await ask(exchange, path))).toMatchObject({ status, label });
    expect((await ask(exchange, path)).status).toBe(200);
    expect(exchange.counts()).toEqual({ requests: 2, limited: 0, faulted: 1 });
  });

  it('bad-gateway answers a page of HTML', async () => {
    const faults = new Faults();
    const exchange = await exchanges.start({ source: lastDays, faults });
    faults.failNext('bad-gateway');
    const answer = await ask(exchange, path);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([502, 'text/html']);
    expect(answer.text).toContain('<html>');
  });

  it('malformed-json is cut short', async () => {
    const faults = new Faults();
    const exchange = await exchanges.start({ source: lastDays, faults });
    faults.failNext('malformed-json');
    const answer = await ask(exchange, path);
    expect(answer.status).toBe(200);
    expect(() => rowsOf(answer)).toThrow(SyntaxError);
  });

  it('wrong-row-shape answers rows without the base volume', async () => {
    const faults = new Faults();
    const exchange = await exchanges.start({ source: lastDays, faults });
    faults.failNext('wrong-row-shape');
    const rows = rowsOf(await ask(exchange, path));
    expect(rows.map((row) => row.slice(1))).toEqual(
      Array(2).fill(['15.00000000', '1.5', '2.00000001', '0.5', '1.25', 'true']),
    );
  });

  it.each([
    ['empty', '[]', 'application/json'],
    ['null', 'null', 'application/json'],
    ['html', '<html>', 'text/html'],
  ] as const)('%s answers %s with status 200', async (fault, start, type) => {
    const faults = new Faults();
    const exchange = await exchanges.start({ source: lastDays, faults });
    faults.failNext(fault);
    const answer = await ask(exchange, path);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, type]);
    expect(answer.text.startsWith(start)).toBe(true);
    expect(rowsOf(await ask(exchange, path))).toHaveLength(2);
  });

  it('cut answers the first hundred rows', async () => {
    const faults = new Faults();
    const exchange = await exchanges.start({ source: lastDays, faults });
    const long = page(NOON_MS - 300 * MINUTE_MS, NOON_MS - MINUTE_MS);
    const whole = rowsOf(await ask(exchange, long));
    faults.failNext('cut');
    expect(rowsOf(await ask(exchange, long))).toEqual(whole.slice(0, 100));
    expect(whole).toHaveLength(300);
  });

  it('more-columns answers rows of nine', async () => {
    const faults = new Faults();
    const exchange = await exchanges.start({ source: lastDays, faults });
    const rows = rowsOf(await ask(exchange, path));
    faults.failNext('more-columns');
    expect(rowsOf(await ask(exchange, path))).toEqual(rows.map((row) => [...row, '42']));
  });

  it('stale answers as five minutes ago', async () => {
    const faults = new Faults();
    const exchange = await exchanges.start({ source: lastDays, faults });
    faults.failNext('stale');
    const rows = rowsOf(await ask(exchange, page(NOON_MS - 7 * MINUTE_MS, NOON_MS - MINUTE_MS)));
    expect(rows.map(([seconds, , , , , , , closed]) => [seconds, closed])).toEqual([
      [String(NOON_MS / 1_000 - 7 * 60), 'true'],
      [String(NOON_MS / 1_000 - 6 * 60), 'true'],
      [String(NOON_MS / 1_000 - 5 * 60), 'false'],
    ]);
  });

  it('zero-rows answers minutes without a trade too', async () => {
    const faults = new Faults();
    const [first, third] = [NOON_MS - 3 * MINUTE_MS, NOON_MS - MINUTE_MS];
    const source = sourceOf({ A_B: [candleAt(first, '1.4'), candleAt(third)] });
    const exchange = await exchanges.start({ source, faults });
    faults.failNext('zero-rows');
    const rows = rowsOf(await ask(exchange, page(first, third)));
    expect(rows.map((row) => row.slice(1, 3))).toEqual([
      ['15.00000000', '1.4'],
      ['0.00000000', '1.4'],
      ['15.00000000', '1.5'],
    ]);
  });

  it('redirect points elsewhere', async () => {
    const faults = new Faults();
    const exchange = await exchanges.start({ source: lastDays, faults });
    faults.failNext('redirect');
    const response = await fetch(`${exchange.url}/api/v4/spot/${path}`, { redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([302, '/maintenance']);
  });

  it('endless-body begins, goes on, and never ends', async () => {
    const faults = new Faults();
    const exchange = await exchanges.start({ source: lastDays, faults });
    faults.failNext('endless-body');
    const response = await fetch(`${exchange.url}/api/v4/spot/${path}`);
    const chunks: string[] = [];
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      chunks.push(decoder.decode(chunk as Uint8Array));
      if (chunks.length === 3) break;
    }
    expect(response.status).toBe(200);
    expect(chunks.join('')).toMatch(/^\[ +$/);
  });

  it('hang never answers, until the exchange stops', async () => {
    const faults = new Faults();
    const exchange = await exchanges.start({ source: lastDays, faults });
    faults.failNext('hang');
    const response = fetch(`${exchange.url}/api/v4/spot/time`, {
      signal: AbortSignal.timeout(300),
    });
    await expect(response).rejects.toMatchObject({ name: 'TimeoutError' });
    faults.failNext('hang');
    const cut = expect(fetch(`${exchange.url}/api/v4/spot/time`)).rejects.toThrow('fetch failed');
    while (exchange.counts().faulted < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    await exchange.stop();
    await cut;
  });

  it('reset cuts the connection', async () => {
    const faults = new Faults();
    const exchange = await exchanges.start({ source: lastDays, faults });
    faults.failNext('reset');
    await expect(ask(exchange, path)).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
  });

  it('shows a late candle late, and a corrected one corrected', async () => {
    const faults = new Faults();
    let nowMs = NOON_MS;
    const exchange = await exchanges.start({ source: lastDays, faults, now: () => nowMs });
    faults.hideMinute('A_B', NOON_MS - 2 * MINUTE_MS, NOON_MS + MINUTE_MS);
    faults.answerInstead('A_B', candleAt(NOON_MS - MINUTE_MS, '1.7'), NOON_MS + MINUTE_MS);
    const closes = async () => rowsOf(await ask(exchange, path)).map((row) => [row[0], row[2]]);
    const [first, second] = [2, 1].map((minutes) => String(NOON_MS / 1000 - minutes * 60));
    expect(await closes()).toEqual([[second, '1.7']]);
    nowMs = NOON_MS + MINUTE_MS;
    expect(await closes()).toEqual([
      [first, '1.5'],
      [second, '1.5'],
    ]);
  });
});

describe('the port', () => {
  it('is named where it is taken', async () => {
    const exchange = await exchanges.start({ source: lastDays });
    const port = Number(new URL(exchange.url).port);
    const second = startExchange({ port, source: lastDays, now: () => NOON_MS });
    await expect(second).rejects.toThrow(ExchangePortError);
    await expect(second).rejects.toThrow(`127.0.0.1:${port}`);
  });

  it('is free once the exchange has stopped, and stopping twice does no harm', async () => {
    const exchange = await exchanges.start({ source: lastDays });
    await exchange.stop();
    await exchange.stop();
    await expect(ask(exchange, 'time')).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  });
});
