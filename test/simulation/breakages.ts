import type { ObserveTickSettings } from '../../lambdas/fetch/observe-tick';
import type { CassandraSession } from '../../lambdas/shared/adapters/database/cassandra-client';
import { longValue } from '../../lambdas/shared/adapters/database/cql-values';
import type { SegmentCodec } from '../../lambdas/shared/codec/segment-codec';
import type { Candle } from '../../lambdas/shared/domain/candle';
import { floorTo, MINUTE_MS } from '../../lambdas/shared/domain/interval';
import { marketKey } from '../../lambdas/shared/domain/market';
import type {
  CandleReader,
  CandlesQuery,
  DayReader,
  Exchange,
  ListingStore,
  SegmentStore,
} from '../../lambdas/shared/domain/ports';
import { advance, type MarketStatus } from '../../lambdas/shared/domain/progress/progress';
import type { ObservedSegment, RolledSegment, Segment } from '../../lambdas/shared/domain/segment';
import { type Breakage, type BreakageWorld, segmentName, type StoreBatch } from './broken-ports';
import {
  COSTLY_LEDGER_BREAKAGES,
  LEDGER_BREAKAGES,
  RARE_LEDGER_BREAKAGES,
} from './ledger/ledger-breakages';

/** One breakage for each rule of the live loop that makes what is stored wrong if it is left out. */
export const BREAKAGES = {
  'rows carry no timestamp of their observation': { session: withoutTimestamp },
  'progress is written first': { store: progressFirst },
  'progress leaves out what it follows': { rolled: withoutFollows },
  'segments are observed when they are processed': { observed: observedNow },
  'segments end short': { observed: endingShort },
  'minutes settle at once': { observed: settlingAtOnce },
  'minutes settle whatever has come': { observed: settlingWithoutEvidence },
  'silence is believed of minutes that were never asked for': { listing: believingSilence },
  'there is no second look': { settings: withoutSecondLook },
  'a missing end is not asked for again': { exchange: neverAgain },
  'a rejected row costs its page': { exchange: rejectingPages },
  'segments settle though the one before did not settle to its end': { observed: withoutChain },
} as const satisfies Record<string, Breakage>;

/** One breakage for each rule that only saves work: what is stored stays right. */
export const COSTLY_BREAKAGES = {
  'minutes that are stored as answered are written again': {
    observed: rememberingAnswers,
    rolled: writingAgain,
  },
  'segments that a later one covers are written': { storeBatch: oneByOne },
} as const satisfies Record<string, Breakage>;

/** One breakage for each rule whose lack shows so rarely that a scripted scenario shows it. */
export const RARE_BREAKAGES = {
  'a live answer erases what it lacks': { stored: withoutOwnMinutes },
  'rows of one time carry no mark': { session: withoutMark },
  ...RARE_LEDGER_BREAKAGES,
} as const satisfies Record<string, Breakage>;

/** The name of a breakage. */
export type BreakageName =
  | keyof typeof BREAKAGES
  | keyof typeof LEDGER_BREAKAGES
  | keyof typeof COSTLY_BREAKAGES
  | keyof typeof COSTLY_LEDGER_BREAKAGES
  | keyof typeof RARE_BREAKAGES;

/** All breakages, by their names. */
export const ALL_BREAKAGES: Readonly<Record<BreakageName, Breakage>> = {
  ...BREAKAGES,
  ...LEDGER_BREAKAGES,
  ...COSTLY_BREAKAGES,
  ...COSTLY_LEDGER_BREAKAGES,
  ...RARE_BREAKAGES,
};

function withoutTimestamp(session: CassandraSession): CassandraSession {
  return {
    ...session,
    write: (statements) =>
      session.write(
        statements.map(({ query, params }) =>
          query.startsWith('INSERT')
            ? { query: query.replace(/\s+USING TIMESTAMP \?$/, ''), params: params.slice(0, -1) }
            : { query, params },
        ),
      ),
  };
}

