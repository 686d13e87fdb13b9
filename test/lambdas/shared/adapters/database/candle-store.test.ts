import { types } from 'cassandra-driver';
import { createCandleStore } from '../../../../../lambdas/shared/adapters/database/candle-store';
import type {
  CassandraSession,
  Statement,
} from '../../../../../lambdas/shared/adapters/database/cassandra-client';
import { type Decimal, parseDecimal } from '../../../../../lambdas/shared/domain/decimal';
import { DAY_MS, INTERVALS } from '../../../../../lambdas/shared/domain/interval';
import { writeTimeUs } from '../../../../../lambdas/shared/domain/write-time';
import { rollUp } from '../../../../../lambdas/shared/domain/roll-up';
import {
  newestOf,
  type ObservedSegment,
  type RolledSegment,
} from '../../../../../lambdas/shared/domain/segment';
import {
  at,
  countOf,
  DAY,
  auditOf,
  minuteAt,
  minutesIn,
  observedOf,
} from '../../../../fakes/candles';

/** A session that keeps what is written, and answers a query from its first two values. */
class FakeSession implements CassandraSession {
  readonly batches: (readonly Statement[])[] = [];
  readonly queries: Statement[] = [];
  readonly #answer: (statement: Statement) => types.Row[];
  broken = false;

  constructor(answer: (statement: Statement) => types.Row[] = unexpectedQuery) {
    this.#answer = answer;
  }
  rows(statement: Statement): Promise<types.Row[]> {
    this.queries.push(statement);
    return Promise.resolve(this.#answer(statement));
  }
  write(statements: readonly Statement[]): Promise<void> {
    this.batches.push(statements);
    return this.broken ? Promise.reject(new Error('no answer')) : Promise.resolve();
  }
  close(): Promise<void> {
    throw new Error('unexpected close');
  }
}

function unexpectedQuery({ query }: Statement): types.Row[] {
  throw new Error(`unexpected query: ${query}`);
}

/** The columns of an INSERT with their values, decoded by the driver's own types. */
function written({ query, params }: Statement): Record<string, Buffer | null> {
  const [, list = ''] = /\(([^)]*)\)/.exec(query) ?? [];
  const columns = [...list.split(',').map((column) => column.trim()), 'TIMESTAMP'];
  expect(query).toMatch(/USING TIMESTAMP \?$/);
  expect(params).toHaveLength(columns.length);
  return Object.fromEntries(columns.map((column, index) => [column, params[index] ?? null]));
}

function text(value: Buffer | null | undefined): string {
  return value?.toString('utf8') ?? 'absent';
}

function long(value: Buffer | null | undefined): number {
  return Number(value?.readBigInt64BE());
}

function date(value: Buffer | null | undefined): string {
  return types.LocalDate.fromBuffer(value ?? Buffer.alloc(0)).toString();
}

function decimal(value: Buffer | null | undefined): string {
  return types.BigDecimal.fromBuffer(value ?? Buffer.alloc(0)).toString();
}

function rolledOf(segment: ObservedSegment): RolledSegment {
  const { minuteCandles, ...range } = segment;
  const newestMs = newestOf(minuteCandles) ?? null;
  return { ...range, candles: rollUp(segment, {}), newestMs, deleted: {}, audit: null };
}

const BTC_USDT = { exchange: 'gate-io', pair: 'BTC_USDT' };
const WHOLE_DAY = rolledOf(auditOf({ minuteCandles: minutesIn(DAY, DAY + DAY_MS) }));

