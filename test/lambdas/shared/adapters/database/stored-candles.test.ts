import { type QueryOptions, types } from 'cassandra-driver';
import {
  type CassandraDriver,
  createSession,
  type ResultPage,
} from '../../../../../lambdas/shared/adapters/database/cassandra-client';
import {
  readCandles,
  readStoredCandles,
  readStoredRange,
} from '../../../../../lambdas/shared/adapters/database/stored-candles';
import { parseDecimal } from '../../../../../lambdas/shared/domain/decimal';
import {
  bucketOf,
  DAY_MS,
  type Interval,
  intervalMs,
  MINUTE_MS,
} from '../../../../../lambdas/shared/domain/interval';
import { UnreadableCandleError } from '../../../../../lambdas/shared/domain/ports';

type OpenTimes = Partial<Record<Interval, readonly number[]>>;

/** A query for a page as the driver is sent it. */
interface PageRequest {
  readonly query: string;
  readonly params: (Buffer | null)[];
  readonly pageState: string | undefined;
  readonly fetchSize: number | undefined;
}

/**
 * The table `candles` behind the driver, with a candle for each open time.
 *
 * @param pageRows how many rows the pages of a query hold in turn, from the first again after the last
 */
function tableOf(openTimes: OpenTimes, pageRows: readonly number[] = [100]) {
  const requests: PageRequest[] = [];
  let rows: readonly types.Row[] = [];
  const refuse = () => Promise.reject(new Error('The reader only reads.'));
  const driver: CassandraDriver = {
    execute(query, params, options) {
      const pageState = pageStateOf(options);
      const request = { query, params, pageState, fetchSize: options.fetchSize };
      requests.push(request);
      if (request.pageState === undefined) rows = rowsOf(openTimes, request);
      return Promise.resolve(pageOf(rows, request, pageRows));
    },
    batch: refuse,
    shutdown: refuse,
  };
  const queries = () => requests.filter(({ pageState }) => pageState === undefined);
  return { session: createSession(driver), requests, queries };
}

function pageStateOf({ fetchSize, autoPage, pageState }: QueryOptions): string | undefined {
  if (fetchSize === undefined || autoPage !== false) throw new Error('Pages are to be bounded.');
  if (typeof pageState === 'string' || pageState === undefined) return pageState;
  throw new Error('A page state is handed back as it came.');
}

/** The page state is where the page starts and how many pages came before: `1500/2`. */
function pageOf(
  rows: readonly types.Row[],
  request: PageRequest,
  pageRows: readonly number[],
): ResultPage {
  const [start = 0, page = 0] = (request.pageState ?? '0/0').split('/').map(Number);
  const end = start + (pageRows[page % pageRows.length] ?? NaN);
  // As Cassandra does, a page that is full is followed by one more, which may be empty.
  const pageState = end <= rows.length ? `${end}/${page + 1}` : null;
  return { rows: rows.slice(start, end), pageState };
}

function rowsOf(openTimes: OpenTimes, { query, params }: PageRequest): types.Row[] {
  const [exchange, pair, interval, bucket, from, to, bound] = params;
  if (
    !query.includes(' FROM candles') ||
    String(exchange) !== 'gate-io' ||
    String(pair) !== 'BTC_USDT'
  )
    return [];
  const name = String(interval) as Interval;
  const bucketDays = (bucket?.readUInt32BE() ?? 0) - 0x8000_0000;
  const date = new Date(bucketDays * DAY_MS).toISOString().slice(0, 10);
  const limit = bound?.readInt32BE() ?? (query.endsWith('LIMIT 1') ? 1 : Infinity);
  const isAscending = query.includes('ORDER BY open_time ASC');
  return [...(openTimes[name] ?? [])]
    .filter((time) => bucketOf(name, time) === date)
    .filter((time) => from == null || time >= Number(from.readBigInt64BE()))
    .filter((time) => to == null || time < Number(to.readBigInt64BE()))
    .sort((a, b) => (isAscending ? a - b : b - a))
    .slice(0, limit)
    .map((time) => rowOf(time));
}

const PRICE = types.BigDecimal.fromString('11512.50');
const BASE_VOLUME = types.BigDecimal.fromString('0.00000010');
const QUOTE_VOLUME = types.BigDecimal.fromString('123456789012345678901234567890.5');

