import type { KafkaRecord } from '../../../lambdas/shared/codec/kafka-event';
import type { NewRecord, RecordLog } from '../../../lambdas/shared/domain/ports';
import { TOPICS } from '../../../lambdas/shared/domain/topics';
import type { Calls, Life } from './calls';
import type { Faults } from '../faults';
import type { Random } from './random';

/** A record as it waits to be delivered; undefined where it was lost. */
export type LoggedRecord = KafkaRecord | undefined;

/** One partition of a topic. */
export interface LogPartition {
  readonly topic: string;
  readonly partition: number;
  /** By offset. */
  readonly records: readonly LoggedRecord[];
  /** Called after each record that is appended. */
  onAppended: () => void;
}

/** A log in memory. A record can be lost, or spoilt, between being acknowledged and being delivered. */
export interface MemoryLog {
  /** The log as one function's environment reaches it. */
  reachedBy(life: Life): RecordLog;
  partitionsOf(topic: string): readonly LogPartition[];
  /** Where the records are that were spoilt, as `topic partition offset`. */
  readonly spoilt: ReadonlySet<string>;
}

interface OpenPartition extends LogPartition {
  readonly records: LoggedRecord[];
}

/** @param partitionOf which of a topic's partitions a key belongs to */
export function createMemoryLog(
  calls: Calls,
  random: Random,
  faults: Faults,
  partitions: number,
  partitionOf: (key: string) => number,
): MemoryLog {
  const topics = new Map<string, OpenPartition[]>(
    Object.values(TOPICS).map((topic) => [
      topic,
      Array.from({ length: partitions }, (_, partition) => emptyPartition(topic, partition)),
    ]),
  );
  const spoilt = new Set<string>();

  const partitionsOf = (topic: string): OpenPartition[] => {
    const found = topics.get(topic);
    if (found === undefined) throw new RangeError(`There is no topic ${topic}`);
    return found;
  };

  const appendOne = (topic: string, { key, value }: NewRecord): void => {
    const partition = partitionsOf(topic)[partitionOf(key)] as OpenPartition;
    const at = { topic, partition: partition.partition, offset: partition.records.length };
    const faulty = !calls.isCalm() && topic !== TOPICS.deadLetter;
    const lost = faulty && random.chance(faults.recordLost);
    const corrupt = faulty && !lost && random.chance(faults.recordCorrupted);
    if (corrupt) spoilt.add(`${topic} ${at.partition} ${at.offset}`);
    const bytes = Buffer.from(value);
    const stored = corrupt ? bytes.subarray(0, random.int(0, bytes.length - 1)) : bytes;
    partition.records.push(lost ? undefined : { ...at, timestampMs: 0, key, value: stored });
    partition.onAppended();
  };

  return {
    spoilt,
    partitionsOf,
    reachedBy: (life) => ({
      append: (topic, records) =>
        records.length === 0
          ? Promise.resolve()
          : calls.change(
              life,
              () => `append to ${topic}`,
              records.map((record) => () => appendOne(topic, record)),
            ),
    }),
  };
}

function emptyPartition(topic: string, partition: number): OpenPartition {
  return { topic, partition, records: [], onAppended: () => undefined };
}
