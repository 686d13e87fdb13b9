import type { SourceRecord } from './kafka-event';

/** The next offset of a partition to be read: those before it are done. */
export interface PartitionOffset {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** Takes the records of a feed. */
export interface RecordSink {
  /** Records of one partition, in offset order, after those it was given before. */
  readonly accept: (records: readonly SourceRecord[]) => void;
  /** Resolves with true if more may come; waits for that for `limitMs` at most. */
  readonly hasRoom: (limitMs: number) => Promise<boolean>;
  /** Reading starts again at the committed offsets: what waits would come twice. */
  readonly restarted: () => void;
}

/** A source of records: the part of a Kafka consumer that an event source needs. */
export interface RecordFeed {
  readonly start: (sink: RecordSink) => Promise<void>;
  /** @throws if the offsets could not be stored */
  readonly commit: (offsets: readonly PartitionOffset[]) => Promise<void>;
  readonly stop: () => Promise<void>;
}
