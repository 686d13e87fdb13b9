import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { freePort } from '../../../cli/free-port';
import { composeProject } from '../../../local/containers/compose-project';
import {
  containerEngines,
  type ContainerEnginesOptions,
} from '../../../local/engines/container-engines';
import { type FakeAnswer, fakeRun } from './fake-run';
import { temporaryFolder } from './temporary-folder';

const { composeFile } = composeProject({}, 'any');
const COMPOSE = `docker compose --project-name candlestream-old1 --file ${composeFile} --progress plain`;
const ALL = `${COMPOSE} --profile *`;
/** Docker with both images and none of the containers. */
const DOCKER: Record<string, FakeAnswer> = {
  'docker ps': {},
  [`${ALL} down`]: {},
  [`${COMPOSE} config --images kafka cassandra`]: { stdout: 'kafka:1\ncassandra:1\n' },
  'docker image inspect': {},
  [`${ALL} create`]: {},
};

/** Prepares the engines of a data folder whose suffix is `old1`. */
async function prepare(
  answers: Record<string, FakeAnswer>,
  chosen: Pick<ContainerEnginesOptions, 'fresh' | 'beforeRemoval'> = {},
) {
  const dataDir = await temporaryFolder();
  await writeFile(`${dataDir}/container-suffix`, 'old1');
  const { run, lines } = fakeRun(Object.assign(answers, { ...DOCKER, ...answers }));
  const [kafkaPort, cassandraPort] = [await freePort(), await freePort()];
  const prepared = containerEngines({
    ...{ dataDir, kafkaPort, cassandraPort, run, ...chosen },
    onProgress: () => undefined,
  });
  const commands = () =>
    lines.map((line) => line.replace(`${COMPOSE} `, '').replace('--profile * ', ''));
  await Promise.allSettled([prepared]);
  return { commands, dataDir, prepared };
}

const DOWN = 'down --remove-orphans --timeout 20';

test('the containers of a killed run go first, then those of this run are made', async () => {
  const { prepared, commands } = await prepare({});
  const { kafka, cassandra } = await prepared;
  expect([kafka.name, cassandra.name]).toEqual(['kafka', 'cassandra']);
  expect(commands().filter((line) => !line.startsWith('docker'))).toEqual([
    DOWN,
    'config --images kafka cassandra',
    'create --pull never kafka cassandra',
  ]);
});

test('fresh engines: the volumes are removed, once the images are here', async () => {
  const { commands } = await prepare({}, { fresh: true });
  expect(commands().filter((line) => !line.startsWith('docker'))).toEqual([
    DOWN,
    'config --images kafka cassandra',
    `${DOWN} --volumes`,
    'create --pull never kafka cassandra',
  ]);
});

test('fresh engines: what is bound to fail fails before the volumes are removed', async () => {
  const beforeRemoval = Promise.reject(new Error('the stage does not synthesize'));
  // It is awaited later than this test's next turn.
  beforeRemoval.catch(() => undefined);
  const { prepared, commands } = await prepare({}, { fresh: true, beforeRemoval });
  await expect(prepared).rejects.toThrow('the stage does not synthesize');
  expect(commands().filter((line) => line.includes('--volumes'))).toEqual([]);
});

test('without an image the data is kept, and the error names the image', async () => {
  const noNetwork = {
    'docker image inspect': { exitCode: 1 },
    'docker pull': { exitCode: 1, stderr: 'no network' },
  };
  const { prepared, commands } = await prepare(noNetwork, { fresh: true });
  await expect(prepared).rejects.toThrow(/kafka:1 could not be pulled[^]*no network/);
  expect(commands().filter((line) => line.includes('--volumes'))).toEqual([]);
});

test('volumes that cannot be removed end the start, and their name is not forgotten', async () => {
  const inUse = { exitCode: 1, stderr: 'volume is in use' };
  const { prepared, dataDir } = await prepare(
    { [`${ALL} ${DOWN} --volumes`]: inUse },
    { fresh: true },
  );
  await expect(prepared).rejects.toThrow(/"docker compose down.*failed[^]*volume is in use/);
  expect(await readFile(`${dataDir}/container-suffix`, 'utf8')).toBe('old1');
});

test('a port in use ends the start before any image is pulled, and the flag for another is named', async () => {
  const dataDir = await temporaryFolder();
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const { run, lines } = fakeRun({ docker: {} });
  const prepared = containerEngines({
    ...{ dataDir, run, kafkaPort: await freePort(), cassandraPort: address.port },
    onProgress: () => undefined,
  });
  await expect(prepared).rejects.toThrow(/meant for cassandra, is in use.* --cassandra-port\.$/);
  expect(lines.filter((line) => /pull|create| up/.test(line))).toEqual([]);
  server.close();
});

test('containers that cannot be made leave nothing', async () => {
  const { prepared, commands } = await prepare({
    [`${ALL} create`]: { exitCode: 1, stderr: 'no space left on device' },
  });
  await expect(prepared).rejects.toThrow('no space left on device');
  expect(
    commands()
      .filter((line) => !line.startsWith('docker'))
      .at(-1),
  ).toBe(DOWN);
});

test('a port that is taken meanwhile: the engine does not start, and the flag for another is named', async () => {
  const answers: Record<string, FakeAnswer> = {};
  const { prepared } = await prepare(answers);
  const { kafka } = await prepared;
  answers[`${ALL} start kafka`] = {
    exitCode: 1,
    stderr: `Bind for ${kafka.endpoint} failed: port is already allocated`,
  };
  await expect(kafka.start()).rejects.toThrow(/meant for kafka, is in use.* --kafka-port\.$/);
});
