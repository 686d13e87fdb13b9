import type { SourceRecord } from './kafka-event';

/** Up to where a partition is done: the next offset to be read. */
export interface PartitionOffset {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** Where records go. */
export interface RecordSink {
  /** Records of one partition, in offset order, after those it was given before. */
  readonly accept: (records: readonly SourceRecord[]) => void;
  /** Whether more may come; waits for it for `limitMs` at most. */
  readonly hasRoom: (limitMs: number) => Promise<boolean>;
  /** Reading starts again at the committed offsets: what waits would come twice. */
  readonly restarted: () => void;
}

/** Where records come from: the part of a Kafka consumer that an event source needs. */
export interface RecordFeed {
  readonly start: (sink: RecordSink) => Promise<void>;
  /** @throws where the offsets could not be stored */
  readonly commit: (offsets: readonly PartitionOffset[]) => Promise<void>;
  readonly stop: () => Promise<void>;
}