function rowOf(openTimeMs: number, changes: Record<string, unknown> = {}): types.Row {
  const columns: Record<string, unknown> = {
    open_time: new Date(openTimeMs),
    ...{ open: PRICE, high: PRICE, low: PRICE, close: PRICE },
    base_volume: BASE_VOLUME,
    quote_volume: QUOTE_VOLUME,
    ...{ minutes: 1, closed: true, observed_at: new Date(openTimeMs + 90_000), source: 'api' },
    ...changes,
  };
  return { get: (column: string) => columns[column] } as unknown as types.Row;
}

const startMs = Date.UTC(2018, 0, 30);

function times(interval: Interval, count: number, fromMs = startMs): number[] {
  return Array.from({ length: count }, (_, at) => fromMs + at * intervalMs(interval));
}

const openTimesOf = (candles: readonly { readonly openTimeMs: number }[]) =>
  candles.map(({ openTimeMs }) => openTimeMs);

const series = (interval: Interval) => ({
  exchange: 'gate-io',
  pair: 'BTC_USDT',
  interval,
});

test('a row is read exactly', async () => {
  const { session } = tableOf({ '1m': [startMs] });

  const candles = await readStoredCandles(session, {
    ...series('1m'),
    fromMs: startMs,
    toMs: startMs + MINUTE_MS,
  });

  expect(candles).toEqual([
    {
      openTimeMs: startMs,
      open: parseDecimal('11512.50'),
      high: parseDecimal('11512.50'),
      low: parseDecimal('11512.50'),
      close: parseDecimal('11512.50'),
      baseVolume: parseDecimal('0.00000010'),
      quoteVolume: parseDecimal('123456789012345678901234567890.5'),
      minuteCount: 1,
      closed: true,
      observedAtMs: startMs + 90_000,
      source: 'api',
    },
  ]);
});

test.each([
  ['1m', 2 * 1_440, '2018-01-30'],
  ['5m', 4 * 288, '2018-01-30'],
  ['15m', 6 * 96, '2018-01-30'],
  ['1h', 20 * 24, '2018-12-20'],
  ['1d', 800, '2018-01-30'],
] as const)(
  'all %s candles of a range are read, oldest first, over buckets and pages',
  async (interval, count, day) => {
    const stored = times(interval, count, Date.parse(day));
    const { session } = tableOf({ [interval]: stored });
    const fromMs = stored[5] ?? NaN;
    const toMs = stored[count - 3] ?? NaN;

    const candles = await readStoredCandles(session, { ...series(interval), fromMs, toMs });

    expect(openTimesOf(candles)).toEqual(stored.slice(5, -3));
  },
);

const EARLY_ENDS = [7, 0, 300, 0, 0, 1];

test.each(['oldest-first', 'newest-first'] as const)(
  'no candle is lost to pages that end early, or hold none, read %s',
  async (order) => {
    const stored = times('1m', 2 * 1_440);
    const { session, requests } = tableOf({ '1m': stored }, EARLY_ENDS);
    const range = { ...series('1m'), fromMs: startMs, toMs: startMs + 2 * DAY_MS, order };

    const { candles } = await readCandles(session, range);

    expect(openTimesOf(candles)).toEqual(order === 'oldest-first' ? stored : stored.toReversed());
    expect(requests.length).toBeGreaterThan(2 * EARLY_ENDS.length);
  },
);

test('a limit that reaches over pages which end early is met', async () => {
  const stored = times('1m', 2 * 1_440);
  const { session } = tableOf({ '1m': stored }, EARLY_ENDS);
  const range = { ...series('1m'), fromMs: startMs, toMs: startMs + 2 * DAY_MS, limit: 1_500 };

  const { candles } = await readCandles(session, range);

  expect(openTimesOf(candles)).toEqual(stored.slice(0, 1_500));
});

test('a row that is no candle is named', async () => {
  const driver: CassandraDriver = {
    execute: () => Promise.resolve({ rows: [rowOf(startMs, { high: null })], pageState: null }),
    batch: () => Promise.reject(new Error('unexpected batch')),
    shutdown: () => Promise.reject(new Error('unexpected shutdown')),
  };
  const range = { ...series('1m'), fromMs: startMs, toMs: startMs + MINUTE_MS };

  const reading = readStoredCandles(createSession(driver), range);

  await expect(reading).rejects.toThrow(UnreadableCandleError);
  await expect(reading).rejects.toThrow(
    'candle of gate-io:BTC_USDT that opens at 2018-01-30T00:00:00.000Z',
  );
});

