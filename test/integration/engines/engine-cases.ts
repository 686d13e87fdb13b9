import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EngineKind, StartedEngines } from '../../../local/engines/start-engines';
import { EngineClients, refusesConnections } from '../support/engine-clients';
import { areThere, removeVolumes, RunningPart, startTestEngines } from '../support/test-engines';
import { until } from '../support/waiting';

const LIMIT_MS = 5 * 60_000;
const DEATH = { docker: /container/, jvm: /^signal SIGKILL$/ };

/** The tests of a kind of engines: what ordinary clients see of them over kills, stops and starts. */
export function testEngineKind(kind: EngineKind): void {
  let folder: string;
  let engines: StartedEngines;
  const clients = new EngineClients(() => engines);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'candlestream-engines-'));
    engines = await startTestEngines(folder, kind);
  }, LIMIT_MS);

  afterAll(async () => {
    await engines.stop();
    if (kind === 'docker') await removeVolumes(folder);
    await rm(folder, { recursive: true, force: true });
  }, LIMIT_MS);

  const running = () =>
    [engines.kafka, engines.cassandra].map(({ runsAs }) => new RunningPart(runsAs));

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
    LIMIT_MS,
  );

  test(
    'Cassandra keeps a row over a stop and a kill from outside, and says that it died',
    async () => {
      await clients.writeText();

      // In order first: a kill alone may lose the writes of the last 100 ms.
      await engines.cassandra.stop();
      await engines.cassandra.start();
      await new RunningPart(engines.cassandra.runsAs).killFromOutside();
      const death = await engines.cassandra.died;
      const downAs = engines.cassandra.runsAs;
      await engines.cassandra.start();

      expect(death.name).toBe('cassandra');
      expect(death.how).toMatch(DEATH[kind]);
      expect(downAs).toBeUndefined();
      expect(await clients.readText()).toBe('written before the kill');
    },
    LIMIT_MS,
  );

  test(
    'stop leaves nothing, and the next start on the same folder has the data, on other ports too',
    async () => {
      const parts = running();
      const before = await areThere(parts);

      await engines.stop();
      const after = await areThere(parts);
      // The watchers are killed as well; the system may take a moment to clear them away.
      await until('the watchers are gone', () => parts.every((part) => part.isGroupGone()));
      engines = await startTestEngines(folder, kind);

      expect(before).toEqual([true, true]);
      expect(after).toEqual([false, false]);
      expect(await clients.consumeFirst('next run')).toBe('sent before the kill');
      expect(await clients.readText()).toBe('written before the kill');
    },
    LIMIT_MS,
  );
}
