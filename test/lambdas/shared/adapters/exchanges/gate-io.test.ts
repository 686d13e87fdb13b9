import { createExchange } from '../../../../../lambdas/shared/adapters/exchanges/exchange';
import type { ExchangeClientOptions } from '../../../../../lambdas/shared/adapters/exchanges/http/exchange-client';
import { formatDecimal } from '../../../../../lambdas/shared/domain/decimal';
import { MINUTE_MS } from '../../../../../lambdas/shared/domain/interval';
import type { MetricName } from '../../../../../lambdas/shared/domain/metrics';
import type { CandlesQuery } from '../../../../../lambdas/shared/domain/ports';
import { at, DAY } from '../../../../fakes/candles';
import { FakeTelemetry } from '../../../../fakes/telemetry';
import {
  fakeTime,
  type Script,
  ScriptedServer,
  type ServerAnswer,
  timePassing,
} from './scripted-server';

type Reply = (query: URLSearchParams, requestNumber: number) => ReturnType<Script>;

const server = new ScriptedServer();
beforeAll(() => server.start());
beforeEach(() => server.reset());
afterEach(() => jest.useRealTimers());
afterAll(() => server.stop());

function reply(said: Reply): void {
  server.script = ({ query }, requestNumber) => said(query, requestNumber);
}

function prepare(options: Partial<ExchangeClientOptions> = {}) {
  const telemetry = new FakeTelemetry();
  const gateIo = createExchange('gate-io', {
    baseUrl: `${server.url}/api/v4`,
    telemetry,
    requestsPer10Seconds: 180,
    timeoutMs: 5_000,
    retries: 2,
    firstPauseMs: 1,
    ...options,
  });
  return { gateIo, telemetry };
}

/** A query with time enough, that takes no candle as closed that is not marked so. */
function queryOf(
  pair: string,
  fromMs: number,
  toMs: number,
  fields: Partial<CandlesQuery> = {},
): CandlesQuery {
  return { pair, fromMs, toMs, closedBeforeMs: fromMs, withinMs: 60_000, ...fields };
}

/** A row as Gate.io's documentation shows it, of a minute. */
function rowAt(openTimeMs: number, changes: Readonly<Record<number, unknown>> = {}): unknown[] {
  const row = [
    String(openTimeMs / 1_000),
    '1157762.86821200',
    '67772.5',
    '67839.9',
    '67715',
    '67715.1',
    '17.07790000',
    'true',
  ];
  return row.map((value, index) => (index in changes ? changes[index] : value));
}

function rowsFor(query: URLSearchParams): unknown[][] {
  const [from, to] = [Number(query.get('from')), Number(query.get('to'))];
  const count = (to - from) / 60 + 1;
  return Array.from({ length: count }, (_, index) => rowAt((from + index * 60) * 1_000));
}

describe('a request', () => {
  it('asks for a page in seconds, both of its ends being inclusive, and without a limit', async () => {
    reply((query) => ({ body: rowsFor(query) }));
    const { gateIo } = prepare();

    await gateIo.candles(queryOf('BTC_USDT', at(12, 3), at(12, 7)));

    expect(server.seen.map(({ path }) => path)).toEqual(['/api/v4/spot/candlesticks']);
    expect(Object.fromEntries(server.seen[0]?.query ?? [])).toEqual({
      currency_pair: 'BTC_USDT',
      interval: '1m',
      from: String(at(12, 3) / 1_000),
      to: String(at(12, 6) / 1_000),
    });
    expect(server.seen[0]?.headers['x-client-request-id']).toMatch(/^[\da-f-]{36}$/);
  });

  it.each(['币安人生_USDT', 'BTC_3L_USDT'])('names a pair such as %s as it is', async (pair) => {
    reply((query) => ({ body: rowsFor(query) }));
    const { gateIo } = prepare();

    await gateIo.candles(queryOf(pair, at(12, 3), at(12, 7)));

    expect(server.seen.map(({ query }) => query.get('currency_pair'))).toEqual([pair]);
  });

  it('is one a page of at most 1,000 minutes', async () => {
    reply((query) => ({ body: rowsFor(query) }));
    const { gateIo } = prepare();

    const { candles: minutes } = await gateIo.candles(
      queryOf('BTC_USDT', DAY, DAY + 1_440 * MINUTE_MS),
    );

    const pages = server.seen.map(({ query }) => [
      Number(query.get('from')),
      Number(query.get('to')),
    ]);
    const start = DAY / 1_000;
    expect(pages.sort(([a = 0], [b = 0]) => a - b)).toEqual([
      [start, start + 999 * 60],
      [start + 1_000 * 60, start + 1_439 * 60],
    ]);
    expect(minutes.map(({ openTimeMs }) => openTimeMs)).toEqual(
      Array.from({ length: 1_440 }, (_, index) => DAY + index * MINUTE_MS),
    );
  });

  it('of exactly 1,000 minutes is one page', async () => {
    reply((query) => ({ body: rowsFor(query) }));
    const { gateIo } = prepare();

    await gateIo.candles(queryOf('BTC_USDT', DAY, DAY + 1_000 * MINUTE_MS));

    expect(server.seen).toHaveLength(1);
  });

  it('is none for an empty range', async () => {
    const { gateIo } = prepare();

    expect(await gateIo.candles(queryOf('BTC_USDT', DAY, DAY))).toEqual({
      candles: [],
      rejected: [],
    });
    expect(server.seen).toEqual([]);
  });
});