/** Breaks the rule of `docs/decisions/0012`: rows carry their observation's second and nothing below it. */
function withoutMark(session: CassandraSession): CassandraSession {
  const unmarked = (value: Buffer | null | undefined): Buffer =>
    longValue(floorTo(Number(value?.readBigInt64BE() ?? 0), 1_000_000));
  return {
    ...session,
    write: (statements) =>
      session.write(
        statements.map(({ query, params }) =>
          query.startsWith('INSERT INTO candles')
            ? { query, params: [...params.slice(0, -1), unmarked(params.at(-1))] }
            : { query, params },
        ),
      ),
  };
}

function progressFirst(store: SegmentStore): SegmentStore {
  return {
    ...store,
    async writeCandles(segment) {
      const status = (await store.readStatus([segment])).get(marketKey(segment));
      const progress = advance(status?.progress, segment);
      if (progress !== undefined) await store.writeProgress(segment, progress);
      await store.writeCandles(segment);
    },
  };
}

/** A segment that follows the start of time follows whatever is stored. */
function withoutFollows(codec: SegmentCodec<RolledSegment>): SegmentCodec<RolledSegment> {
  const following = (segment: RolledSegment): RolledSegment =>
    segment.followsMs === null ? segment : { ...segment, followsMs: 0 };
  return { ...codec, decode: (value) => following(codec.decode(value)) };
}

/** Encodes live segments with another end of what they settle; never less than what they follow. */
function settlingTo(
  codec: SegmentCodec<ObservedSegment>,
  settlesMs: (segment: ObservedSegment) => number,
): SegmentCodec<ObservedSegment> {
  const settling = (segment: ObservedSegment): ObservedSegment =>
    segment.settlesMs === null
      ? segment
      : { ...segment, settlesMs: Math.max(segment.settlesMs, settlesMs(segment)) };
  return { ...codec, encode: (segment) => codec.encode(settling(segment)) };
}

function settlingAtOnce(codec: SegmentCodec<ObservedSegment>): SegmentCodec<ObservedSegment> {
  return settlingTo(codec, (segment) => (leavesHole(segment) ? 0 : segment.toMs));
}

function settlingWithoutEvidence(
  codec: SegmentCodec<ObservedSegment>,
): SegmentCodec<ObservedSegment> {
  return settlingTo(codec, (segment) =>
    leavesHole(segment) ? 0 : Math.min(segment.toMs, unchangingMs(segment)),
  );
}

/** Breaks nothing but the chain: a segment settles to its end even if there is a hole before it. */
function withoutChain(codec: SegmentCodec<ObservedSegment>): SegmentCodec<ObservedSegment> {
  return settlingTo(codec, (segment) =>
    leavesHole(segment) ? Math.min(segment.toMs, unchangingMs(segment)) : 0,
  );
}

function unchangingMs({ observedAtMs }: Segment): number {
  return floorTo(observedAtMs - 2 * MINUTE_MS, MINUTE_MS);
}

function leavesHole({ followsMs, fromMs, gapFromMs }: Segment): boolean {
  return followsMs !== null && followsMs < fromMs && gapFromMs === null;
}

function observedNow(
  codec: SegmentCodec<ObservedSegment>,
  { nowMs }: BreakageWorld,
): SegmentCodec<ObservedSegment> {
  return { ...codec, encode: (segment) => codec.encode({ ...segment, observedAtMs: nowMs() }) };
}

function endingShort(
  codec: SegmentCodec<ObservedSegment>,
  { random }: BreakageWorld,
): SegmentCodec<ObservedSegment> {
  const shortened = (segment: ObservedSegment): ObservedSegment => {
    const toMs = segment.toMs - random.int(1, 9) * MINUTE_MS;
    if (segment.settlesMs === null || toMs <= segment.fromMs) return segment;
    const isBefore = ({ openTimeMs }: { openTimeMs: number }): boolean => openTimeMs < toMs;
    const minuteCandles = segment.minuteCandles.filter(isBefore);
    const rejected = segment.rejected.filter(isBefore);
    const settlesMs = Math.max(segment.followsMs ?? toMs, Math.min(segment.settlesMs, toMs));
    return { ...segment, toMs, settlesMs, minuteCandles, rejected };
  };
  return {
    ...codec,
    encode: (segment) => codec.encode(random.chance(0.2) ? shortened(segment) : segment),
  };
}

