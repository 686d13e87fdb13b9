import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'cassandra-driver';
import { Kafka, logLevel } from 'kafkajs';
import { localDataCenter } from '../../local/engines/engine-answers';
import { freePort } from '../../local/engines/free-port';
import { isAlive } from '../../local/engines/lock-file';
import { startEngines } from '../../local/engines/start-engines';
import type { StartedEngines } from '../../local/engines/start-engines';

const minutesMs = 60_000;
const insert = "INSERT INTO engines.rows (id, text) VALUES (1, 'written before the kill')";

let folder: string;
let engines: StartedEngines;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'candlestream-engines-'));
  engines = await start();
}, 5 * minutesMs);

afterAll(async () => {
  await engines.stop();
  await rm(folder, { recursive: true, force: true });
}, minutesMs);

async function start(): Promise<StartedEngines> {
  return startEngines({
    engines: 'jvm',
    dataDir: folder,
    kafkaPort: await freePort(),
    cassandraPort: await freePort(),
    onProgress: () => undefined,
  });
}

async function withCassandra<T>(use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ contactPoints: [engines.cassandra.endpoint], localDataCenter });
  try {
    await client.connect();
    return await use(client);
  } finally {
    await client.shutdown();
  }
}

async function readText(): Promise<unknown> {
  const result = await withCassandra((client) =>
    client.execute('SELECT text FROM engines.rows WHERE id = 1'),
  );
  return result.first()['text'];
}

function kafkaClient(): Kafka {
  const brokers = [engines.kafka.endpoint];
  return new Kafka({ clientId: 'engines-test', brokers, logLevel: logLevel.NOTHING });
}

async function produce(value: string): Promise<void> {
  const producer = kafkaClient().producer({ idempotent: true });
  await producer.connect();
  await producer.send({ topic: 'engines', acks: -1, messages: [{ value }] });
  await producer.disconnect();
}

async function consumeFirst(groupId: string): Promise<string | undefined> {
  const consumer = kafkaClient().consumer({ groupId });
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

function pidOf({ pid }: { pid: number | undefined }): number {
  if (pid === undefined) throw new Error('The engine has no pid: it is not running.');
  return pid;
}

async function refusesConnections(endpoint: string): Promise<boolean> {
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

test(
  'Kafka keeps a record over a kill',
  async () => {
    const admin = kafkaClient().admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: 'engines', numPartitions: 1 }] });
    await admin.disconnect();
    await produce('sent before the kill');
    const before = await consumeFirst('before');

    await engines.kafka.kill();
    const refused = await refusesConnections(engines.kafka.endpoint);
    await engines.kafka.start();

    expect(before).toBe('sent before the kill');
    expect(refused).toBe(true);
    expect(await consumeFirst('after')).toBe('sent before the kill');
  },
  2 * minutesMs,
);

test(
  'Cassandra keeps a row over a stop and a SIGKILL from outside, and says that it died',
  async () => {
    await withCassandra(async (client) => {
      await client.execute(
        "CREATE KEYSPACE engines WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
      );
      await client.execute('CREATE TABLE engines.rows (id int PRIMARY KEY, text text)');
      await client.execute(insert);
    });

    // In order first: a kill alone may lose the writes of the last 100 ms.
    await engines.cassandra.stop();
    await engines.cassandra.start();
    process.kill(pidOf(engines.cassandra), 'SIGKILL');
    const death = await engines.cassandra.died;
    const downAs = engines.cassandra.runsAs;
    await engines.cassandra.start();

    expect(death).toMatchObject({ name: 'cassandra', how: 'signal SIGKILL' });
    expect(downAs).toBeUndefined();
    expect(await readText()).toBe('written before the kill');
  },
  2 * minutesMs,
);

test(
  'stop ends every process, and the next start on the same folder has the data, on other ports too',
  async () => {
    const pids = [pidOf(engines.kafka), pidOf(engines.cassandra)];
    const groups = pids.map((pid) => -pid);
    const aliveBefore = [...pids, ...groups].map(isAlive);

    await engines.stop();
    const aliveAfter = pids.map(isAlive);
    // The watchers are killed as well; the system may take a moment to clear them away.
    while (groups.some(isAlive)) await sleep(20);
    engines = await start();

    expect(aliveBefore).toEqual([true, true, true, true]);
    expect(aliveAfter).toEqual([false, false]);
    expect(await consumeFirst('next run')).toBe('sent before the kill');
    expect(await readText()).toBe('written before the kill');
  },
  2 * minutesMs,
);
