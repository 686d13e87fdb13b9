import { Partitioners } from 'kafkajs';
import type { IHeaders, Kafka, Message, Producer } from 'kafkajs';
import type { FailureDestination } from '../event-source/failure-destination';
import { sourceBytesOf } from '../event-source/kafka-event';
import type { EventRecord } from '../event-source/kafka-event';
import { LOCAL_RETRY } from './kafka-client';

const ALL_REPLICAS = -1;
/** Of one request: well below the megabyte that a broker takes by default. */
const REQUEST_BYTES = 500_000;

/**
 * A Kafka topic as on-failure destination: records with the key, the value and
 * the headers that they had. The metadata that Lambda adds is not played.
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
    // Only what is not connected yet connects.
    await this.#producer.connect();
    for (const messages of requestsOf(records.map(messageOf))) {
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

/** A record that is larger than a request makes one of its own. */
function requestsOf(messages: readonly Message[]): Message[][] {
  const requests: Message[][] = [];
  let leftBytes = 0;
  for (const message of messages) {
    const bytes = (message.key?.length ?? 0) + (message.value?.length ?? 0);
    if (requests.length === 0 || bytes > leftBytes) {
      requests.push([]);
      leftBytes = REQUEST_BYTES;
    }
    requests.at(-1)?.push(message);
    leftBytes -= bytes;
  }
  return requests;
}
