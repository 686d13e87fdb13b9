import type { types } from 'cassandra-driver';
import pLimit from 'p-limit';
import { bucketOf, bucketsOf } from '../../domain/bucket';
import type { Candle, CandlesByInterval } from '../../domain/candle';
import { type Interval, INTERVALS, intervalMs } from '../../domain/interval';
import { UnreadableCandleError } from '../../domain/unreadable-candle-error';
import { writeTimeUs } from '../../domain/write-time';
import type { CandleReader, SegmentStore } from '../../domain/ports';
import type { Gap, Progress } from '../../domain/progress';
import type { ChildrenRange } from '../../domain/roll-up';
import type { RolledSegment } from '../../domain/segment';
import type { CassandraSession, Statement } from './cassandra-client';
import {
  booleanValue,
  dateValue,
  decimalOf,
  decimalValue,
  intValue,
  longValue,
  textValue,
} from './cql-values';

/** Keyspaces takes at most 30 statements in an unlogged batch. */
const ROWS_PER_BATCH = 30;
/** Batches under way at once, over all pairs. */
const CONCURRENT_BATCHES = 48;

const INSERT_CANDLE = `INSERT INTO candles (pair, interval, bucket, open_time, open, high, low, close,
  base_volume, quote_volume, minutes, closed, observed_at, source)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) USING TIMESTAMP ?`;
const INSERT_PROGRESS = `INSERT INTO progress (pair, settled_to, seen_to, observed_at)
  VALUES (?, ?, ?, ?) USING TIMESTAMP ?`;
const INSERT_GAP = `INSERT INTO gaps (pair, from_time, to_time, reason, observed_at)
  VALUES (?, ?, ?, ?, ?) USING TIMESTAMP ?`;
const SELECT_CANDLES = `SELECT open_time, open, high, low, close, base_volume, quote_volume, minutes
  FROM candles WHERE pair = ? AND interval = ? AND bucket = ? AND open_time >= ? AND open_time < ?`;
const SELECT_PROGRESS =
  'SELECT pair, settled_to, seen_to, observed_at FROM progress WHERE pair = ?';

/**
 * The tables `candles`, `progress` and `gaps`. Every row is written
 * `USING TIMESTAMP` of its observation, so that of any two writes the newer
 * observation wins, whenever they land.
 */
export function createCandleStore(
  session: CassandraSession,
): SegmentStore & { readonly candles: CandleReader } {
  const limit = pLimit(CONCURRENT_BATCHES);
  return {
    async writeCandles(segment) {
      let failed = false;
      await limit.map(batchesOf(segment), async (batch) => {
        // What is left of a failed segment would only stand in the way of its repetition.
        if (failed) return;
        // A batch is encoded when its turn has come: a backlog of rows would be most of the memory.
        await session.write(batch()).catch((cause: unknown) => {
          failed = true;
          throw cause;
        });
      });
    },
    writeGap: (pair, gap, observedAtMs) => session.write([gapStatement(pair, gap, observedAtMs)]),
    writeProgress: (pair, progress) => session.write([progressStatement(pair, progress)]),
    read: (pairs) => readProgress(session, pairs),
    candles: { read: (pair, ranges) => readCandles(session, pair, ranges) },
  };
}

/** A write time as Cassandra counts it: microseconds. */
function writeTime(observedAtMs: number): Buffer {
  return longValue(observedAtMs * 1_000);
}

/** The rows of a segment, in batches that each lie in one partition. */
function batchesOf(segment: RolledSegment): (() => Statement[])[] {
  return INTERVALS.flatMap((interval) => {
    const candles = segment.candles[interval] ?? [];
    // A segment lies in one day, so all its candles of an interval lie in one bucket.
    const row = rowOf(segment, interval);
    const count = Math.ceil(candles.length / ROWS_PER_BATCH);
    return Array.from({ length: count }, (_, index) => () => {
      const startIndex = index * ROWS_PER_BATCH;
      return candles.slice(startIndex, startIndex + ROWS_PER_BATCH).map(row);
    });
  });
}

