import { type Admin, Kafka, logLevel } from 'kafkajs';
import { quietIdleConnections } from '../../../lambdas/shared/adapters/kafka/kafkajs-idle';
import { until } from './waiting';

/** A record of a topic; for one that is written, `offset` is what it got. */
export interface TopicRecord {
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
  readonly value: Buffer;
}

/** The next offset of each partition. */
export type TopicEnds = ReadonlyMap<number, number>;

/** How many records were written to the partitions in all. */
export function total(ends: TopicEnds): number {
  return [...ends.values()].reduce((sum, end) => sum + end, 0);
}

/** The topics of a broker, as any client has them. */
export class Topics {
  readonly #kafka: Kafka;

  constructor(endpoint: string) {
    quietIdleConnections();
    this.#kafka = new Kafka({
      clientId: 'integration-test',
      brokers: [endpoint],
      logLevel: logLevel.NOTHING,
    });
  }

  /** The ends of a topic, once or again and again. */
  async watch<T>(topic: string, work: (ends: () => Promise<TopicEnds>) => Promise<T>): Promise<T> {
    const admin = this.#kafka.admin();
    await admin.connect();
    try {
      return await work(() => endsOf(admin, topic));
    } finally {
      await admin.disconnect();
    }
  }

  ends(topic: string): Promise<TopicEnds> {
    return this.watch(topic, (ends) => ends());
  }

  /** The records from some ends on, each partition's in order. */
  async since(topic: string, from: TopicEnds): Promise<TopicRecord[]> {
    const wanted = total(await this.ends(topic)) - total(from);
    const consumer = this.#kafka.consumer({ groupId: `reader-${performance.now()}` });
    const records: TopicRecord[] = [];
    await consumer.connect();
    try {
      await consumer.subscribe({ topic, fromBeginning: true });
      await consumer.run({
        eachMessage: ({ partition, message: { offset, key, value } }) => {
          const record = { partition, offset: Number(offset), key: String(key) };
          if (record.offset >= (from.get(partition) ?? 0)) {
            records.push({ ...record, value: value ?? Buffer.alloc(0) });
          }
          return Promise.resolve();
        },
      });
      await until(`${wanted} records of ${topic} are read`, () => records.length >= wanted);
      return records;
    } finally {
      await consumer.disconnect();
    }
  }

  /** Appends records one after the other, each to its partition; gives them with their offsets. */
  async append(
    topic: string,
    records: readonly Omit<TopicRecord, 'offset'>[],
  ): Promise<TopicRecord[]> {
    const producer = this.#kafka.producer();
    await producer.connect();
    try {
      const written: TopicRecord[] = [];
      for (const record of records) {
        const { key, value, partition } = record;
        const [answer] = await producer.send({ topic, messages: [{ key, value, partition }] });
        written.push({ ...record, offset: Number(answer?.baseOffset) });
      }
      return written;
    } finally {
      await producer.disconnect();
    }
  }
}

async function endsOf(admin: Admin, topic: string): Promise<TopicEnds> {
  const partitions = await admin.fetchTopicOffsets(topic);
  return new Map(partitions.map(({ partition, high }) => [partition, Number(high)]));
}
