import { setTimeout as sleep } from 'node:timers/promises';
import type { Batch, Consumer, EachBatchPayload, Kafka, KafkaMessage } from 'kafkajs';
import type { SourceRecord } from '../event-source/kafka-event';
import type { PartitionOffset, RecordFeed, RecordSink } from '../event-source/record-feed';
import type { MappingTemplate } from '../template/mapping-template';
import { LOCAL_RETRY } from './kafka-client';
import type { KafkaLog } from './kafka-outage';

/** The topics and the consumer group of a feed. */
export type KafkaFeedMapping = Pick<
  MappingTemplate,
  'topics' | 'consumerGroupId' | 'startingPosition'
>;

/** The shortest that brokers take by default: a member that was killed is out of the way soon. */
const SESSION_LIMIT_MS = 6_000;
const HEARTBEAT_EVERY_MS = 1_500;
/** A commit waits in line behind the fetch that waits for records: the delay it can have. */
const FETCH_WAIT_MS = 100;
const MIB = 1024 * 1024;
const RECONNECT_AFTER_MS = 1_000;

/** The topics of a mapping, read with kafkajs as a member of its consumer group. */
export class KafkaFeed implements RecordFeed {
  readonly #kafka: Kafka;
  readonly #mapping: KafkaFeedMapping;
  readonly #log: KafkaLog;
  #consumer: Consumer | null = null;
  #stopped = false;

  constructor(kafka: Kafka, mapping: KafkaFeedMapping, log: KafkaLog) {
    this.#kafka = kafka;
    this.#mapping = mapping;
    this.#log = log;
  }

  /** Joins the group; if the broker does not answer, it tries again until it does. */
  async start(sink: RecordSink): Promise<void> {
    while (!this.#stopped) {
      try {
        await this.#join(sink);
        return;
      } catch (error) {
        this.#log(`cannot join ${this.#mapping.consumerGroupId}, trying again: ${String(error)}`);
        await this.#leave();
        await sleep(RECONNECT_AFTER_MS);
      }
    }
  }

  async commit(offsets: readonly PartitionOffset[]): Promise<void> {
    if (!this.#consumer) throw new Error('the consumer has not joined its group');
    await this.#consumer.commitOffsets(
      offsets.map(({ topic, partition, offset }) => ({ topic, partition, offset: String(offset) })),
    );
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#leave();
  }

  async #leave(): Promise<void> {
    const consumer = this.#consumer;
    this.#consumer = null;
    if (consumer) await this.#disconnect(consumer);
  }

  async #disconnect(consumer: Consumer): Promise<void> {
    try {
      await consumer.disconnect();
    } catch (error) {
      // The broker drops a member that it has not heard of for its session limit.
      this.#log(`could not leave ${this.#mapping.consumerGroupId} in order: ${String(error)}`);
    }
  }

  async #join(sink: RecordSink): Promise<void> {
    const consumer = this.#makeConsumer();
    this.#consumer = consumer;
    const isCurrent = (): boolean => this.#consumer === consumer;
    consumer.on(consumer.events.GROUP_JOIN, () => {
      if (isCurrent()) sink.restarted();
      // kafkajs goes on with a join that was under way when the consumer was to leave.
      else void this.#disconnect(consumer);
    });
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      // kafkajs restarts by itself after an error that it takes to be temporary.
      if (!payload.restart && isCurrent()) void this.start(sink);
    });
    await consumer.connect();
    await consumer.subscribe({
      topics: [...this.#mapping.topics],
      fromBeginning: this.#mapping.startingPosition === 'TRIM_HORIZON',
    });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: (payload) => this.#pass(payload, sink),
    });
  }

  #makeConsumer(): Consumer {
    return this.#kafka.consumer({
      groupId: this.#mapping.consumerGroupId,
      sessionTimeout: SESSION_LIMIT_MS,
      rebalanceTimeout: SESSION_LIMIT_MS,
      heartbeatInterval: HEARTBEAT_EVERY_MS,
      maxWaitTimeInMs: FETCH_WAIT_MS,
      minBytes: 1,
      maxBytesPerPartition: 2 * MIB,
      maxBytes: 8 * MIB,
      retry: { ...LOCAL_RETRY, restartOnFailure: () => Promise.resolve(!this.#stopped) },
    });
  }

  /**
   * Passes a batch on at once, so that the next is fetched while this one is
   * processed; with no room left it waits, and keeps the membership meanwhile.
   */
  async #pass(payload: EachBatchPayload, sink: RecordSink): Promise<void> {
    const { batch } = payload;
    if (!payload.isRunning() || payload.isStale()) return;
    sink.accept(batch.messages.map((message) => sourceRecordOf(batch, message)));
    payload.resolveOffset(batch.lastOffset());
    await payload.heartbeat();
    while (payload.isRunning() && !(await sink.hasRoom(HEARTBEAT_EVERY_MS))) {
      await payload.heartbeat();
    }
  }
}

function sourceRecordOf({ topic, partition }: Batch, message: KafkaMessage): SourceRecord {
  return {
    topic,
    partition,
    offset: Number(message.offset),
    timestampMs: Number(message.timestamp),
    timestampType: timestampTypeOf(message),
    key: message.key,
    value: message.value,
    headers: headersOf(message),
  };
}

/** kafkajs decodes it, but its types leave it out: 1 stands for the broker's own time. */
function timestampTypeOf(message: KafkaMessage): SourceRecord['timestampType'] {
  const { batchContext } = message as { batchContext?: { timestampType?: unknown } };
  return batchContext?.timestampType === 1 ? 'LOG_APPEND_TIME' : 'CREATE_TIME';
}

function headersOf(message: KafkaMessage): [string, Buffer][] {
  return Object.entries(message.headers ?? {}).flatMap(([name, value]) =>
    [value]
      .flat()
      .filter((one) => one !== undefined)
      .map((one): [string, Buffer] => [name, Buffer.from(one)]),
  );
}
