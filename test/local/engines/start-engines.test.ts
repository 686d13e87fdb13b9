import { once } from 'node:events';
import { mkdir, readdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { CommandTimeoutError } from '../../../cli/processes/run-command';
import { freePort } from '../../../cli/free-port';
import { startEngines, type StartEnginesOptions } from '../../../local/engines/start-engines';
import { type FakeAnswer, fakeRun } from './fake-run';
import { temporaryFolder } from './temporary-folder';

const java17 = { stderr: 'openjdk version "17.0.1"' };
const COMPOSE = { 'docker compose version': { stdout: '2.40.3' } };
/** Docker is installed, but its engine does not run. */
const NO_ENGINE: Record<string, FakeAnswer> = {
  ...COMPOSE,
  'docker info': { exitCode: 1, stderr: 'Cannot connect to the Docker daemon' },
};

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
  const given = await options({ docker: 'missing', java: 'missing', mvn: 'missing' });
  const start = startEngines(given);
  await expect(start).rejects.toThrow(
    /^Kafka and Cassandra need .*Docker \(https.*There is no "java".*Java 17.*apt install maven.*$/,
  );
  expect(await readdir(given.dataDir)).toEqual(['logs']);
});

test.each<[string, FakeAnswer]>([
  ['no compose plugin', { exitCode: 1, stderr: "'compose' is not a docker command" }],
  ['an engine that hangs', new CommandTimeoutError('10 s')],
])('Docker with %s: JVM engines are chosen', async (_, answer) => {
  const given = await options({
    'docker compose version': answer,
    'java -version': { stderr: 'openjdk version "21.0.1"' },
    'mvn -v': {},
  });
  await expect(startEngines(given)).rejects.toThrow('is Java 21');
});

test('neither Docker nor Maven, and no jars: the error says to install Maven', async () => {
  const given = await options({
    ...NO_ENGINE,
    'java -version': java17,
    'mvn -v': 'missing',
  });
  await expect(startEngines(given)).rejects.toThrow('apt install maven');
});

test('Docker asked for and not there: no JVM engines instead', async () => {
  const given = await options(NO_ENGINE);
  await expect(startEngines({ ...given, engines: 'docker' })).rejects.toThrow(
    'The Docker engine does not answer: start it',
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

test('fresh JVM engines: jars that cannot be downloaded end the start before any data is removed', async () => {
  const given = await options({
    'java -version': java17,
    'mvn -v': {},
    mvn: { exitCode: 1, stderr: 'no network' },
  });
  await mkdir(`${given.dataDir}/kafka`);
  const start = startEngines({ ...given, engines: 'jvm', fresh: true });
  await expect(start).rejects.toThrow('no network');
  expect(await readdir(given.dataDir)).toContain('kafka');
});

test('a failed start lets go of the data folder', async () => {
  const given = await options(NO_ENGINE);
  const docker = { ...given, engines: 'docker' } as const;
  await expect(startEngines(docker)).rejects.toThrow('Docker engine does not answer');
  await expect(startEngines(docker)).rejects.toThrow('Docker engine does not answer');
});
