import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  createGateIo,
  type GateIoOptions,
} from '../../../../../lambdas/shared/adapters/exchanges/gate-io';
import { MINUTE_MS } from '../../../../../lambdas/shared/domain/interval';
import type { MetricName } from '../../../../../lambdas/shared/domain/metrics';
import type { MinutesQuery } from '../../../../../lambdas/shared/domain/ports';
import { at, DAY } from '../../../../fakes/candles';
import { FakeTelemetry } from '../../../../fakes/fakes';

/** What the server answers a request with; nothing for a request that it leaves hanging. */
interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}
type Script = (query: URLSearchParams, requestNumber: number) => Answer | 'hang' | 'reset';

interface Seen {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly atMs: number;
}

let server: Server;
let script: Script;
let seen: Seen[];
/** Told of each request that was left hanging and is given up by the other side. */
let givenUp: () => void;

beforeAll(async () => {
  server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
beforeEach(() => {
  seen = [];
  script = () => {
    throw new Error('unexpected request');
  };
  givenUp = () => undefined;
});
afterEach(() => jest.useRealTimers());
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function answer(request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '', 'http://127.0.0.1');
  seen.push({
    path: url.pathname,
    query: url.searchParams,
    headers: request.headers,
    atMs: Date.now(),
  });
  const said = script(url.searchParams, seen.length);
  if (said === 'hang') {
    response.on('close', () => givenUp());
    return;
  }
  if (said === 'reset') {
    request.socket.destroy();
    return;
  }
  response.writeHead(said.status ?? 200, { 'content-type': 'application/json', ...said.headers });
  response.end(typeof said.body === 'string' ? said.body : JSON.stringify(said.body));
}

/** Waits for something while faked time passes, in steps that leave real sockets their turns. */
async function timePassing<T>(awaited: Promise<T>): Promise<T> {
  let done = false;
  const mark = () => {
    done = true;
  };
  awaited.then(mark, mark);
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- it is set from a callback
  while (!done) {
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
    await jest.advanceTimersByTimeAsync(50);
  }
  return awaited;
}

function prepare(options: Partial<GateIoOptions> = {}) {
  const telemetry = new FakeTelemetry();
  const { port } = server.address() as AddressInfo;
  const gateIo = createGateIo({
    baseUrl: `http://127.0.0.1:${port}/api/v4`,
    telemetry,
    requestsPerWindow: 180,
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
  fields: Partial<MinutesQuery> = {},
): MinutesQuery {
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
    script = (query) => ({ body: rowsFor(query) });
    const { gateIo } = prepare();

    await gateIo.minutes(queryOf('BTC_USDT', at(12, 3), at(12, 7)));

    expect(seen.map(({ path }) => path)).toEqual(['/api/v4/spot/candlesticks']);
    expect(Object.fromEntries(seen[0]?.query ?? [])).toEqual({
      currency_pair: 'BTC_USDT',
      interval: '1m',
      from: String(at(12, 3) / 1_000),
      to: String(at(12, 6) / 1_000),
    });
    expect(seen[0]?.headers['x-client-request-id']).toMatch(/^[\da-f-]{36}$/);
  });

  it('is one a page of at most 1,000 minutes', async () => {
    script = (query) => ({ body: rowsFor(query) });
    const { gateIo } = prepare();

    const minutes = await gateIo.minutes(queryOf('BTC_USDT', DAY, DAY + 1_440 * MINUTE_MS));

    const pages = seen.map(({ query }) => [Number(query.get('from')), Number(query.get('to'))]);
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
    script = (query) => ({ body: rowsFor(query) });
    const { gateIo } = prepare();

    await gateIo.minutes(queryOf('BTC_USDT', DAY, DAY + 1_000 * MINUTE_MS));

    expect(seen).toHaveLength(1);
  });

  it('is none for an empty range', async () => {
    const { gateIo } = prepare();

    expect(await gateIo.minutes(queryOf('BTC_USDT', DAY, DAY))).toEqual([]);
    expect(seen).toEqual([]);
  });
});

