import type { types } from 'cassandra-driver';
import { type Candle, checkCandle, type StoredChild } from '../../domain/candle';
import {
  bucketEnd,
  bucketOf,
  DAY_MS,
  floorTo,
  type Interval,
  intervalMs,
  MINUTE_MS,
} from '../../domain/interval';
import type { Market } from '../../domain/market';
import { type UnreadableCandle, UnreadableCandleError } from '../../domain/ports';
import { SEGMENT_SOURCES, type SegmentSource } from '../../domain/segment';
import type { CassandraSession, Statement } from './cassandra-client';
import {
  dateValue,
  decimalAt,
  intValue,
  isNull,
  longValue,
  textValue,
  timeAt,
  timeOrNullAt,
} from './cql-values';

/** The candles of one market and interval. */
export interface CandleSeries extends Market {
  readonly interval: Interval;
}

/** The candles of a series that open in `[fromMs, toMs)`. */
export interface CandleRange extends CandleSeries {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Which candles of a range to read, and in which order they come. */
export interface CandleQuery extends CandleRange {
  /** @default 'oldest-first' */
  readonly order?: CandleOrder;
  /** The most candles to read: the first ones in that order. @default all */
  readonly limit?: number | undefined;
}

/** By open time. */
export type CandleOrder = 'oldest-first' | 'newest-first';

/** A candle with what its row says of where it comes from. */
export interface StoredCandle extends Candle {
  /** Whether the observation reached the candle's end. */
  readonly closed: boolean;
  readonly observedAtMs: number;
  /** The exchange's API, or its archive. */
  readonly source: SegmentSource;
}

/** A stretch of time `[fromMs, toMs)`. */
export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

const CANDLE_COLUMNS = 'open_time, open, high, low, close, base_volume, quote_volume, minutes';
const CHILD_COLUMNS = `${CANDLE_COLUMNS}, observed_at`;
const STORED_COLUMNS = `${CHILD_COLUMNS}, closed, source`;
const OF_BUCKET = 'FROM candles WHERE exchange = ? AND pair = ? AND interval = ? AND bucket = ?';

/** The candles of a range, and the rows of it that are none. */
export interface CandlesRead {
  readonly candles: readonly StoredChild[];
  readonly unreadable: readonly UnreadableCandle[];
}

/**
 * Reads the candles of a range as a roll-up needs them. A row that is no candle,
 * or an invalid one, is reported beside them: rolled up, it would make its
 * windows invalid too.
 *
 * @throws CassandraError if the database fails
 */
export async function readCandles(
  session: CassandraSession,
  query: CandleQuery,
): Promise<CandlesRead> {
  const unreadable: UnreadableCandle[] = [];
  const parse = (row: types.Row): StoredChild[] => {
    try {
      return [parseChild(query, row)];
    } catch (cause) {
      unreadable.push(unreadableCandle(query, row, cause));
      return [];
    }
  };
  const candles = await readRows(session, query, { columns: CHILD_COLUMNS, parse });
  return { candles: candles.flat(), unreadable };
}

/**
 * Reads the candles of a range with their observation.
 *
 * @throws UnreadableCandleError for a row that is no candle, or an invalid one
 * @throws CassandraError if the database fails
 */
export function readStoredCandles(
  session: CassandraSession,
  query: CandleQuery,
): Promise<StoredCandle[]> {
  const parse = (row: types.Row): StoredCandle => parsedOrThrown(query, row);
  return readRows(session, query, { columns: STORED_COLUMNS, parse });
}

/** Columns of a row, and how they are read. */
interface RowShape<T> {
  readonly columns: string;
  readonly parse: (row: types.Row) => T;
}

async function readRows<T>(
  session: CassandraSession,
  query: CandleQuery,
  { columns, parse }: RowShape<T>,
): Promise<T[]> {
  const candles: T[] = [];
  let buckets = firstBuckets(query);
  while (buckets.length > 0) {
    const left = query.limit === undefined ? Infinity : query.limit - candles.length;
    if (left <= 0) break;
    const rows = await readBuckets(session, columns, { ...query, limit: left }, buckets);
    for (const row of rows) candles.push(parse(row));
    buckets = await bucketsAfter(session, query, {
      atMs: nextBucket(query, Date.parse(buckets.at(-1) ?? '')),
      left: left - rows.length,
      perBucket: rows.length / buckets.length,
    });
  }
  return candles;
}

/** The most buckets that are read at once. */
const CONCURRENT_BUCKETS = 16;

function firstBuckets({ interval, order, fromMs, toMs }: CandleQuery): readonly string[] {
  if (fromMs >= toMs) return [];
  return [bucketOf(interval, order === 'newest-first' ? toMs - 1 : fromMs)];
}

async function readBuckets(
  session: CassandraSession,
  columns: string,
  query: CandleQuery & { readonly limit: number },
  buckets: readonly string[],
): Promise<types.Row[]> {
  const limit = Number.isFinite(query.limit) ? query.limit : undefined;
  const rows = await Promise.all(
    buckets.map((bucket) => session.rows(bucketStatement(columns, query, bucket, limit))),
  );
  return rows.flat().slice(0, limit);
}

/** State of a read that follows buckets. */
interface ReadSoFar {
  /** Time at which the next bucket is entered. */
  readonly atMs: number;
  /** Candles that are still wanted. */
  readonly left: number;
  /** Candles in each of the buckets that were read last. */
  readonly perBucket: number;
}

/** The buckets to read next: one after the other if they are full, else those that hold candles. */
async function bucketsAfter(
  session: CassandraSession,
  query: CandleQuery,
  { atMs, left, perBucket }: ReadSoFar,
): Promise<readonly string[]> {
  if (!isWithin(query, atMs) || left <= 0) return [];
  const isLast = !isWithin(query, nextBucket(query, atMs));
  const isSparse =
    perBucket === 0 || (Number.isFinite(left) && perBucket * CONCURRENT_BUCKETS < left);
  if (isLast || !isSparse) return [bucketOf(query.interval, atMs)];
  return storedBuckets(session, query, { atMs, left });
}

function isWithin({ fromMs, toMs }: TimeRange, timeMs: number): boolean {
  return timeMs >= fromMs && timeMs < toMs;
}

/** The time at which the bucket after the one of a time is entered, in the order of a query. */
function nextBucket({ interval, order }: CandleQuery, timeMs: number): number {
  return order === 'newest-first'
    ? Date.parse(bucketOf(interval, timeMs)) - 1
    : bucketEnd(interval, timeMs);
}

/**
 * The next buckets, from `atMs` on in the order of a query, that hold candles: as
 * many as are wanted, or the most that are read at once. Every segment also stores
 * its day's candle, so the days say which buckets are worth a look, and how many
 * minutes are in them.
 */
async function storedBuckets(
  session: CassandraSession,
  query: CandleQuery,
  { atMs, left }: Pick<ReadSoFar, 'atMs' | 'left'>,
): Promise<readonly string[]> {
  const days =
    query.order === 'newest-first'
      ? { ...query, fromMs: floorTo(query.fromMs, DAY_MS), toMs: atMs + 1 }
      : { ...query, fromMs: floorTo(atMs, DAY_MS) };
  const rows = await session.rows(
    bucketStatement(
      'open_time, minutes',
      { ...days, interval: '1d' },
      bucketOf('1d', 0),
      CONCURRENT_BUCKETS,
    ),
  );
  const buckets = new Set<string>();
  let found = 0;
  for (const row of rows) {
    if (found >= left) break;
    buckets.add(bucketOf(query.interval, timeAt(row, 'open_time')));
    const minutes = (row.get('minutes') as number | null) ?? 0;
    // At the least: the minutes may all be in the same candles.
    found += minutes / (intervalMs(query.interval) / MINUTE_MS);
  }
  return [...buckets];
}

function bucketStatement(
  columns: string,
  { fromMs, toMs, order, ...series }: CandleQuery,
  bucket: string,
  limit: number | undefined,
): Statement {
  const range = `${OF_BUCKET} AND open_time >= ? AND open_time < ?`;
  const direction = order === 'newest-first' ? 'DESC' : 'ASC';
  const query = `SELECT ${columns} ${range} ORDER BY open_time ${direction}`;
  const params = [...bucketParams(series, bucket), longValue(fromMs), longValue(toMs)];
  if (limit === undefined) return { query, params };
  return { query: `${query} LIMIT ?`, params: [...params, intValue(limit)], pageRows: limit };
}

function bucketParams({ exchange, pair, interval }: CandleSeries, bucket: string): Buffer[] {
  return [textValue(exchange), textValue(pair), textValue(interval), dateValue(bucket)];
}

/**
 * Reads the range from the oldest stored candle of a series to the end of its
 * newest; undefined if none is stored. Every segment also stores its day's
 * candle, so the days tell which buckets to look into.
 *
 * @throws CassandraError if the database fails
 */
export async function readStoredRange(
  session: CassandraSession,
  series: CandleSeries,
): Promise<TimeRange | undefined> {
  const [fromMs, newestMs] = await Promise.all([
    readOutermost(session, series, 'oldest-first'),
    readOutermost(session, series, 'newest-first'),
  ]);
  if (fromMs === undefined || newestMs === undefined) return undefined;
  return { fromMs, toMs: newestMs + intervalMs(series.interval) };
}

/**
 * Counts the stored one-minute candles of a market: the sum over its days, whose
 * candles say how many minutes they hold.
 *
 * @throws CassandraError if the database fails
 */
export async function countStoredMinutes(
  session: CassandraSession,
  market: Market,
): Promise<number> {
  const rows = await session.rows({
    query: `SELECT minutes ${OF_BUCKET}`,
    params: bucketParams({ ...market, interval: '1d' }, bucketOf('1d', 0)),
  });
  return rows.reduce((sum, row) => sum + (row.get('minutes') as number), 0);
}

/** The open time of the first candle of a series in an order. */
async function readOutermost(
  session: CassandraSession,
  series: CandleSeries,
  order: CandleOrder,
): Promise<number | undefined> {
  const dayMs = await readFirstOfBucket(session, { ...series, interval: '1d' }, 0, order);
  if (dayMs === undefined || series.interval === '1d') return dayMs;
  return readFirstOfBucket(session, series, dayMs, order);
}

async function readFirstOfBucket(
  session: CassandraSession,
  series: CandleSeries,
  timeInBucketMs: number,
  order: CandleOrder,
): Promise<number | undefined> {
  const direction = order === 'newest-first' ? 'DESC' : 'ASC';
  const [row] = await session.rows({
    query: `SELECT open_time ${OF_BUCKET} ORDER BY open_time ${direction} LIMIT 1`,
    params: bucketParams(series, bucketOf(series.interval, timeInBucketMs)),
    pageRows: 1,
  });
  return row === undefined ? undefined : timeAt(row, 'open_time');
}

function parsedOrThrown(series: CandleSeries, row: types.Row): StoredCandle {
  try {
    return parseStoredCandle(series, row);
  } catch (cause) {
    throw new UnreadableCandleError(series, unreadableCandle(series, row, cause));
  }
}

function unreadableCandle(
  { interval }: CandleSeries,
  row: types.Row,
  cause: unknown,
): UnreadableCandle {
  const openTime = row.get('open_time') as Date | null;
  return { interval, openTimeMs: openTime?.getTime() ?? null, cause };
}

function parseCandle({ interval }: CandleSeries, row: types.Row): Candle {
  const candle = {
    openTimeMs: timeAt(row, 'open_time'),
    open: decimalAt(row, 'open'),
    high: decimalAt(row, 'high'),
    low: decimalAt(row, 'low'),
    close: decimalAt(row, 'close'),
    baseVolume: decimalAt(row, 'base_volume'),
    quoteVolume: isNull(row, 'quote_volume') ? null : decimalAt(row, 'quote_volume'),
    // The check refuses what is no count.
    minuteCount: row.get('minutes') as number,
  };
  checkCandle(interval, candle);
  return candle;
}

function parseChild(series: CandleSeries, row: types.Row): StoredChild {
  const observedAtMs = timeOrNullAt(row, 'observed_at') ?? undefined;
  return { ...parseCandle(series, row), observedAtMs };
}

function parseStoredCandle(series: CandleSeries, row: types.Row): StoredCandle {
  return {
    ...parseCandle(series, row),
    closed: closedOf(row.get('closed')),
    observedAtMs: timeAt(row, 'observed_at'),
    source: sourceOf(row.get('source')),
  };
}

function closedOf(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new TypeError(`its closed is ${String(value)}, expected true or false`);
}

function sourceOf(value: unknown): SegmentSource {
  const source = SEGMENT_SOURCES.find((one) => one === value);
  if (source !== undefined) return source;
  throw new TypeError(`its source is ${String(value)}, expected ${SEGMENT_SOURCES.join(' or ')}`);
}
