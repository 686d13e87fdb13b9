import type { ObserveTickSettings } from '../../lambdas/fetch/observe-tick';
import type { CassandraSession } from '../../lambdas/shared/adapters/database/cassandra-client';
import type { BatchAnswer } from '../../lambdas/shared/codec/batch-answer';
import type { KafkaRecord } from '../../lambdas/shared/codec/kafka-event';
import type { SegmentCodec } from '../../lambdas/shared/codec/segment-codec';
import type { Candle } from '../../lambdas/shared/domain/candle';
import type { LedgerDay } from '../../lambdas/shared/domain/ledger/ledger';
import { marketKey } from '../../lambdas/shared/domain/market';
import type {
  CandleReader,
  DayReader,
  Exchange,
  LedgerStore,
  ListingStore,
  SegmentStore,
  StoredCandles,
} from '../../lambdas/shared/domain/ports';
import type { ObservedSegment, RolledSegment, Segment } from '../../lambdas/shared/domain/segment';
import type { Random } from './world/random';

/** The ports that a breakage can come between. */
export interface Ports {
  readonly session: CassandraSession;
  /** The tables, as persist writes them. */
  readonly store: SegmentStore;
  /** Stored candles, as transform reads them. */
  readonly stored: CandleReader & DayReader;
  /** The status of markets, as fetch reads it. */
  readonly listing: ListingStore;
  /** The ledger of days, as reconcile uses it. */
  readonly ledger: LedgerStore;
  readonly exchange: Exchange;
  readonly observed: SegmentCodec<ObservedSegment>;
  readonly rolled: SegmentCodec<RolledSegment>;
  readonly storeBatch: StoreBatch;
}

export type StoreBatch = (records: readonly KafkaRecord[]) => Promise<BatchAnswer | undefined>;

/** Ports as a breakage makes them. */
export type BrokenPorts = {
  readonly [Port in keyof Ports]?: (port: Ports[Port], world: BreakageWorld) => Ports[Port];
};

/** Breaks one rule of the loop, from outside the functions: each must be found out. */
export interface Breakage extends BrokenPorts {
  readonly settings?: (settings: ObserveTickSettings) => ObserveTickSettings;
}

/** All that a breakage may know of the world. */
export interface BreakageWorld {
  readonly random: Random;
  readonly nowMs: () => number;
  /** For breakages: the minutes of segments that transform has read, by what tells the segments apart. */
  readonly answered: Map<string, readonly Candle[]>;
  /** For breakages: what transform has read for an audit, by the same. */
  readonly compared: Map<string, Comparison>;
}

/** What is stored of an audit's day when transform compares it. */
export interface Comparison {
  stored?: StoredCandles;
  day?: LedgerDay;
}

/** What tells segments apart. */
export function segmentName({ fromMs, toMs, observedAtMs, ...market }: Segment): string {
  return `${marketKey(market)} ${fromMs} ${toMs} ${observedAtMs}`;
}