describe('the candles', () => {
  it('have each value from its place, to the last digit', async () => {
    script = () => ({ body: [rowAt(at(12, 3))] });
    const { gateIo } = prepare();

    expect(await gateIo.minutes(queryOf('BTC_USDT', at(12, 3), at(12, 4)))).toEqual([
      {
        openTimeMs: at(12, 3),
        open: { unscaled: 677151n, scale: 1 },
        high: { unscaled: 678399n, scale: 1 },
        low: { unscaled: 67715n, scale: 0 },
        close: { unscaled: 677725n, scale: 1 },
        baseVolume: { unscaled: 1707790000n, scale: 8 },
        quoteVolume: { unscaled: 115776286821200n, scale: 8 },
        minutes: 1,
      },
    ]);
  });

  it('are without the one that is still open', async () => {
    script = () => ({ body: [rowAt(at(12, 3)), rowAt(at(12, 4), { 7: 'false' })] });
    const { gateIo } = prepare();

    const minutes = await gateIo.minutes(queryOf('BTC_USDT', at(12, 3), at(12, 5)));

    expect(minutes.map(({ openTimeMs }) => openTimeMs)).toEqual([at(12, 3)]);
  });

  it('have those that are marked as open though newer ones have settled', async () => {
    const open = { 7: 'false' };
    script = () => ({ body: [rowAt(at(12, 3), open), rowAt(at(12, 4), open), rowAt(at(12, 5))] });
    const { gateIo } = prepare();

    const minutes = await gateIo.minutes(
      queryOf('BTC_USDT', at(12, 3), at(12, 6), { closedBeforeMs: at(12, 4) }),
    );

    expect(minutes.map(({ openTimeMs }) => openTimeMs)).toEqual([at(12, 3), at(12, 5)]);
  });

  it('are as few as there are: minutes without a trade stay absent', async () => {
    script = () => ({ body: [] });
    const { gateIo } = prepare();

    expect(await gateIo.minutes(queryOf('BTC_USDT', at(12), at(13)))).toEqual([]);
  });

  it('are in time order, each minute once, whatever the order of the rows', async () => {
    script = () => ({ body: [rowAt(at(12, 5)), rowAt(at(12, 3)), rowAt(at(12, 5))] });
    const { gateIo } = prepare();

    const minutes = await gateIo.minutes(queryOf('BTC_USDT', at(12, 3), at(12, 7)));

    expect(minutes.map(({ openTimeMs }) => openTimeMs)).toEqual([at(12, 3), at(12, 5)]);
  });
});

