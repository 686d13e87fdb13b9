import pLimit from 'p-limit';
import { bucketOf } from '../../domain/bucket';
import type { Candle, CandlesByInterval } from '../../domain/candle';
import { type Interval, INTERVALS, intervalMs } from '../../domain/interval';
import { writeTimeUs } from '../../domain/write-time';
import type { CandleReader, SegmentStore } from '../../domain/ports';
import type { Gap, Progress } from '../../domain/progress';
import type { ChildrenRange } from '../../domain/roll-up';
import type { RolledSegment } from '../../domain/segment';
import type { CassandraSession, Statement } from './cassandra-client';
import {
  booleanValue,
  dateValue,
  decimalValue,
  intValue,
  longValue,
  textValue,
} from './cql-values';
import { readCandles } from './stored-candles';
import { readProgress } from './stored-progress';

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
    candles: { read: (pair, ranges) => readChildren(session, pair, ranges) },
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

async function readChildren(
  session: CassandraSession,
  pair: string,
  ranges: readonly ChildrenRange[],
): Promise<CandlesByInterval> {
  const lists = await Promise.all(ranges.map((range) => readCandles(session, { pair, ...range })));
  const candles: Partial<Record<Interval, readonly Candle[]>> = {};
  ranges.forEach(({ interval }, index) => {
    candles[interval] = [...(candles[interval] ?? []), ...(lists[index] ?? [])];
  });
  return candles;
}