describe('writeCandles', () => {
  it('writes every candle once, in batches of at most 30 rows of one partition', async () => {
    const session = new FakeSession();

    await createCandleStore(session).writeCandles(WHOLE_DAY);

    const partitions = session.batches.map((batch) =>
      batch
        .map(written)
        .map(
          (row) =>
            [row['exchange'], row['pair'], row['interval']].map(text).join() + date(row['bucket']),
        ),
    );
    expect(Math.max(...partitions.map((batch) => batch.length))).toBe(30);
    expect(partitions.every((batch) => new Set(batch).size === 1)).toBe(true);
    const rows = session.batches.flat().map(written);
    const keys = rows.map((row) => `${text(row['interval'])} ${long(row['open_time'])}`);
    expect(new Set(keys).size).toBe(countOf(WHOLE_DAY.candles));
    expect(rows).toHaveLength(countOf(WHOLE_DAY.candles));
  });

  it('puts each interval into its bucket', async () => {
    const session = new FakeSession();

    await createCandleStore(session).writeCandles(WHOLE_DAY);

    const rows = session.batches.flat().map(written);
    const buckets = new Map(rows.map((row) => [text(row['interval']), date(row['bucket'])]));
    expect(INTERVALS.map((interval) => buckets.get(interval))).toEqual([
      '2026-01-15',
      '2026-01-01',
      '2026-01-01',
      '2026-01-01',
      '2026-01-01',
      '1970-01-01',
    ]);
  });

  it('writes each value exactly, at the time of the observation', async () => {
    const session = new FakeSession();
    const minutes = [minuteAt(at(12, 3), { high: '11.50', quote: '1157762.86821200' })];

    const segment = rolledOf(observedOf({ minuteCandles: minutes }));

    await createCandleStore(session).writeCandles(segment);

    const [row] = session.batches.flat().map(written);
    expect(long(row?.['TIMESTAMP'])).toBe(writeTimeUs(segment));
    expect(long(row?.['observed_at'])).toBe(at(12, 7));
    expect(long(row?.['open_time'])).toBe(at(12, 3));
    expect(['open', 'high', 'low', 'close'].map((price) => decimal(row?.[price]))).toEqual([
      '10.5',
      '11.50',
      '9.75',
      '10',
    ]);
    expect([decimal(row?.['base_volume']), decimal(row?.['quote_volume'])]).toEqual([
      '2',
      '1157762.86821200',
    ]);
    expect([row?.['minutes']?.readInt32BE(), text(row?.['source'])]).toEqual([1, 'api']);
    expect(text(row?.['exchange'])).toBe('gate-io');
  });

  it.each<[string, [open: string, high: string, low: string, close: string]]>([
    ['its open, its high', ['11', '11', '9', '10']],
    ['its open, its low', ['9', '11', '9', '10']],
    ['its close, its high', ['10', '11', '9', '11']],
    ['its close, its low', ['10', '11', '9', '9']],
    ['every other', ['11', '11', '11', '11']],
  ])('writes each price, also where one is %s', async (_, texts) => {
    const session = new FakeSession();
    const shared = new Map(texts.map((price) => [price, parseDecimal(price)]));
    const price = (value: string) => shared.get(value) ?? parseDecimal(value);
    const [open, high, low, close] = texts.map(price) as [Decimal, Decimal, Decimal, Decimal];
    const minutes = [{ ...minuteAt(at(12, 3)), open, high, low, close }];

    await createCandleStore(session).writeCandles(rolledOf(observedOf({ minuteCandles: minutes })));

    const [row] = session.batches.flat().map(written);
    expect(['open', 'high', 'low', 'close'].map((name) => decimal(row?.[name]))).toEqual(texts);
  });

  it('marks the windows whose end the segment covers as closed', async () => {
    const session = new FakeSession();
    const segment = observedOf({ fromMs: at(12), toMs: at(12, 16) });

    await createCandleStore(session).writeCandles(rolledOf(segment));

    const open = session.batches
      .flat()
      .map(written)
      .filter((row) => row['closed']?.[0] === 0)
      .map((row) => `${text(row['interval'])} ${new Date(long(row['open_time'])).toISOString()}`);
    expect(open).toEqual([
      '5m 2026-01-15T12:15:00.000Z',
      '15m 2026-01-15T12:15:00.000Z',
      '1h 2026-01-15T12:00:00.000Z',
      '4h 2026-01-15T12:00:00.000Z',
      '1d 2026-01-15T00:00:00.000Z',
    ]);
  });

  it('gives up the rest of a segment once a batch failed', async () => {
    const session = new FakeSession();
    session.broken = true;

    await expect(createCandleStore(session).writeCandles(WHOLE_DAY)).rejects.toThrow('no answer');
    await new Promise((resolve) => setImmediate(resolve));

    // What was under way at once, of 65 batches.
    expect(session.batches).toHaveLength(48);
  });

  it('writes the next segment in full after one that failed', async () => {
    const session = new FakeSession();
    const store = createCandleStore(session);
    session.broken = true;
    await expect(store.writeCandles(WHOLE_DAY)).rejects.toThrow('no answer');

    session.broken = false;
    session.batches.length = 0;
    await store.writeCandles(WHOLE_DAY);

    expect(session.batches.flat()).toHaveLength(countOf(WHOLE_DAY.candles));
  });
});

