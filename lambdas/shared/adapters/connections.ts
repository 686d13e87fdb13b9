import type { Context } from 'aws-lambda';
import { createDeadLetterCodec } from '../codec/dead-letter-codec';
import { createDeadLetters, type DeadLetters } from '../codec/dead-letters';
import type { RecordLog } from '../domain/ports';
import { createCandleStore } from './database/candle-store';
import { createCassandraSession } from './database/cassandra-client';
import { createDeadline } from './deadline';
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
  /** Runs one invocation: throttling is waited out within its time, and its metrics are published when it ends. */
  readonly invocation: <T>(context: Context, work: () => Promise<T>) => Promise<T>;
}

/** Connections to what the environment of a function names; the brokers know the function as `clientId`. */
export function createConnections(
  environment: ConnectionEnvironment,
  clientId: string,
): Connections {
  const telemetry = createTelemetry();
  const deadline = createDeadline();
  const brokers = createBrokerLookUp(environment, environment.AWS_REGION, deadline);
  const log = createKafkaLog({ clientId, brokers, telemetry, deadline });
  const deadLetterCodec = createDeadLetterCodec(environment.SCHEMA_VERSION_IDS);
  return {
    store: createCandleStore(createCassandraSession(environment, { telemetry, ...deadline })),
    log,
    deadLetters: createDeadLetters(deadLetterCodec, log, telemetry),
    telemetry,
    invocation: (context, work) => {
      deadline.begin(context);
      return telemetry.invocation(context, work);
    },
  };
}
