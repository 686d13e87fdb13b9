import { createDeadLetterCodec } from '../codec/dead-letter-codec';
import { createDeadLetters, type DeadLetters } from '../codec/dead-letters';
import type { RecordLog } from '../domain/ports';
import { createCandleStore } from './database/candle-store';
import { createCassandraSession } from './database/cassandra-client';
import type { ConnectionEnvironment } from './environment';
import { createBrokerLookUp } from './kafka/kafka-brokers';
import { createKafkaLog } from './kafka/kafka-log';
import { createTelemetry, type FunctionTelemetry } from './telemetry';

/** What a function is connected to. Nothing is contacted before it is used. */
export interface Connections {
  readonly store: ReturnType<typeof createCandleStore>;
  readonly log: RecordLog;
  readonly deadLetters: DeadLetters;
  readonly telemetry: FunctionTelemetry;
}

/** The connections that a function's environment describes; `clientId` names it to the brokers. */
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