/** How a candle of the segment becomes a row: what all rows share is encoded once. */
function rowOf(segment: RolledSegment, interval: Interval): (candle: Candle) => Statement {
  const { pair, fromMs, toMs, observedAtMs, source } = segment;
  const key = [textValue(pair), textValue(interval), dateValue(bucketOf(interval, fromMs))];
  const lengthMs = intervalMs(interval);
  const [observedAt, sourceName, written] = [
    longValue(observedAtMs),
    textValue(source),
    longValue(writeTimeUs(segment)),
  ];
  return (candle) => {
    const open = decimalValue(candle.open);
    // Equal prices of a candle are one object, which need not be encoded twice.
    const high = candle.high === candle.open ? open : decimalValue(candle.high);
    const low = candle.low === candle.open ? open : decimalValue(candle.low);
    const close =
      candle.close === candle.high
        ? high
        : candle.close === candle.low
          ? low
          : decimalValue(candle.close);
    return {
      query: INSERT_CANDLE,
      params: [
        ...key,
        longValue(candle.openTimeMs),
        open,
        high,
        low,
        close,
        decimalValue(candle.baseVolume),
        decimalValue(candle.quoteVolume),
        intValue(candle.minutes),
        booleanValue(candle.openTimeMs + lengthMs <= toMs),
        observedAt,
        sourceName,
        written,
      ],
    };
  };
}

function progressStatement(pair: string, progress: Progress): Statement {
  const { settledToMs, seenToMs, observedAtMs } = progress;
  const times = [settledToMs, seenToMs, observedAtMs].map(longValue);
  return { query: INSERT_PROGRESS, params: [textValue(pair), ...times, writeTime(observedAtMs)] };
}

function gapStatement(
  pair: string,
  { fromMs, toMs, reason }: Gap,
  observedAtMs: number,
): Statement {
  return {
    query: INSERT_GAP,
    params: [
      textValue(pair),
      longValue(fromMs),
      longValue(toMs),
      textValue(reason),
      longValue(observedAtMs),
      writeTime(observedAtMs),
    ],
  };
}

async function readProgress(
  session: CassandraSession,
  pairs: readonly string[],
): Promise<ReadonlyMap<string, Progress>> {
  const rows = await pLimit(CONCURRENT_BATCHES).map(pairs, (pair) =>
    session.rows({ query: SELECT_PROGRESS, params: [textValue(pair)] }),
  );
  return new Map(rows.flat().map((row) => [row.get('pair') as string, progressOf(row)]));
}

function progressOf(row: types.Row): Progress {
  return {
    settledToMs: timeOf(row, 'settled_to'),
    seenToMs: timeOf(row, 'seen_to'),
    observedAtMs: timeOf(row, 'observed_at'),
  };
}

async function readCandles(
  session: CassandraSession,
  pair: string,
  ranges: readonly ChildrenRange[],
): Promise<CandlesByInterval> {
  const lists = await Promise.all(ranges.map((range) => readRange(session, pair, range)));
  const candles: Partial<Record<Interval, readonly Candle[]>> = {};
  ranges.forEach(({ interval }, index) => {
    candles[interval] = [...(candles[interval] ?? []), ...(lists[index] ?? [])];
  });
  return candles;
}

async function readRange(
  session: CassandraSession,
  pair: string,
  { interval, fromMs, toMs }: ChildrenRange,
): Promise<readonly Candle[]> {
  const buckets = await Promise.all(
    bucketsOf(interval, fromMs, toMs).map((bucket) =>
      session.rows({
        query: SELECT_CANDLES,
        params: [
          textValue(pair),
          textValue(interval),
          dateValue(bucket),
          longValue(fromMs),
          longValue(toMs),
        ],
      }),
    ),
  );
  // The newest stand first in a partition.
  return buckets.flatMap((rows) => rows.map((row) => candleOf(pair, interval, row)).reverse());
}

function candleOf(pair: string, interval: Interval, row: types.Row): Candle {
  try {
    return readCandle(row);
  } catch (cause) {
    const openTime = row.get('open_time') as Date | null;
    throw new UnreadableCandleError(pair, interval, openTime, cause);
  }
}

function readCandle(row: types.Row): Candle {
  return {
    openTimeMs: timeOf(row, 'open_time'),
    open: decimalAt(row, 'open'),
    high: decimalAt(row, 'high'),
    low: decimalAt(row, 'low'),
    close: decimalAt(row, 'close'),
    baseVolume: decimalAt(row, 'base_volume'),
    quoteVolume: decimalAt(row, 'quote_volume'),
    minutes: row.get('minutes') as number,
  };
}

function decimalAt(row: types.Row, column: string) {
  return decimalOf(row.get(column) as types.BigDecimal);
}

function timeOf(row: types.Row, column: string): number {
  return (row.get(column) as Date).getTime();
}
