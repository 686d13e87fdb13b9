import type { Admin } from 'kafkajs';
import type { EventSource } from '../event-source/event-source';
import type { FunctionName } from '../template/pipeline-template';

/** The lag of an event source in a partition. */
export interface PartitionLag {
  readonly function: FunctionName;
  readonly topic: string;
  readonly partition: number;
  /** The next offset to be processed. */
  readonly processedTo: number;
  /** The next offset to be written. */
  readonly end: number;
  /** Records between the two. */
  readonly records: number;
}

/**
 * Reads how far behind event sources are: the ends of the topics from the
 * broker; what was processed from the event source, which knows it before the
 * group's offsets say so, and before this run's first batch from those.
 */
export class PipelineLag {
  readonly #admin: Admin;
  readonly #sources: readonly EventSource[];
  readonly #committed = new Map<string, number>();

  constructor(admin: Admin, sources: readonly EventSource[]) {
    this.#admin = admin;
    this.#sources = sources;
  }

  async read(): Promise<PartitionLag[]> {
    const lags: PartitionLag[] = [];
    for (const source of this.#sources) {
      for (const topic of source.mapping.topics) lags.push(...(await this.#ofTopic(source, topic)));
    }
    return lags;
  }

  async #ofTopic(source: EventSource, topic: string): Promise<PartitionLag[]> {
    const { target, consumerGroupId } = source.mapping;
    const lags: PartitionLag[] = [];
    for (const { partition, low, high } of await this.#admin.fetchTopicOffsets(topic)) {
      const processedTo =
        source.processedTo(topic, partition) ??
        Math.max(Number(low), await this.#committedTo(consumerGroupId, topic, partition));
      const end = Number(high);
      const records = Math.max(0, end - processedTo);
      lags.push({ function: target, topic, partition, processedTo, end, records });
    }
    return lags;
  }

  /** -1 for a partition without a committed offset. */
  async #committedTo(groupId: string, topic: string, partition: number): Promise<number> {
    const key = `${groupId} ${topic}-${partition}`;
    if (!this.#committed.has(key)) await this.#readCommitted(groupId, topic);
    return this.#committed.get(key) ?? -1;
  }

  async #readCommitted(groupId: string, topic: string): Promise<void> {
    const [offsets] = await this.#admin.fetchOffsets({ groupId, topics: [topic] });
    for (const { partition, offset } of offsets?.partitions ?? []) {
      this.#committed.set(`${groupId} ${topic}-${partition}`, Number(offset));
    }
  }
}
