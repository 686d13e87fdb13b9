import { once } from 'node:events';
import { connect } from 'node:net';
import { Client } from 'cassandra-driver';
import { Kafka, logLevel } from 'kafkajs';
import { quietIdleConnections } from '../../../lambdas/shared/adapters/kafka/kafkajs-idle';
import { LOCAL_DATA_CENTER } from '../../../local/engines/engine-answers';
import type { StartedEngines } from '../../../local/engines/start-engines';

const CREATE_KEYSPACE =
  "CREATE KEYSPACE engines WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}";
const TEXT = 'written before the kill';

/** What ordinary clients do with started engines: a record of a topic, a row of a table. */
export class EngineClients {
  readonly #engines: () => StartedEngines;

  /** @param engines those that are started now */
  constructor(engines: () => StartedEngines) {
    quietIdleConnections();
    this.#engines = engines;
  }

  async createTopic(): Promise<void> {
    const admin = this.#kafka().admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: 'engines', numPartitions: 1 }] });
    await admin.disconnect();
  }

  async produce(value: string): Promise<void> {
    const producer = this.#kafka().producer({ idempotent: true });
    await producer.connect();
    await producer.send({ topic: 'engines', acks: -1, messages: [{ value }] });
    await producer.disconnect();
  }

  /** The first record of the topic, read by a group of its own. */
  async consumeFirst(groupId: string): Promise<string | undefined> {
    const consumer = this.#kafka().consumer({ groupId });
    await consumer.connect();
    await consumer.subscribe({ topic: 'engines', fromBeginning: true });
    const value = await new Promise<string | undefined>((resolve, reject) => {
      const eachMessage = ({ message }: { message: { value: Buffer | null } }) => {
        resolve(message.value?.toString());
        return Promise.resolve();
      };
      consumer.run({ eachMessage }).catch(reject);
    });
    await consumer.disconnect();
    return value;
  }

  async writeText(): Promise<void> {
    await this.#withCassandra(async (client) => {
      await client.execute(CREATE_KEYSPACE);
      await client.execute('CREATE TABLE engines.rows (id int PRIMARY KEY, text text)');
      await client.execute(`INSERT INTO engines.rows (id, text) VALUES (1, '${TEXT}')`);
    });
  }

  async readText(): Promise<unknown> {
    const result = await this.#withCassandra((client) =>
      client.execute('SELECT text FROM engines.rows WHERE id = 1'),
    );
    return result.first()['text'];
  }

  #kafka(): Kafka {
    const brokers = [this.#engines().kafka.endpoint];
    return new Kafka({ clientId: 'engines-test', brokers, logLevel: logLevel.NOTHING });
  }

  async #withCassandra<T>(use: (client: Client) => Promise<T>): Promise<T> {
    const contactPoints = [this.#engines().cassandra.endpoint];
    const client = new Client({ contactPoints, localDataCenter: LOCAL_DATA_CENTER });
    try {
      await client.connect();
      return await use(client);
    } finally {
      await client.shutdown();
    }
  }
}

/** Whether nothing listens there. */
export async function refusesConnections(endpoint: string): Promise<boolean> {
  const [host, port] = endpoint.split(':');
  const socket = connect({ host, port: Number(port) });
  try {
    await once(socket, 'connect');
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ECONNREFUSED';
  } finally {
    socket.destroy();
  }
}