describe('a failure that may pass', () => {
  const good = (query: URLSearchParams): Answer => ({ body: rowsFor(query) });
  const once = (first: ReturnType<Script>): Script => {
    return (query, requestNumber) => (requestNumber === 1 ? first : good(query));
  };

  it.each<[string, ReturnType<Script>, MetricName]>([
    ['500', { status: 500, body: 'oops' }, 'ExchangeServerError'],
    ['503 with a label', { status: 503, body: { label: 'BUSY' } }, 'ExchangeServerError'],
    ['a connection that is reset', 'reset', 'ExchangeNetworkError'],
  ])('such as %s is met by asking again, and counted', async (_, first, metric) => {
    script = once(first);
    const { gateIo, telemetry } = prepare();

    expect(await gateIo.minutes(queryOf('BTC_USDT', at(12), at(12, 5)))).toHaveLength(5);
    expect(seen).toHaveLength(2);
    expect(telemetry.counted(metric)).toBe(1);
  });

  it('such as 429 is met by asking again, not before the limit is reset', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    const resetSeconds = Math.ceil(Date.now() / 1_000) + 4;
    const headers = {
      'X-Gate-RateLimit-Requests-Remain': '0',
      'X-Gate-RateLimit-Limit': '200',
      'X-Gate-RateLimit-Reset-Timestamp': String(resetSeconds),
    };
    script = once({ status: 429, headers, body: { label: 'TOO_MANY_REQUESTS', message: 'slow' } });
    const { gateIo, telemetry } = prepare();

    await timePassing(gateIo.minutes(queryOf('BTC_USDT', at(12), at(12, 5))));

    expect(telemetry.counted('ExchangeRateLimited')).toBe(1);
    expect(seen).toHaveLength(2);
    expect(seen[1]?.atMs).toBeGreaterThanOrEqual(resetSeconds * 1_000);
  });

  it('such as an answer that does not come is given up after the time limit', async () => {
    script = once('hang');
    const { gateIo, telemetry } = prepare({ timeoutMs: 100 });

    expect(await gateIo.minutes(queryOf('BTC_USDT', at(12), at(12, 5)))).toHaveLength(5);
    expect(telemetry.counted('ExchangeTimedOut')).toBe(1);
  });

  it('that does not pass fails the range after the last repetition', async () => {
    script = () => ({ status: 502, body: '<html>' });
    const { gateIo, telemetry } = prepare();

    await expect(gateIo.minutes(queryOf('BTC_USDT', at(12), at(12, 5)))).rejects.toMatchObject({
      name: 'GateIoError',
      failure: 'ServerError',
      message: 'Gate.io answered 502 (no label) for BTC_USDT: <html>',
    });
    expect(seen).toHaveLength(3);
    expect(telemetry.counted('ExchangeServerError')).toBe(3);
  });

  it('of one page fails the range: a part is never given', async () => {
    const second = String(DAY / 1_000 + 60_000);
    script = (query) =>
      query.get('from') === second ? { status: 500, body: '' } : { body: rowsFor(query) };
    const { gateIo } = prepare();

    await expect(gateIo.minutes(queryOf('BTC_USDT', DAY, at(23)))).rejects.toThrow('answered 500');
  });

  it('of a server that is not there is named with its address', async () => {
    const { gateIo, telemetry } = prepare({ baseUrl: 'http://127.0.0.1:1/api/v4', retries: 1 });

    await expect(gateIo.minutes(queryOf('BTC_USDT', at(12), at(12, 5)))).rejects.toThrow(
      'Gate.io could not be reached: http://127.0.0.1:1/api/v4/spot/candlesticks?',
    );
    expect(telemetry.counted('ExchangeNetworkError')).toBe(2);
  });
});

describe('a query that runs out of time', () => {
  it.each([50, 0, -1_000])(
    'is given up after %d ms, whatever a request may take',
    async (withinMs) => {
      script = () => 'hang';
      const { gateIo } = prepare({ timeoutMs: 60_000 });

      const minutes = gateIo.minutes(queryOf('BTC_USDT', at(12), at(12, 5), { withinMs }));

      await expect(minutes).rejects.toMatchObject({
        name: 'GateIoError',
        failure: 'TimedOut',
        message: `Gate.io did not give all minutes of BTC_USDT in ${withinMs} ms`,
      });
    },
  );

  it('does not wait for its turn either', async () => {
    script = (query) => ({ body: rowsFor(query) });
    const { gateIo } = prepare({ requestsPerWindow: 1 });
    await gateIo.minutes(queryOf('BTC_USDT', at(12), at(12, 5)));

    const minutes = gateIo.minutes(queryOf('ETH_USDT', at(12), at(12, 5), { withinMs: 50 }));

    await expect(minutes).rejects.toMatchObject({ failure: 'TimedOut' });
    expect(seen.map(({ query }) => query.get('currency_pair'))).not.toContain('ETH_USDT');
  });
});