describe('the candles', () => {
  it('have those that are marked as open although newer ones have come', async () => {
    const open = { 7: 'false' };
    reply(() => ({ body: [rowAt(at(12, 3), open), rowAt(at(12, 4), open)] }));
    const { gateIo } = prepare();

    const { candles: minutes } = await gateIo.candles(queryOf('BTC_USDT', at(12, 3), at(12, 6)));

    expect(minutes.map(({ openTimeMs }) => openTimeMs)).toEqual([at(12, 3)]);
  });

  it('have the last one too that is marked as open, once it is old', async () => {
    reply(() => ({ body: [rowAt(at(12, 3), { 7: 'false' })] }));
    const { gateIo } = prepare();
    const query = queryOf('BTC_USDT', at(12, 3), at(12, 6), { closedBeforeMs: at(12, 4) });

    expect((await gateIo.candles(query)).candles).toHaveLength(1);
  });

  it('have a ninth column ignored', async () => {
    reply(() => ({ body: [[...rowAt(at(12, 3)), 'more']] }));
    const { gateIo, telemetry } = prepare();

    const { candles, rejected } = await gateIo.candles(queryOf('BTC_USDT', at(12, 3), at(12, 4)));

    expect(candles.map(({ openTimeMs }) => openTimeMs)).toEqual([at(12, 3)]);
    expect(rejected).toEqual([]);
    expect(telemetry.metrics()).toEqual([]);
  });

  it('are kept, and counted, if their volumes are swapped', async () => {
    const swapped = { 1: '17.07790000', 6: '1157762.86821200' };
    reply(() => ({ body: [rowAt(at(12, 3), swapped), rowAt(at(12, 4))] }));
    const { gateIo, telemetry } = prepare();

    const { candles } = await gateIo.candles(queryOf('BTC_USDT', at(12, 3), at(12, 5)));

    expect(candles).toHaveLength(2);
    expect(telemetry.counted('ImplausibleVolumes')).toBe(1);
    expect(telemetry.lines).toEqual([
      {
        level: 'warn',
        message: 'implausible volumes: they contradict the prices',
        details: {
          market: 'gate-io:BTC_USDT',
          candles: 1,
          first: '2026-01-15T12:03:00.000Z',
          low: '67715',
          high: '67839.9',
          quoteByBase: '0.0000147508',
        },
      },
    ]);
  });

  const marked = (closed: string, close: string) => rowAt(at(12, 3), { 2: close, 7: closed });
  it.each([
    ['after it', [marked('false', '67800'), marked('true', '67801')]],
    ['before it', [marked('true', '67801'), marked('false', '67800')]],
    [
      'after two of them',
      [marked('false', '67799'), marked('false', '67800'), marked('true', '67801')],
    ],
  ])('have the closed row of a minute whose open row comes too: %s', async (_, rows) => {
    reply(() => ({ body: [...rows, rowAt(at(12, 4))] }));
    const { gateIo } = prepare();

    const { candles, rejected } = await gateIo.candles(queryOf('BTC_USDT', at(12, 3), at(12, 5)));

    expect(candles.map(({ close }) => formatDecimal(close))).toEqual(['67801', '67772.5']);
    expect(rejected).toEqual([]);
  });
});

