import pLimit from 'p-limit';
import type { Candle, StoredChild } from '../../domain/candle';
import { bucketOf, type Interval, INTERVALS, intervalMs } from '../../domain/interval';
import type { Market } from '../../domain/market';
import type { LedgerStore, ListingStore, SegmentStore, StoredCandles } from '../../domain/ports';
import type { Gap } from '../../domain/progress/gaps';
import type { MarketStatus, Progress } from '../../domain/progress/progress';
import type { ChildrenRange } from '../../domain/roll-up';
import type { RolledSegment } from '../../domain/segment';
import { deletionTimeUs, writeTimeUs } from '../../domain/write-time';
import type { CassandraSession, Statement } from './cassandra-client';
import {
  booleanValue,
  dateValue,
  decimalValue,
  intValue,
  longValue,
  textValue,
} from './cql-values';
import { createDayLedger } from './day-ledger';
import { readCandles } from './stored-candles';
import { readExchangeStatus, readGaps, readStatus, WHOLE_EXCHANGE } from './stored-progress';

/** Keyspaces takes at most 30 statements in an unlogged batch. */
const ROWS_PER_BATCH = 30;
/** Batches under way at once, over all pairs. */
const CONCURRENT_BATCHES = 48;

const INSERT_CANDLE = `INSERT INTO candles (exchange, pair, interval, bucket, open_time, open, high, low,
  close, base_volume, quote_volume, minutes, closed, observed_at, source)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) USING TIMESTAMP ?`;
const DELETE_CANDLE = `DELETE FROM candles USING TIMESTAMP ?
  WHERE exchange = ? AND pair = ? AND interval = ? AND bucket = ? AND open_time = ?`;
const INSERT_PROGRESS = `INSERT INTO progress (exchange, pair, live_since, settled_to, seen_to, newest, observed_at)
  VALUES (?, ?, ?, ?, ?, ?, ?) USING TIMESTAMP ?`;
const INSERT_PROGRESS_WITHOUT_NEWEST = `INSERT INTO progress (exchange, pair, live_since, settled_to, seen_to, observed_at)
  VALUES (?, ?, ?, ?, ?, ?) USING TIMESTAMP ?`;
const INSERT_LISTING = `INSERT INTO progress (exchange, pair, unknown_since, ended_at)
  VALUES (?, ?, ?, ?) USING TIMESTAMP ?`;
const INSERT_BAN = `INSERT INTO progress (exchange, pair, banned_until)
  VALUES (?, ?, ?) USING TIMESTAMP ?`;
const INSERT_GAP = `INSERT INTO gaps (exchange, pair, from_time, to_time, reason, observed_at)
  VALUES (?, ?, ?, ?, ?, ?) USING TIMESTAMP ?`;
const DELETE_GAP =
  'DELETE FROM gaps USING TIMESTAMP ? WHERE exchange = ? AND pair = ? AND from_time = ?';

/**
 * The tables `candles`, `progress`, `gaps` and `days`. Every row is written
 * `USING TIMESTAMP` of its observation, so that of any two writes the newer
 * observation wins, whenever they land.
 */
