import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../../cli/free-port';
import { isAlive } from '../../../cli/lock-file';
import { startEngines } from '../../../local/engines/start-engines';
import type { StartedEngines } from '../../../local/engines/start-engines';
import { EngineClients, refusesConnections } from '../support/engine-clients';

const minutesMs = 60_000;

let folder: string;
let engines: StartedEngines;
const clients = new EngineClients(() => engines);

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

function pidOf({ pid }: { pid: number | undefined }): number {
  if (pid === undefined) throw new Error('The engine has no pid: it is not running.');
  return pid;
}

test(
  'Kafka keeps a record over a kill',
  async () => {
    await clients.createTopic();
    await clients.produce('sent before the kill');
    const before = await clients.consumeFirst('before');

    await engines.kafka.kill();
    const refused = await refusesConnections(engines.kafka.endpoint);
    await engines.kafka.start();

    expect(before).toBe('sent before the kill');
    expect(refused).toBe(true);
    expect(await clients.consumeFirst('after')).toBe('sent before the kill');
  },
  2 * minutesMs,
);

test(
  'Cassandra keeps a row over a stop and a SIGKILL from outside, and says that it died',
  async () => {
    await clients.writeText();

    // In order first: a kill alone may lose the writes of the last 100 ms.
    await engines.cassandra.stop();
    await engines.cassandra.start();
    process.kill(pidOf(engines.cassandra), 'SIGKILL');
    const death = await engines.cassandra.died;
    const downAs = engines.cassandra.runsAs;
    await engines.cassandra.start();

    expect(death).toMatchObject({ name: 'cassandra', how: 'signal SIGKILL' });
    expect(downAs).toBeUndefined();
    expect(await clients.readText()).toBe('written before the kill');
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
    expect(await clients.consumeFirst('next run')).toBe('sent before the kill');
    expect(await clients.readText()).toBe('written before the kill');
  },
  2 * minutesMs,
);