describe('a failure that may pass', () => {
  const good = (query: URLSearchParams): ServerAnswer => ({ body: rowsFor(query) });
  const once = (first: ReturnType<Script>): Reply => {
    return (query, requestNumber) => (requestNumber === 1 ? first : good(query));
  };

  it.each<[string, ReturnType<Script>, MetricName]>([
    ['500', { status: 500, body: 'oops' }, 'ExchangeServerError'],
    ['503 with a label', { status: 503, body: { label: 'BUSY' } }, 'ExchangeServerError'],
    ['a connection that is reset', 'reset', 'ExchangeNetworkError'],
  ])('such as %s is met by asking again, and counted', async (_, first, metric) => {
    reply(once(first));
    const { gateIo, telemetry } = prepare();

    expect((await gateIo.candles(queryOf('BTC_USDT', at(12), at(12, 5)))).candles).toHaveLength(5);
    expect(server.seen).toHaveLength(2);
    expect(telemetry.counted(metric)).toBe(1);
  });

  it('such as 429 is met by asking again, not before the limit is reset', async () => {
    fakeTime();
    const resetSeconds = Math.ceil(Date.now() / 1_000) + 4;
    const headers = {
      'X-Gate-RateLimit-Requests-Remain': '0',
      'X-Gate-RateLimit-Limit': '200',
      'X-Gate-RateLimit-Reset-Timestamp': String(resetSeconds),
    };
    reply(once({ status: 429, headers, body: { label: 'TOO_MANY_REQUESTS', message: 'slow' } }));
    const { gateIo, telemetry } = prepare();

    await timePassing(gateIo.candles(queryOf('BTC_USDT', at(12), at(12, 5))));

    expect(telemetry.counted('ExchangeRateLimited')).toBe(1);
    expect(server.seen).toHaveLength(2);
    expect(server.seen[1]?.atMs).toBeGreaterThanOrEqual(resetSeconds * 1_000);
  });

  it('such as an answer that does not come is given up after the time limit', async () => {
    reply(once('hang'));
    const { gateIo, telemetry } = prepare({ timeoutMs: 100 });

    expect((await gateIo.candles(queryOf('BTC_USDT', at(12), at(12, 5)))).candles).toHaveLength(5);
    expect(telemetry.counted('ExchangeTimedOut')).toBe(1);
  });

  it('that does not pass fails the range after the last repetition', async () => {
    reply(() => ({ status: 502, body: '<html>' }));
    const { gateIo, telemetry } = prepare();

    await expect(gateIo.candles(queryOf('BTC_USDT', at(12), at(12, 5)))).rejects.toMatchObject({
      name: 'ExchangeError',
      failure: 'ServerError',
      message: 'Gate.io answered 502 (no code) for BTC_USDT: <html>',
    });
    expect(server.seen).toHaveLength(3);
    expect(telemetry.counted('ExchangeServerError')).toBe(3);
  });

  it('of one page fails the range: a part is never given', async () => {
    const second = String(DAY / 1_000 + 60_000);
    reply((query) =>
      query.get('from') === second ? { status: 500, body: '' } : { body: rowsFor(query) },
    );
    const { gateIo } = prepare();

    await expect(gateIo.candles(queryOf('BTC_USDT', DAY, at(23)))).rejects.toThrow('answered 500');
  });

  it('of a server that is not there is named with its address', async () => {
    const { gateIo, telemetry } = prepare({ baseUrl: 'http://127.0.0.1:1/api/v4', retries: 1 });

    await expect(gateIo.candles(queryOf('BTC_USDT', at(12), at(12, 5)))).rejects.toThrow(
      'Gate.io could not be reached: http://127.0.0.1:1/api/v4/spot/candlesticks?',
    );
    expect(telemetry.counted('ExchangeNetworkError')).toBe(2);
  });
});

describe('a query that runs out of time', () => {
  it.each([50, 0, -1_000])(
    'is given up after %d ms, whatever a request may take',
    async (withinMs) => {
      reply(() => 'hang');
      const { gateIo } = prepare({ timeoutMs: 60_000 });

      const minutes = gateIo.candles(queryOf('BTC_USDT', at(12), at(12, 5), { withinMs }));

      await expect(minutes).rejects.toMatchObject({
        name: 'ExchangeError',
        failure: 'TimedOut',
        message: `Gate.io did not give all minutes of BTC_USDT in ${withinMs} ms`,
      });
    },
  );

  it('does not wait for its turn either', async () => {
    reply((query) => ({ body: rowsFor(query) }));
    const { gateIo } = prepare({ requestsPer10Seconds: 1 });
    await gateIo.candles(queryOf('BTC_USDT', at(12), at(12, 5)));

    const minutes = gateIo.candles(queryOf('ETH_USDT', at(12), at(12, 5), { withinMs: 50 }));

    await expect(minutes).rejects.toMatchObject({ failure: 'TimedOut' });
    expect(server.seen.map(({ query }) => query.get('currency_pair'))).not.toContain('ETH_USDT');
  });
});

