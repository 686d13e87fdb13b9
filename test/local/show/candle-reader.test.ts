import { types } from 'cassandra-driver';
import {
  type CassandraSession,
  type Statement,
} from '../../../lambdas/shared/adapters/database/cassandra-client';
import {
  DAY_MS,
  intervalMs,
  type Interval,
  MINUTE_MS,
} from '../../../lambdas/shared/domain/interval';
import { bucketOf } from '../../../lambdas/shared/domain/bucket';
import {
  readNewestCandles,
  readStoredCandles,
  readStoredRange,
} from '../../../local/show/candle-reader';

/** The table `candles` with one candle a member; answers what the reader may ask, a page at most. */
function tableOf(openTimes: Partial<Record<Interval, readonly number[]>>) {
  const statements: Statement[] = [];
  const rows = (statement: Statement) => {
    statements.push(statement);
    return Promise.resolve(answer(openTimes, statement));
  };
  const refuse = () => Promise.reject(new Error('The reader only reads.'));
  const session: CassandraSession = { rows, write: refuse, close: refuse };
  return { session, statements };
}

const PAGE = 5_000;

function answer(
  openTimes: Partial<Record<Interval, readonly number[]>>,
  { query, params }: Statement,
): types.Row[] {
  const [pair, interval, bucket, from, to, bound] = params;
  if (!query.includes(' FROM candles') || String(pair) !== 'BTC_USDT') return [];
  const name = String(interval) as Interval;
  const bucketDays = (bucket?.readUInt32BE() ?? 0) - 0x8000_0000;
  const date = new Date(bucketDays * DAY_MS).toISOString().slice(0, 10);
  const limit = bound?.readInt32BE() ?? (query.endsWith('LIMIT 1') ? 1 : PAGE);
  const isAscending = query.includes('ORDER BY open_time ASC');
  return [...(openTimes[name] ?? [])]
    .filter((time) => bucketOf(name, time) === date)
    .filter((time) => from === undefined || time >= Number(from.readBigInt64BE()))
    .filter((time) => to === undefined || time < Number(to.readBigInt64BE()))
    .sort((a, b) => (isAscending ? a - b : b - a))
    .slice(0, Math.min(limit, PAGE))
    .map(rowOf);
}

function rowOf(openTimeMs: number): types.Row {
  const price = types.BigDecimal.fromString('11512.50');
  const columns: Record<string, unknown> = {
    open_time: new Date(openTimeMs),
    ...{ open: price, high: price, low: price, close: price },
    base_volume: types.BigDecimal.fromString('0.00000010'),
    quote_volume: types.BigDecimal.fromString('123456789012345678901234567890.5'),
    ...{ minutes: 1, closed: true, observed_at: new Date(openTimeMs + 90_000), source: 'gate.io' },
  };
  return { get: (column: string) => columns[column] } as unknown as types.Row;
}

const startMs = Date.UTC(2018, 0, 30);

function times(interval: Interval, count: number, fromMs = startMs): number[] {
  return Array.from({ length: count }, (_, at) => fromMs + at * intervalMs(interval));
}

const openTimesOf = (candles: readonly { readonly openTimeMs: number }[]) =>
  candles.map(({ openTimeMs }) => openTimeMs);

const series = (interval: Interval) => ({ pair: 'BTC_USDT', interval });

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
      open: '11512.50',
      high: '11512.50',
      low: '11512.50',
      close: '11512.50',
      baseVolume: '0.00000010',
      quoteVolume: '123456789012345678901234567890.5',
      minutes: 1,
      closed: true,
      observedAtMs: startMs + 90_000,
      source: 'gate.io',
    },
  ]);
});

test.each([
  ['1m', 3 * 1_440],
  ['5m', 40 * 288],
  ['15m', 70 * 96],
  ['1h', 800 * 24],
  ['1d', 9_000],
] as const)(
  'all %s candles of a range are read, oldest first, over buckets and pages',
  async (interval, count) => {
    const stored = times(interval, count);
    const { session } = tableOf({ [interval]: stored });
    const fromMs = stored[5] ?? NaN;
    const toMs = stored[count - 3] ?? NaN;

    const candles = await readStoredCandles(session, { ...series(interval), fromMs, toMs });

    expect(openTimesOf(candles)).toEqual(stored.slice(5, -3));
  },
);

test('a limit takes the oldest, and reads no further than it needs', async () => {
  const stored = times('1m', 5 * 1_440);
  const { session, statements } = tableOf({ '1m': stored });
  const range = { ...series('1m'), fromMs: startMs, toMs: startMs + 5 * DAY_MS, limit: 1_500 };

  const candles = await readStoredCandles(session, range);

  expect(openTimesOf(candles)).toEqual(stored.slice(0, 1_500));
  expect(statements).toHaveLength(2);
});

test('the newest are taken from the other end, oldest first as well', async () => {
  const stored = times('1m', 5 * 1_440);
  const { session, statements } = tableOf({ '1m': stored });
  const range = { ...series('1m'), fromMs: startMs, toMs: startMs + 5 * DAY_MS, limit: 20 };

  const candles = await readNewestCandles(session, range);

  expect(openTimesOf(candles)).toEqual(stored.slice(-20));
  expect(statements).toHaveLength(1);
});

test('an empty range asks for nothing', async () => {
  const { session, statements } = tableOf({ '1m': times('1m', 10) });

  const range = { ...series('1m'), fromMs: startMs, toMs: startMs };

  expect(await readStoredCandles(session, range)).toEqual([]);
  expect(statements).toEqual([]);
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
