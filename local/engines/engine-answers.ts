import { Client } from 'cassandra-driver';
import { Kafka, logLevel } from 'kafkajs';

const connectLimitMs = 2000;
const answerLimitMs = 5000;

/** The data centre that a Cassandra with its default snitch says it is in. */
export const localDataCenter = 'datacenter1';

/** Asks Kafka for its brokers, once; throws unless one takes requests. */
export async function checkKafkaAnswers(endpoint: string): Promise<void> {
  const kafka = new Kafka({
    clientId: 'candlestream-engines',
    brokers: [endpoint],
    connectionTimeout: connectLimitMs,
    requestTimeout: answerLimitMs,
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

/** Connects to Cassandra and reads one row, once; throws where that fails. */
export async function checkCassandraAnswers(endpoint: string): Promise<void> {
  const client = new Client({
    contactPoints: [endpoint],
    localDataCenter,
    socketOptions: { connectTimeout: connectLimitMs, readTimeout: answerLimitMs },
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