describe('a page that fails for good', () => {
  const refused: ServerAnswer = { status: 400, body: { label: 'INVALID_PARAM_VALUE' } };

  it('ends the requests of the other pages', async () => {
    const ended = new Promise<void>((resolve) => {
      server.givenUp = resolve;
    });
    reply((_, requestNumber) => (requestNumber === 1 ? 'hang' : refused));
    const { gateIo, telemetry } = prepare({ timeoutMs: 60_000 });

    await expect(gateIo.candles(queryOf('BTC_USDT', DAY, at(23)))).rejects.toMatchObject({
      failure: 'Refused',
    });
    await ended;

    expect(server.seen).toHaveLength(2);
    expect(telemetry.counted('ExchangeRefused')).toBe(1);
  });

  it('keeps the pages that wait for their turn from being asked for', async () => {
    fakeTime();
    reply(() => refused);
    const { gateIo } = prepare({ requestsPer10Seconds: 1 });

    await expect(gateIo.candles(queryOf('BTC_USDT', DAY, at(23)))).rejects.toMatchObject({
      failure: 'Refused',
    });
    reply((query) => ({ body: rowsFor(query) }));
    await timePassing(gateIo.candles(queryOf('ETH_USDT', at(12), at(12, 5))));

    expect(server.seen.map(({ query }) => query.get('currency_pair'))).toEqual([
      'BTC_USDT',
      'ETH_USDT',
    ]);
  });
});

describe('a limit that is nearly used up', () => {
  const limited = (remaining: number, resetMs: number) => ({
    'X-Gate-RateLimit-Requests-Remain': String(remaining),
    'X-Gate-RateLimit-Reset-Timestamp': String(resetMs / 1_000),
  });

  it.each([
    ['holds the next request back until it is reset', 9, 4_000],
    ['holds nothing back while there is a margin', 10, 0],
    ['holds back for no longer than a window, whatever the exchange says', 9, 10_000],
  ])('%s', async (_, remaining, waitMs) => {
    fakeTime();
    const startMs = Date.now();
    const resetMs = startMs + (waitMs === 10_000 ? 3_600_000 : 4_000);
    reply((query, requestNumber) => ({
      body: rowsFor(query),
      ...(requestNumber === 1 ? { headers: limited(remaining, resetMs) } : {}),
    }));
    const { gateIo, telemetry } = prepare();

    await gateIo.candles(queryOf('BTC_USDT', at(12), at(12, 5)));
    await timePassing(gateIo.candles(queryOf('BTC_USDT', at(12), at(12, 5))));

    const waitedMs = (server.seen[1]?.atMs ?? 0) - startMs;
    expect(waitedMs).toBeGreaterThanOrEqual(waitMs);
    expect(waitedMs).toBeLessThan(waitMs + 1_000);
    expect(telemetry.counted('ExchangeRateLimited')).toBe(0);
  });

  it('takes a header that says no number as absent, and obeys the next one', async () => {
    fakeTime();
    const startMs = Date.now();
    const headers = [
      { 'X-Gate-RateLimit-Requests-Remain': 'many' },
      { 'X-Gate-RateLimit-Requests-Remain': '' },
      { 'X-Gate-RateLimit-Requests-Remain': '1', 'X-Gate-RateLimit-Reset-Timestamp': 'soon' },
      limited(1, startMs + 6_000),
    ];
    reply((query, requestNumber) => ({
      body: rowsFor(query),
      headers: headers[requestNumber - 1] ?? {},
    }));
    const { gateIo } = prepare();

    for (let request = 1; request <= 5; request++) {
      await timePassing(gateIo.candles(queryOf('BTC_USDT', at(12), at(12, 5))));
    }

    // The time passes in steps of 50 ms, and a request arrives a few of them late at most.
    const waitedS = server.seen.map(({ atMs }) => Math.floor((atMs - startMs) / 1_000));
    expect(waitedS).toEqual([0, 0, 0, 1, 6]);
  });

  it('holds back for the longest wait that any answer asked for', async () => {
    fakeTime();
    const startMs = Date.now();
    reply((query, requestNumber) => ({
      body: rowsFor(query),
      ...(requestNumber <= 2
        ? { headers: limited(1, startMs + (requestNumber === 1 ? 6_000 : 1_000)) }
        : {}),
    }));
    const { gateIo } = prepare();

    await Promise.all(
      ['A_B', 'C_D'].map((pair) => gateIo.candles(queryOf(pair, at(12), at(12, 5)))),
    );
    await timePassing(gateIo.candles(queryOf('E_F', at(12), at(12, 5))));

    expect((server.seen[2]?.atMs ?? 0) - startMs).toBeGreaterThanOrEqual(6_000);
  });
});

