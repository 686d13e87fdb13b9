import { Kafka, logLevel, type Message, Partitioners, type Producer } from 'kafkajs';
import type { NewRecord, RecordLog, Telemetry } from '../../domain/ports';
import { createDeadline, type Deadline } from '../deadline';
import type { BrokerAccess } from './kafka-brokers';
import { inTurns } from './in-turns';
import { quietIdleConnections } from './kafkajs-idle';
import { splitBySize } from './split-by-size';
import { waitedOut } from './waited-out';

/** Options of a log. */
export interface KafkaLogOptions {
  readonly clientId: string;
  /** Called before each new connection, so that brokers may change. */
  readonly brokers: () => Promise<BrokerAccess>;
  /** Counts each failed append, as `KafkaErrors`. @default none are counted */
  readonly telemetry?: Pick<Telemetry, 'count'>;
  /** The time in which brokers that refuse connections are waited for. @default none */
  readonly deadline?: Pick<Deadline, 'hasTime'>;
}

/** A topic takes 1 MiB at once; the difference is for the header of the batch and the framing of its records. */
const BYTES_PER_REQUEST = 900_000;

const TIMEOUTS = { connectionTimeout: 3_000, authenticationTimeout: 5_000, requestTimeout: 5_000 };
/** Three retries within about 3 s, with pauses that vary by 20 % at random. */
const RETRY = {
  retries: 3,
  initialRetryTime: 200,
  multiplier: 2,
  maxRetryTime: 2_000,
  factor: 0.2,
};

/**
 * Kafka as a log to append to. All in-sync replicas acknowledge a record. A
 * retry may duplicate a record, which its readers tolerate. Records that are
 * appended to a topic during a request to it share the next request. A producer
 * whose request failed is discarded, so that the next append opens new
 * connections: the function may have been frozen for hours. Brokers that cannot
 * be reached, or take no more connections for now, are waited for as long as
 * the invocation has time: after a deployment, all functions connect at once.
 */
export function createKafkaLog(options: KafkaLogOptions): RecordLog {
  quietIdleConnections();
  let connected: Promise<Producer> | undefined;
  const appendTurn = async (topic: string, records: readonly NewRecord[]): Promise<void> => {
    connected ??= connect(options);
    const producer = connected;
    try {
      await appendAll(await producer, topic, records);
    } catch (cause) {
      if (connected === producer) connected = undefined;
      options.telemetry?.count('KafkaErrors', 1);
      await discard(producer);
      throw new KafkaAppendError(topic, records.length, cause);
    }
  };
  const { hasTime } = options.deadline ?? createDeadline();
  const patientTurn = (topic: string, records: readonly NewRecord[]): Promise<void> =>
    waitedOut(
      () => appendTurn(topic, records),
      ({ error }) => mayPass(error) && hasTime(),
    );
  const topics = new Map<string, (records: readonly NewRecord[]) => Promise<void>>();
  return {
    async append(topic, records) {
      if (records.length === 0) return;
      const append = topics.get(topic) ?? inTurns<NewRecord>((turn) => patientTurn(topic, turn));
      topics.set(topic, append);
      await append(records);
    },
  };
}

/** Records could not be appended to a topic; it may hold some of them. */
export class KafkaAppendError extends Error {
  override readonly name = 'KafkaAppendError';
  constructor(topic: string, records: number, cause: unknown) {
    super(`Could not append ${records} records to the topic ${topic}: ${String(cause)}`, { cause });
  }
}

/** True if KafkaJS would try again, had it not tried often enough, or if the broker has too many new connections. */
function mayPass(error: Error): boolean {
  const root = rootCause(error);
  const refusal = root as { readonly retriable?: unknown };
  return refusal.retriable === true || TOO_MANY_CONNECTIONS.test(root.message);
}

/**
 * A refused login of a broker that new connections come to too fast.
 * Source: the Amazon MSK developer guide, "Troubleshoot your cluster", "Too many connects".
 */
const TOO_MANY_CONNECTIONS = /too many connects/i;

function rootCause(error: Error): Error {
  return error.cause instanceof Error ? rootCause(error.cause) : error;
}

async function connect({ clientId, brokers }: KafkaLogOptions): Promise<Producer> {
  const kafka = new Kafka({
    clientId,
    ...(await brokers()),
    ...TIMEOUTS,
    retry: RETRY,
    logLevel: logLevel.NOTHING,
  });
  const producer = kafka.producer({
    createPartitioner: Partitioners.DefaultPartitioner,
    allowAutoTopicCreation: false,
    retry: RETRY,
  });
  try {
    await producer.connect();
  } catch (cause) {
    await discard(Promise.resolve(producer));
    throw cause;
  }
  return producer;
}

/** A broken producer may also fail to disconnect; the caller throws the failure that matters. */
async function discard(producer: Promise<Producer>): Promise<void> {
  await producer.then((broken) => broken.disconnect()).catch(() => undefined);
}

async function appendAll(producer: Producer, topic: string, records: readonly NewRecord[]) {
  for (const messages of requestsOf(records)) {
    await producer.send({ topic, messages, acks: -1, timeout: TIMEOUTS.requestTimeout });
  }
}

/** Groups records, in their order, into requests that a topic accepts. */
export function requestsOf(records: readonly NewRecord[]): Message[][] {
  const requests = splitBySize(
    records,
    ({ key, value }) => value.byteLength + key.length,
    BYTES_PER_REQUEST,
  );
  return requests.map((request) => request.map(messageOf));
}

function messageOf({ key, value }: NewRecord): Message {
  return { key, value: Buffer.from(value.buffer, value.byteOffset, value.byteLength) };
}