function believingSilence(store: ListingStore): ListingStore {
  const seen = (status: MarketStatus): MarketStatus =>
    status.progress === undefined
      ? status
      : { ...status, progress: { ...status.progress, seenToMs: Number.MAX_SAFE_INTEGER } };
  return {
    ...store,
    async readExchangeStatus(exchange) {
      const stored = await store.readExchangeStatus(exchange);
      const status = new Map([...stored.status].map(([key, one]) => [key, seen(one)]));
      return { ...stored, status };
    },
  };
}

/** Hides the stored minutes of a segment's own range, as if its answer were all there is. */
function withoutOwnMinutes(reader: CandleReader & DayReader): CandleReader & DayReader {
  return {
    ...reader,
    async readCandles(market, ranges) {
      const read = await reader.readCandles(market, ranges);
      // Transform asks for a segment's market with the segment itself.
      const { fromMs, toMs } = market as Segment;
      const isOutside = ({ openTimeMs }: Candle): boolean =>
        openTimeMs < fromMs || openTimeMs >= toMs;
      const minutes = (read.candles['1m'] ?? []).filter(isOutside);
      return { ...read, candles: { ...read.candles, '1m': minutes } };
    },
  };
}

function withoutSecondLook(settings: ObserveTickSettings): ObserveTickSettings {
  return { ...settings, scheduleMs: 0 };
}

/** What is asked for once more within a tick finds nothing. */
function neverAgain(exchange: Exchange): Exchange {
  const asked = new Map<string, number>();
  const isAgain = ({ pair, fromMs, toMs, closedBeforeMs }: CandlesQuery): boolean => {
    // The last of these follows from the tick's time.
    const question = `${pair} ${toMs} ${closedBeforeMs}`;
    const firstFromMs = asked.get(question);
    asked.set(question, firstFromMs ?? fromMs);
    return firstFromMs !== undefined;
  };
  return {
    ...exchange,
    candles: (query) =>
      isAgain(query) ? Promise.resolve({ candles: [], rejected: [] }) : exchange.candles(query),
  };
}

/** A page with a row that cannot be a candle. */
class RejectedPageError extends Error {
  override readonly name = 'RejectedPageError';
}

function rejectingPages(exchange: Exchange): Exchange {
  return {
    ...exchange,
    async candles(query) {
      const answer = await exchange.candles(query);
      const [first] = answer.rejected;
      if (first !== undefined) throw new RejectedPageError(first.reason);
      return answer;
    },
  };
}

function rememberingAnswers(
  codec: SegmentCodec<ObservedSegment>,
  { answered }: BreakageWorld,
): SegmentCodec<ObservedSegment> {
  return {
    ...codec,
    decode(value) {
      const segment = codec.decode(value);
      answered.set(segmentName(segment), segment.minuteCandles);
      return segment;
    },
  };
}

function writingAgain(
  codec: SegmentCodec<RolledSegment>,
  { answered }: BreakageWorld,
): SegmentCodec<RolledSegment> {
  return {
    ...codec,
    encode(segment) {
      const minutes = answered.get(segmentName(segment)) ?? [];
      return codec.encode({ ...segment, candles: { ...segment.candles, '1m': minutes } });
    },
  };
}

/** Stores the records of a batch as if each had come alone, so that none is covered. */
function oneByOne(storeBatch: StoreBatch): StoreBatch {
  return async (records) => {
    for (const [index, record] of records.entries()) {
      const answer = await storeBatch([record]);
      if (answer === undefined || answer.batchItemFailures.length === 0) continue;
      const batchItemFailures = records.slice(index).map(({ topic, partition, offset }) => ({
        itemIdentifier: { partition: `${topic}-${partition}`, offset },
      }));
      return { batchItemFailures };
    }
    return undefined;
  };
}
