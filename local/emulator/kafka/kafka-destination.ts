import { type IHeaders, type Kafka, type Message, Partitioners, type Producer } from 'kafkajs';
import { splitBySize } from '../../../lambdas/shared/adapters/kafka/split-by-size';
import type { FailureDestination } from '../event-source/delivery/failure-destination';
import { type EventRecord, sourceBytesOf } from '../event-source/kafka-event';
import { LOCAL_RETRY } from './kafka-client';

const ALL_REPLICAS = -1;
/** The limit of one request, well below the megabyte that a broker takes by default. */
const REQUEST_BYTES = 500_000;

/**
 * A Kafka topic as on-failure destination: records with the key, the value and
 * the headers that they had. The metadata that Lambda adds is not emulated.
 */
export class KafkaDestination implements FailureDestination {
  readonly #topic: string;
  readonly #producer: Producer;

  constructor(kafka: Kafka, topic: string) {
    this.#topic = topic;
    this.#producer = kafka.producer({
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
      retry: LOCAL_RETRY,
    });
  }

  async send(records: readonly EventRecord[]): Promise<void> {
    // A producer that is connected stays so.
    await this.#producer.connect();
    for (const messages of splitBySize(records.map(messageOf), bytesOf, REQUEST_BYTES)) {
      await this.#producer.send({ topic: this.#topic, acks: ALL_REPLICAS, messages });
    }
  }

  async stop(): Promise<void> {
    await this.#producer.disconnect();
  }
}

function messageOf(record: EventRecord): Message {
  const { key, value, headers } = sourceBytesOf(record);
  const byName: Record<string, Buffer[]> = {};
  for (const [name, bytes] of headers) (byName[name] ??= []).push(bytes);
  return { key, value, headers: byName satisfies IHeaders };
}

function bytesOf({ key, value }: Message): number {
  return (key?.length ?? 0) + (value?.length ?? 0);
}
