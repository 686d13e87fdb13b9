import type { types } from 'cassandra-driver';
import { type Candle, checkCandle } from '../../domain/candle';
import {
  bucketEnd,
  bucketOf,
  DAY_MS,
  floorTo,
  type Interval,
  intervalMs,
} from '../../domain/interval';
import type { Market } from '../../domain/market';
import { type UnreadableCandle, UnreadableCandleError } from '../../domain/ports';
import { SEGMENT_SOURCES, type SegmentSource } from '../../domain/segment';
import type { CassandraSession, Statement } from './cassandra-client';
import { dateValue, decimalAt, intValue, isNull, longValue, textValue, timeAt } from './cql-values';

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
const STORED_COLUMNS = `${CANDLE_COLUMNS}, closed, observed_at, source`;
const OF_BUCKET = 'FROM candles WHERE exchange = ? AND pair = ? AND interval = ? AND bucket = ?';

/** The candles of a range, and the rows of it that are none. */
export interface CandlesRead {
  readonly candles: readonly Candle[];
  readonly unreadable: readonly UnreadableCandle[];
}

/**
 * Reads the candles of a range without their observation. A row that is no
 * candle, or an invalid one, is reported beside them: rolled up, it would make
 * its windows invalid too.
 *
 * @throws CassandraError if the database fails
 */
export async function readCandles(
  session: CassandraSession,
  query: CandleQuery,
): Promise<CandlesRead> {
  const unreadable: UnreadableCandle[] = [];
  const parse = (row: types.Row): Candle[] => {
    try {
      return [parseCandle(query, row)];
    } catch (cause) {
      unreadable.push(unreadableCandle(query, row, cause));
      return [];
    }
  };
  const candles = await readRows(session, query, { columns: CANDLE_COLUMNS, parse });
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
  let atMs = query.order === 'newest-first' ? query.toMs - 1 : query.fromMs;
  while (isWithin(query, atMs)) {
    const left = query.limit === undefined ? undefined : query.limit - candles.length;
    if (left === 0) break;
    const bucket = bucketOf(query.interval, atMs);
    const rows = await session.rows(bucketStatement(columns, query, bucket, left));
    for (const row of rows) candles.push(parse(row));
    atMs = nextBucket(query, atMs);
    const mayBeFar = rows.length === 0 && isWithin(query, nextBucket(query, atMs));
    if (mayBeFar) atMs = await nextStored(session, query, atMs);
  }
  return candles;
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
 * The first time, from `atMs` on in the order of a query, of a day with candles;
 * without one, a time beyond the query. Every segment also stores its day's
 * candle, so the days tell which buckets are worth a look.
 */
async function nextStored(
  session: CassandraSession,
  query: CandleQuery,
  atMs: number,
): Promise<number> {
  const isNewestFirst = query.order === 'newest-first';
  const days = isNewestFirst
    ? { ...query, fromMs: floorTo(query.fromMs, DAY_MS), toMs: atMs + 1 }
    : { ...query, fromMs: floorTo(atMs, DAY_MS) };
  const statement = bucketStatement('open_time', { ...days, interval: '1d' }, bucketOf('1d', 0), 1);
  const [row] = await session.rows(statement);
  if (row === undefined) return Number.NaN;
  const dayMs = timeAt(row, 'open_time');
  return isNewestFirst ? Math.min(atMs, dayMs + DAY_MS - 1) : Math.max(atMs, dayMs);
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
