import type { types } from 'cassandra-driver';
import type {
  CassandraSession,
  Statement,
} from '../../lambdas/shared/adapters/database/cassandra-client';
import {
  dateValue,
  decimalOf,
  intValue,
  longValue,
  textValue,
} from '../../lambdas/shared/adapters/database/cql-values';
import { bucketOf, bucketsOf } from '../../lambdas/shared/domain/bucket';
import { formatDecimal } from '../../lambdas/shared/domain/decimal';
import { type Interval, intervalMs } from '../../lambdas/shared/domain/interval';
import type { Gap } from '../../lambdas/shared/domain/progress';

/** A row of the table `candles`, as people and files have it: times in UTC milliseconds, exact decimals as text. */
export interface StoredCandle {
  readonly openTimeMs: number;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly baseVolume: string;
  readonly quoteVolume: string;
  /** How many one-minute candles it holds. */
  readonly minutes: number;
  /** Whether its end was covered when it was observed. */
  readonly closed: boolean;
  readonly observedAtMs: number;
  /** Which exchange it came from. */
  readonly source: string;
}

/** Candles of one pair and interval. */
interface CandleSeries {
  readonly pair: string;
  readonly interval: Interval;
}

/** The candles of a series that open in `[fromMs, toMs)`. */
export interface CandleRange extends CandleSeries {
  readonly fromMs: number;
  readonly toMs: number;
  /** How many candles, at most. @default all of them */
  readonly limit?: number;
}

/** A row of the table `gaps`. */
export interface StoredGap extends Gap {
  readonly observedAtMs: number;
}

/** A stretch of time `[fromMs, toMs)`. */
export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

const SELECT_CANDLES = `SELECT open_time, open, high, low, close, base_volume, quote_volume, minutes,
  closed, observed_at, source FROM candles
  WHERE pair = ? AND interval = ? AND bucket = ? AND open_time >= ? AND open_time < ?`;
const SELECT_OPEN_TIME =
  'SELECT open_time FROM candles WHERE pair = ? AND interval = ? AND bucket = ?';
const SELECT_PAIRS = 'SELECT pair FROM progress';
const SELECT_GAPS = 'SELECT from_time, to_time, reason, observed_at FROM gaps WHERE pair = ?';

type Order = 'ASC' | 'DESC';

/** Candles of one read: fewer than a session gives at once, and fewer than a month of 5m holds. */
const CANDLES_PER_READ = 4_000;

/**
 * The stored candles of a range, oldest first; with a limit, its oldest.
 *
 * @throws CassandraError where the database fails
 */
export async function readStoredCandles(
  session: CassandraSession,
  range: CandleRange,
): Promise<StoredCandle[]> {
  return collect(session, range, stretchesOf(range), 'ASC');
}

/**
 * The same, but with a limit, its newest; oldest first as well.
 *
 * @throws CassandraError where the database fails
 */
export async function readNewestCandles(
  session: CassandraSession,
  range: CandleRange,
): Promise<StoredCandle[]> {
  const newestFirst = await collect(session, range, stretchesOf(range).reverse(), 'DESC');
  return newestFirst.reverse();
}

/** A part of a range that one read gets whole. */
interface Stretch extends TimeRange {
  readonly bucket: string;
}

/** The parts of a range, oldest first. */
function stretchesOf({ interval, fromMs, toMs }: CandleRange): Stretch[] {
  const spanMs = CANDLES_PER_READ * intervalMs(interval);
  const buckets = bucketsOf(interval, fromMs, toMs);
  return buckets.flatMap((bucket, index) => {
    const startMs = Math.max(fromMs, Date.parse(bucket));
    const next = buckets[index + 1];
    const endMs = next === undefined ? toMs : Date.parse(next);
    return Array.from({ length: Math.ceil((endMs - startMs) / spanMs) }, (_, part) => ({
      bucket,
      fromMs: startMs + part * spanMs,
      toMs: Math.min(endMs, startMs + (part + 1) * spanMs),
    }));
  });
}