describe('a page that fails for good', () => {
  const refused: Answer = { status: 400, body: { label: 'INVALID_PARAM_VALUE' } };

  it('ends the requests of the other pages', async () => {
    const ended = new Promise<void>((resolve) => {
      givenUp = resolve;
    });
    script = (_, requestNumber) => (requestNumber === 1 ? 'hang' : refused);
    const { gateIo, telemetry } = prepare({ timeoutMs: 60_000 });

    await expect(gateIo.minutes(queryOf('BTC_USDT', DAY, at(23)))).rejects.toMatchObject({
      failure: 'Refused',
    });
    await ended;

    expect(seen).toHaveLength(2);
    expect(telemetry.counted('ExchangeRefused')).toBe(1);
  });

  it('keeps the pages that wait for their turn from being asked for', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    script = () => refused;
    const { gateIo } = prepare({ requestsPerWindow: 1 });

    await expect(gateIo.minutes(queryOf('BTC_USDT', DAY, at(23)))).rejects.toMatchObject({
      failure: 'Refused',
    });
    script = (query) => ({ body: rowsFor(query) });
    await timePassing(gateIo.minutes(queryOf('ETH_USDT', at(12), at(12, 5))));

    expect(seen.map(({ query }) => query.get('currency_pair'))).toEqual(['BTC_USDT', 'ETH_USDT']);
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
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    const startMs = Date.now();
    const resetMs = startMs + (waitMs === 10_000 ? 3_600_000 : 4_000);
    script = (query, requestNumber) => ({
      body: rowsFor(query),
      ...(requestNumber === 1 ? { headers: limited(remaining, resetMs) } : {}),
    });
    const { gateIo, telemetry } = prepare();

    await gateIo.minutes(queryOf('BTC_USDT', at(12), at(12, 5)));
    await timePassing(gateIo.minutes(queryOf('BTC_USDT', at(12), at(12, 5))));

    const waitedMs = (seen[1]?.atMs ?? 0) - startMs;
    expect(waitedMs).toBeGreaterThanOrEqual(waitMs);
    expect(waitedMs).toBeLessThan(waitMs + 1_000);
    expect(telemetry.counted('ExchangeRateLimited')).toBe(0);
  });

  it('takes a header that says no number as absent, and obeys the next one', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    const startMs = Date.now();
    const headers = [
      { 'X-Gate-RateLimit-Requests-Remain': 'many' },
      { 'X-Gate-RateLimit-Requests-Remain': '' },
      { 'X-Gate-RateLimit-Requests-Remain': '1', 'X-Gate-RateLimit-Reset-Timestamp': 'soon' },
      limited(1, startMs + 6_000),
    ];
    script = (query, requestNumber) => ({
      body: rowsFor(query),
      headers: headers[requestNumber - 1] ?? {},
    });
    const { gateIo } = prepare();

    for (let request = 1; request <= 5; request++) {
      await timePassing(gateIo.minutes(queryOf('BTC_USDT', at(12), at(12, 5))));
    }

    // The time passes in steps of 50 ms, and a request arrives a few of them late at most.
    const waitedS = seen.map(({ atMs }) => Math.floor((atMs - startMs) / 1_000));
    expect(waitedS).toEqual([0, 0, 0, 1, 6]);
  });

  it('holds back for the longest wait that any answer asked for', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    const startMs = Date.now();
    script = (query, requestNumber) => ({
      body: rowsFor(query),
      ...(requestNumber <= 2
        ? { headers: limited(1, startMs + (requestNumber === 1 ? 6_000 : 1_000)) }
        : {}),
    });
    const { gateIo } = prepare();

    await Promise.all(
      ['A_B', 'C_D'].map((pair) => gateIo.minutes(queryOf(pair, at(12), at(12, 5)))),
    );
    await timePassing(gateIo.minutes(queryOf('E_F', at(12), at(12, 5))));

    expect((seen[2]?.atMs ?? 0) - startMs).toBeGreaterThanOrEqual(6_000);
  });
});

