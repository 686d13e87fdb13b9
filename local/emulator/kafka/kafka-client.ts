import { Kafka, logLevel } from 'kafkajs';
import type { KafkaConfig } from 'kafkajs';
import { quietIdleConnections } from '../../../lambdas/shared/adapters/kafka/kafkajs-idle';

/** Takes what the client warns of. */
export type KafkaLog = (message: string) => void;

/** A broker that was started again is found within about a second. */
export const LOCAL_RETRY = { initialRetryTime: 100, maxRetryTime: 1_000, retries: 5 } as const;

/** A client of the local broker, which tries again at short intervals. */
export function localKafka(bootstrapServers: string, clientId: string, log: KafkaLog): Kafka {
  quietIdleConnections();
  const config: KafkaConfig = {
    brokers: bootstrapServers.split(','),
    clientId,
    connectionTimeout: 3_000,
    requestTimeout: 15_000,
    retry: LOCAL_RETRY,
    logLevel: logLevel.WARN,
    logCreator:
      () =>
      ({ namespace, log: { message, error } }) => {
        const said = `${namespace}: ${message}${typeof error === 'string' ? ` (${error})` : ''}`;
        if (!isOfAStart(said)) log(said);
      },
  };
  return new Kafka(config);
}

/** What a broker answers while it starts, to which the client comes back by itself. */
function isOfAStart(said: string): boolean {
  return /coordinator is (not available|loading)|Restarting the consumer in/i.test(said);
}
