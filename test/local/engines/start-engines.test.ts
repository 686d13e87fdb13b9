import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { freePort } from '../../../cli/free-port';
import { startEngines } from '../../../local/engines/start-engines';
import type { StartEnginesOptions } from '../../../local/engines/start-engines';
import { fakeRun } from './fake-run';
import type { FakeAnswer } from './fake-run';
import { temporaryFolder } from './temporary-folder';

const java17 = { stderr: 'openjdk version "17.0.1"' };
const noDocker: FakeAnswer = { exitCode: 1, stderr: 'Cannot connect to the Docker daemon' };

let javaHome: string | undefined;
beforeEach(() => {
  javaHome = process.env['JAVA_HOME'];
  delete process.env['JAVA_HOME'];
});
afterEach(() => {
  if (javaHome !== undefined) process.env['JAVA_HOME'] = javaHome;
});

async function options(answers: Record<string, FakeAnswer>): Promise<StartEnginesOptions> {
  const dataDir = await temporaryFolder();
  return {
    ...{ engines: 'auto', dataDir, jarsDir: `${dataDir}/jars`, run: fakeRun(answers).run },
    ...{ kafkaPort: await freePort(), cassandraPort: await freePort() },
    onProgress: () => undefined,
  };
}

test('neither Docker nor Java: the error names both and what to install', async () => {
  const given = await options({ 'docker info': 'missing', 'java -version': 'missing' });
  const start = startEngines(given);
  await expect(start).rejects.toThrow(/Docker \(https[^]*There is no "java"[^]*Java 17/);
  expect(await readdir(given.dataDir)).toEqual(['logs']);
});

test('neither Docker nor Maven, and no jars: the error says to install Maven', async () => {
  const given = await options({
    'docker info': noDocker,
    'java -version': java17,
    'mvn -v': 'missing',
  });
  await expect(startEngines(given)).rejects.toThrow('apt install maven');
});

test('Docker asked for and not there: no JVM engines instead', async () => {
  const given = await options({ 'docker info': noDocker });
  await expect(startEngines({ ...given, engines: 'docker' })).rejects.toThrow(
    'No Docker engine answers "docker info"',
  );
});

test('a port in use is named before anything is downloaded or started', async () => {
  const given = await options({ 'java -version': java17 });
  const server = createServer().listen(given.cassandraPort, '127.0.0.1');
  await once(server, 'listening');
  await expect(startEngines({ ...given, engines: 'jvm' })).rejects.toThrow(
    `Port ${given.cassandraPort} of 127.0.0.1, meant for Cassandra, is in use`,
  );
  server.close();
});

/** Answers of a Docker engine that has no images and cannot get any. */
const dockerWithoutImages: Record<string, FakeAnswer> = {
  ...{ 'docker info': {}, 'docker rm': {}, 'docker image inspect': { exitCode: 1 } },
  'docker pull': { exitCode: 1, stderr: 'no network' },
};

/** Starts Docker engines of the suffix `old1`, which fails; gives the error, the commands and the suffix after. */
async function failedDockerStart(fresh: boolean, answers: Record<string, FakeAnswer>) {
  const given = await options({});
  const suffixFile = `${given.dataDir}/container-suffix`;
  await writeFile(suffixFile, 'old1');
  const { run, lines } = fakeRun({ ...dockerWithoutImages, ...answers });
  const failure: unknown = await startEngines({ ...given, engines: 'docker', fresh, run }).then(
    () => 'it started',
    (error: unknown) => error,
  );
  return { failure, lines, suffix: await readFile(suffixFile, 'utf8') };
}

test.each<[string, FakeAnswer]>([
  ['that are there', {}],
  ['that are not there', { exitCode: 1, stderr: 'get x: no such volume' }],
])('fresh Docker engines: first the containers go, then the volumes %s', async (_, answer) => {
  const { failure, lines } = await failedDockerStart(true, { 'docker volume rm': answer });
  expect(lines.slice(0, 5)).toEqual([
    'docker info --format {{.ServerVersion}}',
    'docker rm -f -v candlestream-kafka-old1',
    'docker rm -f -v candlestream-cassandra-old1',
    'docker volume rm candlestream-kafka-old1',
    'docker volume rm candlestream-cassandra-old1',
  ]);
  expect(lines[5]).toMatch(/^docker image inspect /);
  expect(String(failure)).toContain('no network');
});

test('a volume that cannot be removed ends the start, and its name is not forgotten', async () => {
  const inUse = { exitCode: 1, stderr: 'volume is in use' };
  const { failure, suffix } = await failedDockerStart(true, { 'docker volume rm': inUse });
  expect(String(failure)).toMatch(
    /"docker volume rm candlestream-kafka-old1" failed[^]*volume is in use/,
  );
  expect(suffix).toBe('old1');
});

test('without fresh, Docker engines keep their volumes', async () => {
  const { lines, suffix } = await failedDockerStart(false, {});
  expect(lines.filter((line) => line.startsWith('docker volume'))).toEqual([]);
  expect(suffix).toBe('old1');
});

test('fresh JVM engines: a port in use ends the start before any data is removed', async () => {
  const given = await options({ 'java -version': java17 });
  await mkdir(`${given.dataDir}/kafka`);
  const server = createServer().listen(given.kafkaPort, '127.0.0.1');
  await once(server, 'listening');
  const start = startEngines({ ...given, engines: 'jvm', fresh: true });
  await expect(start).rejects.toThrow('meant for Kafka, is in use');
  expect(await readdir(given.dataDir)).toContain('kafka');
  server.close();
});

test('a failed start lets go of the data folder', async () => {
  const given = await options({ 'docker info': noDocker });
  const docker = { ...given, engines: 'docker' } as const;
  await expect(startEngines(docker)).rejects.toThrow('No Docker engine');
  await expect(startEngines(docker)).rejects.toThrow('No Docker engine');
});