describe('an answer that is none', () => {
  const good = (query: URLSearchParams): ServerAnswer => ({ body: rowsFor(query) });

  it.each<[string, ServerAnswer]>([
    ['no JSON', { body: '<html>maintenance</html>' }],
    ['JSON that is cut short', { body: '[["1768478580","1"' }],
    ['null', { body: null }],
    ['no list', { body: { label: 'ODD' } }],
    ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:1/' }, body: '' }],
    ['more than a page can hold', { body: `["${'x'.repeat(4_100_000)}"]` }],
  ])('such as %s is met by asking again, and counted', async (_, first) => {
    reply((query, requestNumber) => (requestNumber === 1 ? first : good(query)));
    const { gateIo, telemetry } = prepare();

    const { candles } = await gateIo.candles(queryOf('BTC_USDT', at(12), at(12, 5)));

    expect(candles).toHaveLength(5);
    expect(telemetry.counted('ExchangeMalformed')).toBe(1);
  });

  it('fails the range after the last repetition', async () => {
    reply(() => ({ body: null }));
    const { gateIo } = prepare();

    await expect(gateIo.candles(queryOf('BTC_USDT', at(12), at(12, 5)))).rejects.toMatchObject({
      failure: 'Malformed',
      message: 'Gate.io answered no rows for BTC_USDT: null; expected a list',
    });
    expect(server.seen).toHaveLength(3);
  });
});