export function createCandleStore(
  session: CassandraSession,
): SegmentStore & ListingStore & LedgerStore {
  const limit = pLimit(CONCURRENT_BATCHES);
  return {
    async writeCandles(segment) {
      let failed = false;
      await limit.map([...batchesOf(segment), ...deletionsOf(segment)], async (batch) => {
        // What is left of a failed segment would only stand in the way of its repetition.
        if (failed) return;
        // A batch is encoded when its turn has come: a backlog of rows would be most of the memory.
        await session.write(batch()).catch((cause: unknown) => {
          failed = true;
          throw cause;
        });
      });
    },
    writeProgress: (market, progress) => session.write([progressStatement(market, progress)]),
    writeListing: (market, listing, observedAtMs) =>
      session.write([listingStatement(market, listing, observedAtMs)]),
    writeBan: (exchange, untilMs, observedAtMs) =>
      session.write([banStatement(exchange, untilMs, observedAtMs)]),
    writeGap: (market, gap, observedAtMs) =>
      session.write([gapStatement(market, gap, observedAtMs)]),
    deleteGap: (market, gap, observedAtMs) =>
      session.write([gapDeletion(market, gap, observedAtMs)]),
    readGaps: (market, range) => readGaps(session, market, range),
    readStatus: (markets) => readStatus(session, markets),
    readExchangeStatus: (exchange) => readExchangeStatus(session, exchange),
    readCandles: (market, ranges) => readRanges(session, market, ranges),
    ...createDayLedger(session),
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

/** The deletions of an audit, in batches that each lie in one partition. */
function deletionsOf(segment: RolledSegment): (() => Statement[])[] {
  const { fromMs, observedAtMs, deleted } = segment;
  const written = longValue(deletionTimeUs(observedAtMs));
  return INTERVALS.flatMap((interval) => {
    const times = deleted[interval] ?? [];
    const key = [
      ...marketValues(segment),
      textValue(interval),
      dateValue(bucketOf(interval, fromMs)),
    ];
    const count = Math.ceil(times.length / ROWS_PER_BATCH);
    return Array.from({ length: count }, (_, index) => () => {
      const startIndex = index * ROWS_PER_BATCH;
      return times.slice(startIndex, startIndex + ROWS_PER_BATCH).map((timeMs) => ({
        query: DELETE_CANDLE,
        params: [written, ...key, longValue(timeMs)],
      }));
    });
  });
}

/** Turns candles of the segment into rows: all that they share is encoded once. */
function rowOf(segment: RolledSegment, interval: Interval): (candle: Candle) => Statement {
  const { fromMs, toMs, observedAtMs, source } = segment;
  const bucket = dateValue(bucketOf(interval, fromMs));
  const key = [...marketValues(segment), textValue(interval), bucket];
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
        candle.quoteVolume === null ? null : decimalValue(candle.quoteVolume),
        intValue(candle.minuteCount),
        booleanValue(candle.openTimeMs + lengthMs <= toMs),
        observedAt,
        sourceName,
        written,
      ],
    };
  };
}

function marketValues({ exchange, pair }: Market): Buffer[] {
  return [textValue(exchange), textValue(pair)];
}

function timeOrNull(timeMs: number | null): Buffer | null {
  return timeMs === null ? null : longValue(timeMs);
}

function progressStatement(market: Market, progress: Progress): Statement {
  const { liveSinceMs, settledToMs, seenToMs, newestMs, observedAtMs } = progress;
  // A null is a deletion, which would win over the value of a later segment of the same tick.
  const newest = newestMs === null ? [] : [longValue(newestMs)];
  const reached = [liveSinceMs, settledToMs, seenToMs].map(longValue);
  const times = [...reached, ...newest, longValue(observedAtMs)];
  return {
    query: newestMs === null ? INSERT_PROGRESS_WITHOUT_NEWEST : INSERT_PROGRESS,
    params: [...marketValues(market), ...times, writeTime(observedAtMs)],
  };
}

function listingStatement(
  market: Market,
  { unknownSinceMs, endedAtMs }: Pick<MarketStatus, 'unknownSinceMs' | 'endedAtMs'>,
  observedAtMs: number,
): Statement {
  const times = [unknownSinceMs, endedAtMs].map(timeOrNull);
  return {
    query: INSERT_LISTING,
    params: [...marketValues(market), ...times, writeTime(observedAtMs)],
  };
}

function banStatement(exchange: string, untilMs: number, observedAtMs: number): Statement {
  const key = marketValues({ exchange, pair: WHOLE_EXCHANGE });
  return { query: INSERT_BAN, params: [...key, longValue(untilMs), writeTime(observedAtMs)] };
}

function gapStatement(
  market: Market,
  { fromMs, toMs, reason }: Gap,
  observedAtMs: number,
): Statement {
  return {
    query: INSERT_GAP,
    params: [
      ...marketValues(market),
      longValue(fromMs),
      longValue(toMs),
      textValue(reason),
      longValue(observedAtMs),
      writeTime(observedAtMs),
    ],
  };
}

function gapDeletion(market: Market, { fromMs }: Gap, observedAtMs: number): Statement {
  return {
    query: DELETE_GAP,
    params: [writeTime(observedAtMs), ...marketValues(market), longValue(fromMs)],
  };
}

async function readRanges(
  session: CassandraSession,
  { exchange, pair }: Market,
  ranges: readonly ChildrenRange[],
): Promise<StoredCandles> {
  const reads = await Promise.all(
    ranges.map((range) => readCandles(session, { exchange, pair, ...range })),
  );
  const candles: Partial<Record<Interval, readonly StoredChild[]>> = {};
  ranges.forEach(({ interval }, index) => {
    candles[interval] = [...(candles[interval] ?? []), ...(reads[index]?.candles ?? [])];
  });
  return { candles, unreadable: reads.flatMap(({ unreadable }) => unreadable) };
}
