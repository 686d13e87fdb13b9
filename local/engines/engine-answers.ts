import { Client } from 'cassandra-driver';
import { Kafka, logLevel } from 'kafkajs';

const CONNECT_LIMIT_MS = 2_000;
const ANSWER_LIMIT_MS = 5_000;

/** The data centre of a Cassandra with its default snitch. */
export const LOCAL_DATA_CENTER = 'datacenter1';

/** Asks Kafka for its brokers, once. @throws unless one takes requests */
export async function checkKafkaAnswers(endpoint: string): Promise<void> {
  const kafka = new Kafka({
    clientId: 'candlestream-engines',
    brokers: [endpoint],
    connectionTimeout: CONNECT_LIMIT_MS,
    requestTimeout: ANSWER_LIMIT_MS,
    retry: { retries: 0 },
    logLevel: logLevel.NOTHING,
  });
  const admin = kafka.admin();
  try {
    await admin.connect();
    const { brokers } = await admin.describeCluster();
    if (brokers.length === 0) throw new Error(`Kafka at ${endpoint} has no broker at work yet.`);
  } finally {
    await admin.disconnect();
  }
}

/** Connects to Cassandra and reads one row, once. @throws if that fails */
export async function checkCassandraAnswers(endpoint: string): Promise<void> {
  const client = new Client({
    contactPoints: [endpoint],
    localDataCenter: LOCAL_DATA_CENTER,
    socketOptions: { connectTimeout: CONNECT_LIMIT_MS, readTimeout: ANSWER_LIMIT_MS },
    // The driver (4.10) leaves the beat of a connection that was reset on its way, and it keeps a process for a minute.
    pooling: { heartBeatInterval: 0 },
  });
  try {
    await client.connect();
    await client.execute('SELECT release_version FROM system.local');
  } finally {
    await client.shutdown();
  }
}