describe('a failure that will not pass by itself', () => {
  it.each<['UnknownPair' | 'Refused', { label: string; message: string }]>([
    ['UnknownPair', { label: 'INVALID_CURRENCY_PAIR', message: 'no such pair' }],
    ['Refused', { label: 'INVALID_PARAM_VALUE', message: 'Candlestick too long ago.' }],
  ])('such as %s is not tried again', async (failure, body) => {
    script = () => ({ status: 400, body });
    const { gateIo, telemetry } = prepare();

    await expect(gateIo.minutes(queryOf('NO_PAIR', at(12), at(12, 5)))).rejects.toMatchObject({
      failure,
      message: `Gate.io answered 400 ${body.label} for NO_PAIR: ${body.message}`,
    });
    expect(seen).toHaveLength(1);
    expect(telemetry.counted(`Exchange${failure}`)).toBe(1);
  });

  it.each<[string, unknown]>([
    ['no JSON', '<html>maintenance</html>'],
    ['JSON that is cut short', '[["1768478580","1"'],
    ['no list', { label: 'ODD' }],
    ['rows of seven', [rowAt(at(12)).slice(0, 7)]],
    ['rows of nine', [[...rowAt(at(12)), 'more']]],
    ['numbers in place of texts', [rowAt(at(12), { 2: 67772.5 })]],
    ['a truth value in place of a text', [rowAt(at(12), { 7: true })]],
    ['a price that is none', [rowAt(at(12), { 5: 'NaN' })]],
    ['a price in exponents', [rowAt(at(12), { 5: '6.7e4' })]],
    ['a price of zero', [rowAt(at(12), { 2: '0', 3: '0', 4: '0', 5: '0' })]],
    ['a low above its open', [rowAt(at(12), { 4: '67716' })]],
    ['a negative volume', [rowAt(at(12), { 6: '-1' })]],
    ['a time within a minute', [rowAt(at(12) + 1_000)]],
    ['a minute before the page', [rowAt(at(11, 59))]],
    ['a minute after the page', [rowAt(at(12, 5))]],
  ])('such as %s is malformed', async (_, body) => {
    script = () => ({ body });
    const { gateIo, telemetry } = prepare();

    await expect(gateIo.minutes(queryOf('BTC_USDT', at(12), at(12, 5)))).rejects.toMatchObject({
      name: 'GateIoError',
      failure: 'Malformed',
    });
    expect(seen).toHaveLength(1);
    expect(telemetry.counted('ExchangeMalformed')).toBe(1);
  });
});

describe('the rate limit', () => {
  it('lets no more requests be sent in a window than are allowed', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    script = (query) => ({ body: rowsFor(query) });
    const { gateIo } = prepare({ requestsPerWindow: 3 });
    const pairs = ['A_B', 'C_D', 'E_F', 'G_H', 'I_J', 'K_L', 'M_N'];

    await timePassing(
      Promise.all(pairs.map((pair) => gateIo.minutes(queryOf(pair, at(12), at(12, 1))))),
    );

    const times = seen.map(({ atMs }) => atMs);
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
    script = (_, number) => ({ headers: remaining(told[number - 1] ?? ''), body: [] });

    for (const pair of ['A_B', 'B_C', 'C_D']) await gateIo.minutes(queryOf(pair, at(9), at(10)));

    expect(gateIo.takeHeadroom()).toBe(42);
    expect(gateIo.takeHeadroom()).toBeUndefined();
  });

  it('is told by a refusal too', async () => {
    const { gateIo } = prepare({ retries: 0 });
    const body = { label: 'INVALID_CURRENCY_PAIR', message: '' };
    script = () => ({ status: 400, headers: remaining('7'), body });

    await expect(gateIo.minutes(queryOf('A_B', at(9), at(10)))).rejects.toThrow('answered 400');

    expect(gateIo.takeHeadroom()).toBe(7);
  });

  it.each<Readonly<Record<string, string>>>([{}, remaining('many')])(
    'is unknown where answers have the headers %j',
    async (headers) => {
      const { gateIo } = prepare();
      script = () => ({ headers, body: [] });

      await gateIo.minutes(queryOf('A_B', at(9), at(10)));

      expect(gateIo.takeHeadroom()).toBeUndefined();
    },
  );
});
