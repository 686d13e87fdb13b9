import { Kafka, logLevel, type Message, Partitioners, type Producer } from 'kafkajs';
import type { NewRecord, RecordLog, Telemetry } from '../../domain/ports';
import type { BrokerAccess } from './kafka-brokers';
import { inTurns } from '../exchanges/in-turns';
import { quietIdleConnections } from './kafkajs-idle';
import { splitBySize } from './split-by-size';

/** How the log is reached. */
export interface KafkaLogOptions {
  readonly clientId: string;
  /** Asked before each new connection, so that brokers may change. */
  readonly brokers: () => Promise<BrokerAccess>;
  /** Told of each failed append, as `KafkaErrors`. @default nobody is told */
  readonly telemetry?: Pick<Telemetry, 'count'>;
}

/** A topic takes 1 MiB at once; the rest is for the batch's own header and its records' framing. */
const BYTES_PER_REQUEST = 900_000;

const TIMEOUTS = { connectionTimeout: 3_000, authenticationTimeout: 5_000, requestTimeout: 5_000 };
/** Three repetitions in at most about 3 s, each pause 20 % longer or shorter by chance. */
const RETRY = {
  retries: 3,
  initialRetryTime: 200,
  multiplier: 2,
  maxRetryTime: 2_000,
  factor: 0.2,
};

/**
 * Kafka as a log to append to. Records are acknowledged by all in-sync
 * replicas; repetitions may duplicate a record, which the loop does not mind.
 * What is appended to a topic while a request to it is under way goes together
 * in the next one. A producer whose request failed is given up, so that the
 * next append starts on fresh connections: a function may have been frozen for
 * hours.
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
      await giveUp(producer);
      throw new KafkaAppendError(topic, records.length, cause);
    }
  };
  const topics = new Map<string, (records: readonly NewRecord[]) => Promise<void>>();
  return {
    async append(topic, records) {
      if (records.length === 0) return;
      const append = topics.get(topic) ?? inTurns<NewRecord>((turn) => appendTurn(topic, turn));
      topics.set(topic, append);
      await append(records);
    },
  };
}

/** Records that a topic did not take; some of them may be in it. */
export class KafkaAppendError extends Error {
  override readonly name = 'KafkaAppendError';
  constructor(topic: string, records: number, cause: unknown) {
    super(`Could not append ${records} records to the topic ${topic}: ${String(cause)}`, { cause });
  }
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
    await giveUp(Promise.resolve(producer));
    throw cause;
  }
  return producer;
}

/** Disconnecting what is broken may fail too; the failure that matters is thrown by the caller. */
async function giveUp(producer: Promise<Producer>): Promise<void> {
  await producer.then((broken) => broken.disconnect()).catch(() => undefined);
}

async function appendAll(producer: Producer, topic: string, records: readonly NewRecord[]) {
  for (const messages of requestsOf(records)) {
    await producer.send({ topic, messages, acks: -1, timeout: TIMEOUTS.requestTimeout });
  }
}

/** The records as requests that a topic takes, in their order. */
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