async function collect(
  session: CassandraSession,
  { pair, interval, limit = Number.POSITIVE_INFINITY }: CandleRange,
  stretches: readonly Stretch[],
  order: Order,
): Promise<StoredCandle[]> {
  const candles: StoredCandle[] = [];
  for (const stretch of stretches) {
    const most = Math.min(limit - candles.length, CANDLES_PER_READ);
    if (most <= 0) break;
    const rows = await session.rows(candlesStatement({ pair, interval }, stretch, order, most));
    candles.push(...rows.map(storedCandleOf));
  }
  return candles;
}

function candlesStatement(
  { pair, interval }: CandleSeries,
  { bucket, fromMs, toMs }: Stretch,
  order: Order,
  limit: number,
): Statement {
  return {
    query: `${SELECT_CANDLES} ORDER BY open_time ${order} LIMIT ?`,
    params: [
      textValue(pair),
      textValue(interval),
      dateValue(bucket),
      longValue(fromMs),
      longValue(toMs),
      intValue(limit),
    ],
  };
}

/**
 * From the oldest stored candle of a series to the end of its newest, or
 * undefined where none is stored. Every segment also stores its day's candle,
 * so the days tell which buckets to look into.
 *
 * @throws CassandraError where the database fails
 */
export async function readStoredRange(
  session: CassandraSession,
  series: CandleSeries,
): Promise<TimeRange | undefined> {
  const [fromMs, newestMs] = await Promise.all([
    readOutermost(session, series, 'ASC'),
    readOutermost(session, series, 'DESC'),
  ]);
  if (fromMs === undefined || newestMs === undefined) return undefined;
  return { fromMs, toMs: newestMs + intervalMs(series.interval) };
}

/** The open time of the oldest (`ASC`) or the newest (`DESC`) candle of a series. */
async function readOutermost(
  session: CassandraSession,
  { pair, interval }: CandleSeries,
  order: Order,
): Promise<number | undefined> {
  const dayMs = await readFirst(session, { pair, interval: '1d' }, 0, order);
  if (dayMs === undefined || interval === '1d') return dayMs;
  return readFirst(session, { pair, interval }, dayMs, order);
}

async function readFirst(
  session: CassandraSession,
  { pair, interval }: CandleSeries,
  timeInBucketMs: number,
  order: Order,
): Promise<number | undefined> {
  const bucket = bucketOf(interval, timeInBucketMs);
  const [row] = await session.rows({
    query: `${SELECT_OPEN_TIME} ORDER BY open_time ${order} LIMIT 1`,
    params: [textValue(pair), textValue(interval), dateValue(bucket)],
  });
  return row === undefined ? undefined : timeOf(row, 'open_time');
}

/**
 * The pairs that have progress, sorted; 5,000, more than the exchange has, at most.
 *
 * @throws CassandraError where the database fails
 */
export async function knownPairs(session: CassandraSession): Promise<string[]> {
  const rows = await session.rows({ query: SELECT_PAIRS, params: [] });
  return rows.map((row) => row.get('pair') as string).sort();
}

/**
 * The gaps of a pair, oldest first.
 *
 * @throws CassandraError where the database fails
 */
export async function readGaps(session: CassandraSession, pair: string): Promise<StoredGap[]> {
  const rows = await session.rows({ query: SELECT_GAPS, params: [textValue(pair)] });
  return rows.map(gapOf).sort((a, b) => a.fromMs - b.fromMs);
}

function storedCandleOf(row: types.Row): StoredCandle {
  return {
    openTimeMs: timeOf(row, 'open_time'),
    open: decimalText(row, 'open'),
    high: decimalText(row, 'high'),
    low: decimalText(row, 'low'),
    close: decimalText(row, 'close'),
    baseVolume: decimalText(row, 'base_volume'),
    quoteVolume: decimalText(row, 'quote_volume'),
    minutes: row.get('minutes') as number,
    closed: row.get('closed') as boolean,
    observedAtMs: timeOf(row, 'observed_at'),
    source: row.get('source') as string,
  };
}

function gapOf(row: types.Row): StoredGap {
  return {
    fromMs: timeOf(row, 'from_time'),
    toMs: timeOf(row, 'to_time'),
    reason: row.get('reason') as string,
    observedAtMs: timeOf(row, 'observed_at'),
  };
}

function decimalText(row: types.Row, column: string): string {
  return formatDecimal(decimalOf(row.get(column) as types.BigDecimal));
}

function timeOf(row: types.Row, column: string): number {
  return (row.get(column) as Date).getTime();
}
