import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { freePort } from '../../../local/engines/free-port';
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

test('a failed start lets go of the data folder', async () => {
  const given = await options({ 'docker info': noDocker });
  const docker = { ...given, engines: 'docker' } as const;
  await expect(startEngines(docker)).rejects.toThrow('No Docker engine');
  await expect(startEngines(docker)).rejects.toThrow('No Docker engine');
});