describe('writeProgress and writeGap', () => {
  it('write a row at the time of the observation', async () => {
    const session = new FakeSession();
    const store = createCandleStore(session);
    const progress = {
      liveSinceMs: DAY,
      settledToMs: at(12, 5),
      seenToMs: at(12, 7),
      newestMs: at(12, 6),
      observedAtMs: at(12, 7),
    };

    await store.writeProgress(BTC_USDT, progress);
    await store.writeGap(BTC_USDT, { fromMs: at(9), toMs: at(10), reason: 'old' }, at(12, 7));

    const [settled, gap] = session.batches.flat().map(written);
    expect([
      text(settled?.['pair']),
      long(settled?.['settled_to']),
      long(settled?.['seen_to']),
      long(settled?.['newest']),
    ]).toEqual(['BTC_USDT', at(12, 5), at(12, 7), at(12, 6)]);
    expect([long(settled?.['observed_at']), long(settled?.['TIMESTAMP'])]).toEqual([
      at(12, 7),
      at(12, 7) * 1_000,
    ]);
    expect([long(gap?.['from_time']), long(gap?.['to_time']), text(gap?.['reason'])]).toEqual([
      at(9),
      at(10),
      'old',
    ]);
    expect(long(gap?.['TIMESTAMP'])).toBe(at(12, 7) * 1_000);
  });
});

describe('deleteGap', () => {
  it('deletes the row at the time of the observation', async () => {
    const session = new FakeSession();

    const gap = { fromMs: at(9), toMs: at(9, 1), reason: 'rejected' };
    await createCandleStore(session).deleteGap(BTC_USDT, gap, at(12, 7));

    const [statement] = session.batches.flat();
    const [writtenAt, exchange, pair, fromTime] = statement?.params ?? [];
    expect(statement?.query).toMatch(/^DELETE FROM gaps USING TIMESTAMP \? WHERE/);
    expect([long(writtenAt), text(exchange), text(pair), long(fromTime)]).toEqual([
      at(12, 7) * 1_000,
      'gate-io',
      'BTC_USDT',
      at(9),
    ]);
  });
});

describe('writeListing', () => {
  it('writes its own columns of the status alone', async () => {
    const session = new FakeSession();

    const listing = { unknownSinceMs: at(9), endedAtMs: null };
    await createCandleStore(session).writeListing(BTC_USDT, listing, at(12, 7));

    const [row] = session.batches.flat().map(written);
    expect(Object.keys(row ?? {})).toEqual([
      'exchange',
      'pair',
      'unknown_since',
      'ended_at',
      'TIMESTAMP',
    ]);
    expect([long(row?.['unknown_since']), row?.['ended_at']]).toEqual([at(9), null]);
  });
});

test('writeBan notes the end of a ban in the row of the whole exchange, at the time of the tick', async () => {
  const session = new FakeSession();

  await createCandleStore(session).writeBan('binance', at(15), at(12, 7));

  const [row] = session.batches.flat().map(written);
  expect(Object.keys(row ?? {})).toEqual(['exchange', 'pair', 'banned_until', 'TIMESTAMP']);
  expect([text(row?.['exchange']), text(row?.['pair'])]).toEqual(['binance', '*']);
  expect([long(row?.['banned_until']), long(row?.['TIMESTAMP'])]).toEqual([
    at(15),
    at(12, 7) * 1_000,
  ]);
});

/** A candle's row as the driver gives it. */
function candleRow(openTimeMs: number): types.Row {
  const columns = ['open', 'high', 'low', 'close', 'base_volume', 'quote_volume'];
  const value = types.BigDecimal.fromString('1.50');
  const values = Object.fromEntries(columns.map((column) => [column, value]));
  return rowOf({ open_time: new Date(openTimeMs), ...values, minutes: 1 });
}

/** A row as the driver gives it. */
function rowOf(values: Readonly<Record<string, unknown>>): types.Row {
  const row = { get: (column: string) => values[column] };
  return row as unknown as types.Row;
}

