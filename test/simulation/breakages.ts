import type { CassandraSession } from '../../lambdas/shared/adapters/database/cassandra-client';
import type { SegmentCodec } from '../../lambdas/shared/codec/segment-codec';
import { MINUTE_MS } from '../../lambdas/shared/domain/interval';
import type { Exchange, SegmentStore } from '../../lambdas/shared/domain/ports';
import { advance } from '../../lambdas/shared/domain/progress';
import type { ObservedSegment, RolledSegment } from '../../lambdas/shared/domain/segment';
import type { Random } from './random';

/** The ports that a breakage can come between, and what it may use to break them. */
export interface Ports {
  readonly session: CassandraSession;
  readonly store: SegmentStore;
  readonly exchange: Exchange;
  readonly observed: SegmentCodec<ObservedSegment>;
  readonly rolled: SegmentCodec<RolledSegment>;
}

/** Breaks one rule of the loop, from outside the functions: each must be found out. */
export type Breakage = {
  readonly [Port in keyof Ports]?: (port: Ports[Port], world: BreakageWorld) => Ports[Port];
};

/** What a breakage may know of the world. */
export interface BreakageWorld {
  readonly random: Random;
  readonly nowMs: () => number;
}

/** One breakage for each rule that the loop stands on. */
export const BREAKAGES = {
  'rows carry no timestamp of their observation': { session: withoutTimestamp },
  'progress is written first': { store: progressFirst },
  'progress leaves out what it follows': { rolled: withoutFollows },
  'minutes settle at once': { observed: settlingAtOnce },
  'segments are observed when they are processed': { observed: observedNow },
  'segments end short': { observed: endingShort },
  'answers are cut short': { exchange: cutShort },
} as const satisfies Record<string, Breakage>;

/** The name of a breakage. */
export type BreakageName = keyof typeof BREAKAGES;

function withoutTimestamp(session: CassandraSession): CassandraSession {
  const stripped = ({ query, params }: { query: string; params: Buffer[] }) => ({
    query: query.replace(/\s+USING TIMESTAMP \?$/, ''),
    params: params.slice(0, -1),
  });
  return { ...session, write: (statements) => session.write(statements.map(stripped)) };
}

function progressFirst(store: SegmentStore): SegmentStore {
  return {
    ...store,
    async writeCandles(segment) {
      const stored = (await store.read([segment.pair])).get(segment.pair);
      const progress = advance(stored, segment);
      if (progress !== undefined) await store.writeProgress(segment.pair, progress);
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

function settlingAtOnce(codec: SegmentCodec<ObservedSegment>): SegmentCodec<ObservedSegment> {
  const settling = (segment: ObservedSegment) =>
    segment.settlesMs === null ? segment : { ...segment, settlesMs: segment.toMs };
  return { ...codec, encode: (segment) => codec.encode(settling(segment)) };
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
    const minutes = segment.minutes.filter(({ openTimeMs }) => openTimeMs < toMs);
    const settlesMs = Math.max(segment.followsMs ?? toMs, Math.min(segment.settlesMs, toMs));
    return { ...segment, toMs, settlesMs, minutes };
  };
  return {
    ...codec,
    encode: (segment) => codec.encode(random.chance(0.2) ? shortened(segment) : segment),
  };
}

function cutShort(exchange: Exchange, { random }: BreakageWorld): Exchange {
  return {
    ...exchange,
    async minutes(query) {
      const minutes = await exchange.minutes(query);
      return random.chance(0.05) ? minutes.slice(0, -random.int(1, 5)) : minutes;
    },
  };
}
