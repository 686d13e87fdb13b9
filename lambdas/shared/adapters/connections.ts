import { createDeadLetterCodec } from '../codec/dead-letter-codec';
import { createDeadLetters, type DeadLetters } from '../codec/dead-letters';
import type { RecordLog } from '../domain/ports';
import { createCandleStore } from './database/candle-store';
import { createCassandraSession } from './database/cassandra-client';
import type { ConnectionEnvironment } from './environment';
import { createBrokerLookUp } from './kafka/kafka-brokers';
import { createKafkaLog } from './kafka/kafka-log';
import { createTelemetry, type FunctionTelemetry } from './telemetry';

/** Connections of a function. Each is opened when it is first used. */
export interface Connections {
  readonly store: ReturnType<typeof createCandleStore>;
  readonly log: RecordLog;
  readonly deadLetters: DeadLetters;
  readonly telemetry: FunctionTelemetry;
}

/** Connections to what the environment of a function names; the brokers know the function as `clientId`. */
export function createConnections(
  environment: ConnectionEnvironment,
  clientId: string,
): Connections {
  const telemetry = createTelemetry();
  const brokers = createBrokerLookUp(environment, environment.AWS_REGION);
  const log = createKafkaLog({ clientId, brokers, telemetry });
  const deadLetterCodec = createDeadLetterCodec(environment.SCHEMA_VERSION_IDS);
  return {
    store: createCandleStore(createCassandraSession(environment, telemetry)),
    log,
    deadLetters: createDeadLetters(deadLetterCodec, log, telemetry),
    telemetry,
  };
}