describe('read', () => {
  it('gives the status of each market that has any', async () => {
    const session = new FakeSession(({ params }) =>
      text(params[1]) === 'BTC_USDT'
        ? [
            rowOf({
              exchange: 'gate-io',
              pair: 'BTC_USDT',
              live_since: new Date(DAY),
              settled_to: new Date(at(12, 5)),
              seen_to: new Date(at(12, 7)),
              observed_at: new Date(at(12, 8)),
            }),
          ]
        : [],
    );

    const status = await createCandleStore(session).readStatus([
      BTC_USDT,
      { ...BTC_USDT, pair: 'ETH_USDT' },
    ]);

    expect([...status]).toEqual([
      [
        'gate-io:BTC_USDT',
        {
          progress: {
            liveSinceMs: DAY,
            settledToMs: at(12, 5),
            seenToMs: at(12, 7),
            newestMs: null,
            observedAtMs: at(12, 8),
          },
          unknownSinceMs: null,
          endedAtMs: null,
          listedSinceMs: null,
        },
      ],
    ]);
  });

  it('gives the status of all markets of an exchange with one query', async () => {
    const session = new FakeSession(({ params }) =>
      ['BTC_USDT', 'ETH_USDT'].map((pair) =>
        rowOf({ exchange: text(params[0]), pair, unknown_since: new Date(at(9)) }),
      ),
    );

    const { status } = await createCandleStore(session).readExchangeStatus('binance');

    expect([...status.keys()]).toEqual(['binance:BTC_USDT', 'binance:ETH_USDT']);
    expect(session.queries.map(({ params }) => params.map(text))).toEqual([['binance']]);
  });

  it('gives the status of a market that was never known: it has no progress', async () => {
    const row = { exchange: 'gate-io', pair: 'BTC_USDT', unknown_since: new Date(at(9)) };
    const session = new FakeSession(() => [rowOf(row)]);

    const status = await createCandleStore(session).readStatus([BTC_USDT]);

    expect(status.get('gate-io:BTC_USDT')).toEqual({
      progress: undefined,
      unknownSinceMs: at(9),
      listedSinceMs: null,
      endedAtMs: null,
    });
  });

  it('gives the stored children of each range in time order, from all of its buckets', async () => {
    const midnight = DAY + DAY_MS;
    const session = new FakeSession(({ params }) =>
      date(params[3]) === '2026-01-15'
        ? [candleRow(midnight - 120_000), candleRow(midnight - 60_000)]
        : [candleRow(midnight)],
    );

    const range = { interval: '1m', fromMs: midnight - 120_000, toMs: midnight + 60_000 } as const;
    const { candles: children } = await createCandleStore(session).readCandles(BTC_USDT, [range]);

    expect(children['1m']?.map(({ openTimeMs }) => openTimeMs - midnight)).toEqual([
      -120_000, -60_000, 0,
    ]);
    expect(children['1m']?.[0]?.close).toEqual({ unscaled: 150n, scale: 2 });
    expect(session.queries.map(({ params }) => params.map((value) => value?.length))).toEqual([
      [7, 8, 2, 4, 8, 8],
      [7, 8, 2, 4, 8, 8],
    ]);
    expect(session.queries.map(({ params }) => [long(params[4]), long(params[5])])).toEqual([
      [range.fromMs, range.toMs],
      [range.fromMs, range.toMs],
    ]);
    // The table has the newest first.
    expect(session.queries.every(({ query }) => query.endsWith('ORDER BY open_time ASC'))).toBe(
      true,
    );
  });

  it('names the candle of a row that cannot be read', async () => {
    const session = new FakeSession(() => [
      rowOf({ open_time: new Date(at(12, 3)), open: null, minutes: 1 }),
    ]);
    const range = { interval: '5m', fromMs: at(12), toMs: at(13) } as const;

    const { candles, unreadable } = await createCandleStore(session).readCandles(BTC_USDT, [range]);

    expect(candles['5m']).toEqual([]);
    expect(unreadable).toMatchObject([{ interval: '5m', openTimeMs: at(12, 3) }]);
  });

  it('joins the lists of an interval in the order of its ranges', async () => {
    const session = new FakeSession(({ params }) => [candleRow(long(params[4]))]);
    const range = (interval: '1m' | '4h', fromMs: number) => ({
      interval,
      fromMs,
      toMs: fromMs + 60_000,
    });

    const { candles: children } = await createCandleStore(session).readCandles(BTC_USDT, [
      range('1m', at(12)),
      range('1m', at(12, 7)),
      range('4h', at(16)),
    ]);

    const times = (interval: '1m' | '4h') => children[interval]?.map((one) => one.openTimeMs);
    expect(Object.keys(children)).toEqual(['1m', '4h']);
    expect(times('1m')).toEqual([at(12), at(12, 7)]);
    expect(times('4h')).toEqual([at(16)]);
  });
});
