import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../../../cli/run-command';
import { freePort } from '../../../cli/free-port';
import { startEngines } from '../../../local/engines/start-engines';
import type { StartedEngines } from '../../../local/engines/start-engines';
import { EngineClients, refusesConnections } from '../support/engine-clients';

/** The engines of `npm start` as containers; as processes they have a test beside the other integration tests. */
const LIMIT_MS = 5 * 60_000;
const DOCKER = { timeoutMs: 60_000 };

let folder: string;
let engines: StartedEngines;
const clients = new EngineClients(() => engines);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'candlestream-docker-engines-'));
  engines = await start();
}, LIMIT_MS);

afterAll(async () => {
  // A volume has the name of its container.
  const volumes = [engines.kafka, engines.cassandra].map(({ runsAs }) => containerOf(runsAs));
  await engines.stop();
  await docker('volume', 'rm', ...volumes);
  await rm(folder, { recursive: true, force: true });
}, LIMIT_MS);

async function start(): Promise<StartedEngines> {
  return startEngines({
    engines: 'docker',
    dataDir: folder,
    kafkaPort: await freePort(),
    cassandraPort: await freePort(),
    onProgress: () => undefined,
  });
}

/** The lines that a command of Docker prints. */
async function docker(...args: string[]): Promise<string[]> {
  const { exitCode, stdout, stderr } = await runCommand('docker', args, DOCKER);
  if (exitCode !== 0) throw new Error(`docker ${args.join(' ')} failed: ${stderr}`);
  return stdout.split('\n').filter((line) => line !== '');
}

function containerOf(runsAs: string | undefined): string {
  const [, name] = /^container (.+)$/.exec(runsAs ?? '') ?? [];
  if (name === undefined) throw new Error(`Not run as a container: ${String(runsAs)}`);
  return name;
}

test(
  'Kafka keeps a record over a kill',
  async () => {
    await clients.createTopic();
    await clients.produce('sent before the kill');

    await engines.kafka.kill();
    const refused = await refusesConnections(engines.kafka.endpoint);
    await engines.kafka.start();

    expect(refused).toBe(true);
    expect(await clients.consumeFirst('after')).toBe('sent before the kill');
  },
  LIMIT_MS,
);

test(
  'Cassandra keeps a row over a stop, and says that its container died',
  async () => {
    await clients.writeText();
    await engines.cassandra.stop();
    await engines.cassandra.start();

    await docker('kill', containerOf(engines.cassandra.runsAs));
    const death = await engines.cassandra.died;
    await engines.cassandra.start();

    expect(death).toMatchObject({ name: 'cassandra', how: 'the container stopped' });
    expect(await clients.readText()).toBe('written before the kill');
  },
  LIMIT_MS,
);

test(
  'stop leaves no container, and the next start on the same folder has the data',
  async () => {
    const names = [engines.kafka, engines.cassandra].map(({ runsAs }) => containerOf(runsAs));
    const isStanding = async () => {
      const standing = await docker('ps', '--all', '--format', '{{.Names}}');
      return names.map((name) => standing.includes(name));
    };
    const before = await isStanding();

    await engines.stop();
    const after = await isStanding();
    engines = await start();

    expect(before).toEqual([true, true]);
    expect(after).toEqual([false, false]);
    expect(await clients.consumeFirst('next run')).toBe('sent before the kill');
    expect(await clients.readText()).toBe('written before the kill');
  },
  LIMIT_MS,
);