test('a row that is no candle is reported beside the others', async () => {
  const driver: CassandraDriver = {
    execute: () =>
      Promise.resolve({
        rows: [rowOf(startMs, { high: null }), rowOf(startMs + MINUTE_MS)],
        pageState: null,
      }),
    batch: () => Promise.reject(new Error('unexpected batch')),
    shutdown: () => Promise.reject(new Error('unexpected shutdown')),
  };
  const range = { ...series('1m'), fromMs: startMs, toMs: startMs + 2 * MINUTE_MS };

  const { candles, unreadable } = await readCandles(createSession(driver), range);

  expect(openTimesOf(candles)).toEqual([startMs + MINUTE_MS]);
  expect(unreadable).toMatchObject([{ interval: '1m', openTimeMs: startMs }]);
});

test('an unknown quote volume is read as such', async () => {
  const driver: CassandraDriver = {
    execute: () =>
      Promise.resolve({ rows: [rowOf(startMs, { quote_volume: null })], pageState: null }),
    batch: () => Promise.reject(new Error('unexpected batch')),
    shutdown: () => Promise.reject(new Error('unexpected shutdown')),
  };
  const range = { ...series('1m'), fromMs: startMs, toMs: startMs + MINUTE_MS };

  const { candles } = await readCandles(createSession(driver), range);

  expect(candles).toMatchObject([{ quoteVolume: null }]);
});

test('a limit takes the oldest, and reads no further than it needs', async () => {
  const stored = times('1m', 5 * 1_440);
  const { session, queries } = tableOf({ '1m': stored });
  const range = { ...series('1m'), fromMs: startMs, toMs: startMs + 5 * DAY_MS, limit: 1_500 };

  const candles = await readStoredCandles(session, range);

  expect(openTimesOf(candles)).toEqual(stored.slice(0, 1_500));
  expect(queries()).toHaveLength(2);
});

test('the newest are taken from the other end', async () => {
  const stored = times('1m', 5 * 1_440);
  const { session, requests } = tableOf({ '1m': stored });
  const range = { ...series('1m'), fromMs: startMs, toMs: startMs + 5 * DAY_MS, limit: 20 };

  const candles = await readStoredCandles(session, { ...range, order: 'newest-first' });

  expect(openTimesOf(candles)).toEqual(stored.slice(-20).reverse());
  expect(requests).toHaveLength(1);
});

test('a page has no more rows than are wanted', async () => {
  const stored = times('1m', 5 * 1_440);
  const { session, requests } = tableOf({ '1m': stored });
  const range = { ...series('1m'), fromMs: startMs, toMs: startMs + 5 * DAY_MS };

  await readStoredCandles(session, { ...range, order: 'newest-first', limit: 2 });
  await readStoredCandles(session, { ...range, limit: 1_441 });
  await readStoredCandles(session, range);

  const sizes = requests
    .filter(({ pageState }) => pageState === undefined)
    .map(({ fetchSize }) => fetchSize);
  expect(sizes).toEqual([2, 1_441, 1, ...Array<number>(5).fill(5_000)]);
});

test.each(['oldest-first', 'newest-first'] as const)(
  'years without candles are leapt over, %s',
  async (order) => {
    const old = startMs - 3_000 * DAY_MS;
    const stored = [old, old + MINUTE_MS, startMs - 2 * DAY_MS, startMs];
    const days = [old, startMs - 2 * DAY_MS, startMs];
    const { session, queries } = tableOf({ '1m': stored, '1d': days });
    const range = { ...series('1m'), fromMs: 0, toMs: startMs + 400 * DAY_MS, order };

    const candles = await readStoredCandles(session, range);

    expect(openTimesOf(candles)).toEqual(order === 'oldest-first' ? stored : stored.toReversed());
    expect(queries().length).toBeLessThan(15);
  },
);

test('an empty range asks for nothing', async () => {
  const { session, requests } = tableOf({ '1m': times('1m', 10) });

  const range = { ...series('1m'), fromMs: startMs, toMs: startMs };

  expect(await readStoredCandles(session, range)).toEqual([]);
  expect(requests).toEqual([]);
});

test.each(['1m', '5m', '1h', '1d'] as const)(
  'the stored range of %s candles goes from the oldest to the end of the newest',
  async (interval) => {
    const first = startMs + 600 * MINUTE_MS;
    const stored =
      interval === '1d' ? times('1d', 500) : [first, ...times(interval, 3, startMs + 499 * DAY_MS)];
    const { session } = tableOf({ '1d': times('1d', 500), [interval]: stored });

    expect(await readStoredRange(session, series(interval))).toEqual({
      fromMs: stored[0],
      toMs: (stored.at(-1) ?? NaN) + intervalMs(interval),
    });
  },
);

test('no range is stored of a pair without candles', async () => {
  const { session } = tableOf({});

  expect(await readStoredRange(session, series('5m'))).toBeUndefined();
});
