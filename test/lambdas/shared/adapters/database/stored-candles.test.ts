import { types } from 'cassandra-driver';
import {
  type CassandraDriver,
  type CassandraSession,
  createSession,
} from '../../../../../lambdas/shared/adapters/database/cassandra-client';
import {
  readCandles,
  readStoredCandles,
  readStoredRange,
} from '../../../../../lambdas/shared/adapters/database/stored-candles';
import { parseDecimal } from '../../../../../lambdas/shared/domain/decimal';
import {
  DAY_MS,
  type Interval,
  intervalMs,
  MINUTE_MS,
} from '../../../../../lambdas/shared/domain/interval';
import { UnreadableCandleError } from '../../../../../lambdas/shared/domain/ports';
import { EARLY_ENDS, type OpenTimes, rowOf, tableOf, times as timesFrom } from './candles-table';

const startMs = Date.UTC(2018, 0, 30);

function times(interval: Interval, count: number, fromMs = startMs): number[] {
  return timesFrom(interval, count, fromMs);
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

test.each([
  ['minutes', null, 'it holds null minutes'],
  ['closed', null, 'its closed is null'],
  ['source', null, 'its source is null'],
  ['source', 'hearsay', 'expected api or archive'],
  ['close', null, 'its close is null'],
  ['low', types.BigDecimal.fromString('12000'), 'its low 12000 is above its open 11512.50'],
])('an invalid row, with a %s of %s, is no answer', async (column, value, reason) => {
  const driver = answering(rowOf(startMs, { [column]: value }));
  const range = { ...series('1m'), fromMs: startMs, toMs: startMs + MINUTE_MS };

  const reading = readStoredCandles(createSession(driver), range);

  await expect(reading).rejects.toThrow(UnreadableCandleError);
  await expect(reading).rejects.toThrow(reason);
});

/** A driver that answers each read with the same rows. */
function answering(...rows: types.Row[]): CassandraDriver {
  return {
    execute: () => Promise.resolve({ rows, pageState: null }),
    batch: () => Promise.reject(new Error('unexpected batch')),
    shutdown: () => Promise.reject(new Error('unexpected shutdown')),
  };
}

test('a row that is no candle is reported beside the others', async () => {
  const driver = answering(rowOf(startMs, { high: null }), rowOf(startMs + MINUTE_MS));
  const range = { ...series('1m'), fromMs: startMs, toMs: startMs + 2 * MINUTE_MS };

  const { candles, unreadable } = await readCandles(createSession(driver), range);

  expect(openTimesOf(candles)).toEqual([startMs + MINUTE_MS]);
  expect(unreadable).toMatchObject([{ interval: '1m', openTimeMs: startMs }]);
});

test.each([
  ['whose time is no minute', startMs + 30_000, {}],
  ['whose prices contradict each other', startMs, { low: types.BigDecimal.fromString('12000') }],
  ['that holds seven minutes', startMs, { minutes: 7 }],
])('an invalid row, %s, is reported beside the others', async (_, openTimeMs, changes) => {
  const driver = answering(rowOf(openTimeMs, changes), rowOf(startMs + MINUTE_MS));
  const range = { ...series('1m'), fromMs: startMs, toMs: startMs + 2 * MINUTE_MS };

  const { candles, unreadable } = await readCandles(createSession(driver), range);

  expect(openTimesOf(candles)).toEqual([startMs + MINUTE_MS]);
  expect(unreadable).toMatchObject([{ interval: '1m', openTimeMs }]);
  expect(String(unreadable[0]?.cause)).toMatch(/^InvalidCandleError: /);
});

test('a candle comes with the time of its observation, if its row has that', async () => {
  const observedAt = new Date(startMs + DAY_MS);
  const driver = answering(
    rowOf(startMs, { observed_at: observedAt }),
    rowOf(startMs + MINUTE_MS, { observed_at: null }),
  );
  const range = { ...series('1m'), fromMs: startMs, toMs: startMs + 2 * MINUTE_MS };

  const { candles, unreadable } = await readCandles(createSession(driver), range);

  expect(candles.map(({ observedAtMs }) => observedAtMs)).toEqual([startMs + DAY_MS, undefined]);
  expect(unreadable).toEqual([]);
});

test('an unknown quote volume is read as such', async () => {
  const driver = answering(rowOf(startMs, { quote_volume: null }));
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

test.each(['oldest-first', 'newest-first'] as const)(
  'a market with a trade a day is read in a few turns, %s',
  async (order) => {
    const days = times('1d', 1_200);
    const stored = days.map((dayMs) => dayMs + 7 * MINUTE_MS);
    const { session, turns } = tableInTurns({ '1m': stored, '1d': days });
    const range = { ...series('1m'), fromMs: startMs, toMs: startMs + 1_200 * DAY_MS };

    const candles = await readStoredCandles(session, { ...range, order, limit: 1_001 });

    const ordered = order === 'oldest-first' ? stored : stored.toReversed();
    expect(openTimesOf(candles)).toEqual(ordered.slice(0, 1_001));
    expect(turns()).toBeLessThan(140);
  },
);

/** A table, and how often it was asked something while nothing else was under way. */
function tableInTurns(openTimes: OpenTimes) {
  const { session } = tableOf(openTimes);
  let turns = 0;
  let underWay = 0;
  const rows: CassandraSession['rows'] = async (statement) => {
    if (underWay++ === 0) turns += 1;
    try {
      return await session.rows(statement);
    } finally {
      underWay -= 1;
    }
  };
  return { session: { ...session, rows }, turns: () => turns };
}

test('days tell how many buckets a limit needs', async () => {
  const dense = times('1m', 5 * 1_440, startMs + DAY_MS);
  const stored = [startMs, ...dense];
  const minutes = { [startMs]: 1 };
  const { session, queries } = tableOf({ '1m': stored, '1d': times('1d', 6) }, [100], (dayMs) => ({
    minutes: minutes[dayMs] ?? 1_440,
  }));
  const range = { ...series('1m'), fromMs: startMs, toMs: startMs + 6 * DAY_MS, limit: 1_001 };

  expect(openTimesOf(await readStoredCandles(session, range))).toEqual(stored.slice(0, 1_001));
  expect(queries()).toHaveLength(3);
});

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