describe('a row that cannot be a candle', () => {
  it.each<[string, MetricName, unknown, string]>([
    ['seven columns', 'RejectedShapes', rowAt(at(12, 1)).slice(0, 7), 'expected eight texts'],
    ['a number for a text', 'RejectedShapes', rowAt(at(12, 1), { 2: 67772.5 }), 'column 2'],
    ['a truth value for a text', 'RejectedShapes', rowAt(at(12, 1), { 7: true }), 'column 7'],
    ['a price that is none', 'RejectedNumbers', rowAt(at(12, 1), { 5: 'NaN' }), '"NaN"'],
    ['a price with a wild exponent', 'RejectedNumbers', rowAt(at(12, 1), { 5: '1e-99' }), '0.000'],
    [
      'a long volume',
      'RejectedNumbers',
      rowAt(at(12, 1), { 6: '9'.repeat(60) }),
      'at most 24 digits',
    ],
    ['a long exponent', 'RejectedNumbers', rowAt(at(12, 1), { 6: '1e24' }), 'at most 24 digits'],
    ['a long fraction', 'RejectedNumbers', rowAt(at(12, 1), { 5: '6e-31' }), 'and 30 behind it'],
    ['a price with half an exponent', 'RejectedNumbers', rowAt(at(12, 1), { 5: '6e' }), '"6e"'],
    [
      'a price of zero',
      'RejectedPrices',
      rowAt(at(12, 1), { 4: '0' }),
      'its low 0 is not positive',
    ],
    ['a low above its open', 'RejectedPrices', rowAt(at(12, 1), { 4: '67716' }), 'its low 67716'],
    ['a negative volume', 'RejectedPrices', rowAt(at(12, 1), { 6: '-1' }), 'is negative'],
  ])('for %s costs its minute, not its page', async (_, metric, row, reason) => {
    reply(() => ({ body: [rowAt(at(12)), row, rowAt(at(12, 2))] }));
    const { gateIo, telemetry } = prepare();

    const { candles, rejected } = await gateIo.candles(queryOf('BTC_USDT', at(12), at(12, 3)));

    expect(candles.map(({ openTimeMs }) => openTimeMs)).toEqual([at(12), at(12, 2)]);
    expect(rejected).toEqual([
      { openTimeMs: at(12, 1), reason: expect.stringContaining(reason) as string },
    ]);
    expect(telemetry.counted(metric)).toBe(1);
    expect(telemetry.messages('warn')).toEqual(['rows rejected: they cannot be candles']);
    expect(server.seen).toHaveLength(1);
  });

  it.each<[string, unknown]>([
    ['within a minute', rowAt(at(12) + 1_000)],
    ['before the page', rowAt(at(11, 59))],
    ['after the page', rowAt(at(12, 3))],
    ['that is none', rowAt(at(12), { 0: 'noon' })],
  ])('for a time %s has no minute to cost: it is counted and logged', async (_, row) => {
    reply(() => ({ body: [row, rowAt(at(12, 2))] }));
    const { gateIo, telemetry } = prepare();

    const { candles, rejected, misplaced } = await gateIo.candles(
      queryOf('BTC_USDT', at(12), at(12, 3)),
    );

    expect(candles).toHaveLength(1);
    expect(rejected).toEqual([]);
    const counted = telemetry.counted('RejectedTimes') + telemetry.counted('RejectedShapes');
    expect(counted).toBe(1);
    expect(misplaced).toEqual({ rows: 1, reason: expect.stringMatching(/time|column/) as string });
    expect(telemetry.lines).toEqual([
      {
        level: 'warn',
        message: 'rows rejected: their times are no minutes that were asked for',
        details: { market: 'gate-io:BTC_USDT', ...misplaced },
      },
    ]);
  });

  it('is logged with a reason of bounded length, once an answer', async () => {
    const odd = rowAt(at(12), { 0: 'x'.repeat(5_000) });
    reply(() => ({ body: [odd, odd, rowAt(at(12, 2))] }));
    const { gateIo, telemetry } = prepare();

    await gateIo.candles(queryOf('BTC_USDT', at(12), at(12, 3)));

    expect(telemetry.lines).toHaveLength(1);
    expect(telemetry.lines[0]?.details).toMatchObject({ rows: 2 });
    expect(String(telemetry.lines[0]?.details['reason']).length).toBeLessThanOrEqual(200);
  });

  it('is forgotten if a good row of its minute comes too', async () => {
    reply(() => ({ body: [rowAt(at(12), { 5: 'NaN' }), rowAt(at(12))] }));
    const { gateIo } = prepare();

    const { candles, rejected } = await gateIo.candles(queryOf('BTC_USDT', at(12), at(12, 1)));

    expect([candles.length, rejected.length]).toEqual([1, 0]);
  });
});

describe('a page that ends early although a later one has candles', () => {
  const CATCH_UP = queryOf('BTC_USDT', DAY, DAY + 1_440 * MINUTE_MS);

  it.each<[string, (rows: unknown[][]) => unknown[][], number]>([
    ['empty', () => [], 0],
    ['cut to 100 rows', (rows) => rows.slice(0, 100), 100 * 60],
  ])('is asked for once more: %s', async (_, cut, missingFrom) => {
    const isFirstPage = (query: URLSearchParams) => Number(query.get('from')) === DAY / 1_000;
    let asked = 0;
    reply((query) => {
      const rows = rowsFor(query);
      return { body: isFirstPage(query) && asked++ === 0 ? cut(rows) : rows };
    });
    const { gateIo, telemetry } = prepare();

    const { candles } = await gateIo.candles(CATCH_UP);

    expect(candles).toHaveLength(1_440);
    expect(server.seen).toHaveLength(3);
    expect(Number(server.seen[2]?.query.get('from'))).toBe(DAY / 1_000 + missingFrom);
    expect(telemetry.counted('RangesAskedAgain')).toBe(1);
  });

  it('is not asked for again if nothing newer has come', async () => {
    reply(() => ({ body: [] }));
    const { gateIo } = prepare();

    expect((await gateIo.candles(CATCH_UP)).candles).toEqual([]);
    expect(server.seen).toHaveLength(2);
  });
});

