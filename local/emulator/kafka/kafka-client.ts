import {
  type Admin,
  type AdminConfig,
  type Consumer,
  type ConsumerConfig,
  Kafka,
  logLevel,
  type Producer,
  type ProducerConfig,
} from 'kafkajs';
import { quietIdleConnections } from '../../../lambdas/shared/adapters/kafka/kafkajs-idle';
import { type KafkaLog, KafkaOutage } from './kafka-outage';

/** A broker that was started again is found within about a second. */
export const LOCAL_RETRY = { initialRetryTime: 100, maxRetryTime: 1_000, retries: 5 } as const;

/** A client of the local broker, which tries again at short intervals. */
export function localKafka(bootstrapServers: string, clientId: string, log: KafkaLog): Kafka {
  quietIdleConnections();
  return new LocalKafka(bootstrapServers, clientId, new KafkaOutage(bootstrapServers, log));
}

/** A client whose log goes to an outage, as does every answer of a broker. */
class LocalKafka extends Kafka {
  readonly #outage: KafkaOutage;

  constructor(bootstrapServers: string, clientId: string, outage: KafkaOutage) {
    super({
      brokers: bootstrapServers.split(','),
      clientId,
      connectionTimeout: 3_000,
      requestTimeout: 15_000,
      retry: LOCAL_RETRY,
      logLevel: logLevel.WARN,
      logCreator: () => (entry) => outage.logged(entry),
    });
    this.#outage = outage;
  }

  override consumer(config: ConsumerConfig): Consumer {
    const consumer = super.consumer(config);
    consumer.on(consumer.events.REQUEST, () => this.#outage.answered());
    return consumer;
  }

  override producer(config?: ProducerConfig): Producer {
    const producer = super.producer(config);
    producer.on(producer.events.REQUEST, () => this.#outage.answered());
    return producer;
  }

  override admin(config?: AdminConfig): Admin {
    const admin = super.admin(config);
    admin.on(admin.events.REQUEST, () => this.#outage.answered());
    return admin;
  }
}