describe('the rate limit', () => {
  it('lets no more requests be sent in a window than are allowed', async () => {
    fakeTime();
    reply((query) => ({ body: rowsFor(query) }));
    const { gateIo } = prepare({ requestsPer10Seconds: 3 });
    const pairs = ['A_B', 'C_D', 'E_F', 'G_H', 'I_J', 'K_L', 'M_N'];

    await timePassing(
      Promise.all(pairs.map((pair) => gateIo.candles(queryOf(pair, at(12), at(12, 1))))),
    );

    const times = server.seen.map(({ atMs }) => atMs);
    expect(times).toHaveLength(7);
    for (const index of [3, 4, 5, 6]) {
      // The time passes in steps of 50 ms, and a request arrives a step late at most.
      expect((times[index] ?? 0) - (times[index - 3] ?? 0)).toBeGreaterThanOrEqual(9_900);
    }
  });
});

describe('the headroom', () => {
  const remaining = (said: string) => ({ 'X-Gate-RateLimit-Requests-Remain': said });

  it('is the fewest that any answer told, and is told once', async () => {
    const told = ['170', '42', '169'];
    const { gateIo } = prepare();
    reply((_, number) => ({ headers: remaining(told[number - 1] ?? ''), body: [] }));

    for (const pair of ['A_B', 'B_C', 'C_D']) await gateIo.candles(queryOf(pair, at(9), at(10)));

    expect(gateIo.takeHeadroom()).toBe(42);
    expect(gateIo.takeHeadroom()).toBeUndefined();
  });

  it('is told by a refusal too', async () => {
    const { gateIo } = prepare({ retries: 0 });
    const body = { label: 'INVALID_CURRENCY_PAIR', message: '' };
    reply(() => ({ status: 400, headers: remaining('7'), body }));

    await expect(gateIo.candles(queryOf('A_B', at(9), at(10)))).rejects.toThrow('answered 400');

    expect(gateIo.takeHeadroom()).toBe(7);
  });

  it.each<Readonly<Record<string, string>>>([{}, remaining('many')])(
    'is unknown where answers have the headers %j',
    async (headers) => {
      const { gateIo } = prepare();
      reply(() => ({ headers, body: [] }));

      await gateIo.candles(queryOf('A_B', at(9), at(10)));

      expect(gateIo.takeHeadroom()).toBeUndefined();
    },
  );
});

describe('the listing of a pair', () => {
  const listed = at(12) / 1_000;

  it('is asked for by its name', async () => {
    reply(() => ({ body: { id: 'BTC_USDT', buy_start: listed } }));
    const { gateIo } = prepare();

    await gateIo.listedSince('BTC_USDT', 60_000);

    expect(server.seen.map(({ path }) => path)).toEqual(['/api/v4/spot/currency_pairs/BTC_USDT']);
  });

  it.each<[string, unknown, number | null]>([
    ['seconds', { id: 'BTC_USDT', buy_start: listed }, at(12)],
    ['a text', { id: 'BTC_USDT', buy_start: String(listed) }, at(12)],
    ['zero, which is not known', { id: 'BTC_USDT', buy_start: 0 }, null],
    ['a text of zero', { id: 'BTC_USDT', buy_start: '0' }, null],
    ['nothing', { id: 'BTC_USDT' }, null],
  ])('is since %s', async (_, body, listedSinceMs) => {
    reply(() => ({ body }));
    const { gateIo, telemetry } = prepare();

    await expect(gateIo.listedSince('BTC_USDT', 60_000)).resolves.toBe(listedSinceMs);
    expect(telemetry.metrics()).toEqual([]);
  });

  it.each([
    { id: 'BTC_USDT', buy_start: 'soon' },
    { id: 'BTC_USDT', buy_start: -1 },
    { id: 'BTC_USDT', buy_start: 1.5 },
    { buy_start: 1 },
    [],
    'none',
    null,
  ])('that is none, such as %j, is asked for again', async (body) => {
    reply((_, requestNumber) => ({
      body: requestNumber === 1 ? JSON.stringify(body) : { id: 'BTC_USDT', buy_start: listed },
    }));
    const { gateIo, telemetry } = prepare();

    await expect(gateIo.listedSince('BTC_USDT', 60_000)).resolves.toBe(at(12));
    expect(telemetry.counted('ExchangeMalformed')).toBe(1);
  });

  it('is given up after its time', async () => {
    reply(() => 'hang');
    const { gateIo } = prepare({ timeoutMs: 60_000 });

    await expect(gateIo.listedSince('BTC_USDT', 50)).rejects.toThrow(
      'Gate.io did not give the listing of BTC_USDT in 50 ms',
    );
  });
});
