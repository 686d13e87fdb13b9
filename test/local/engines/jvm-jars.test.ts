import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MissingProgramError } from '../../../local/engines/engine';
import { JarDownloadError, JAR_VERSIONS, prepareJars } from '../../../local/engines/jvm-jars';
import type { RunCommand } from '../../../cli/processes/run-command';
import { type FakeAnswer, fakeRun } from './fake-run';
import { temporaryFolder } from './temporary-folder';

const kafkaJar = `kafka_2.13-${JAR_VERSIONS.kafka}.jar`;

function options(jarsDir: string, run: RunCommand) {
  return { jarsDir, run, onProgress: () => undefined, retryPauseMs: 1 };
}

function outputDir(args: readonly string[]): string {
  const argument = args.find((each) => each.startsWith('-DoutputDirectory='));
  if (argument === undefined) throw new Error(`no output folder in ${args.join(' ')}`);
  return argument.slice('-DoutputDirectory='.length);
}

async function bringKafka(args: readonly string[]): Promise<FakeAnswer> {
  await writeFile(join(outputDir(args), kafkaJar), 'jar');
  return {};
}

test('jars are downloaded once, into a folder that appears whole', async () => {
  const jarsDir = await temporaryFolder();
  const { run, lines } = fakeRun({ mvn: bringKafka });

  const first = await prepareJars('kafka', options(jarsDir, run));
  const second = await prepareJars('kafka', options(jarsDir, run));

  expect(second).toBe(first);
  expect(lines).toHaveLength(1);
  expect(await readdir(first)).toEqual([kafkaJar]);
  expect(await readdir(jarsDir)).toEqual([`kafka-${JAR_VERSIONS.kafka}`]);
});

test('two who need the same jars at once share one download', async () => {
  const jarsDir = await temporaryFolder();
  const { run, lines } = fakeRun({ mvn: bringKafka });

  const both = await Promise.all([
    prepareJars('kafka', options(jarsDir, run)),
    prepareJars('kafka', options(jarsDir, run)),
  ]);

  expect(both[0]).toBe(both[1]);
  expect(lines).toHaveLength(1);
});

test('a download that keeps failing leaves nothing, and says what Maven said and what to do', async () => {
  const jarsDir = await temporaryFolder();
  const { run, lines } = fakeRun({
    mvn: async (args) => {
      await writeFile(join(outputDir(args), 'half.jar'), 'ha');
      return { exitCode: 1, stderr: '[ERROR] Could not transfer artifact' };
    },
  });

  const failure = prepareJars('kafka', options(jarsDir, run));

  await expect(failure).rejects.toThrow(JarDownloadError);
  await expect(failure).rejects.toThrow(/Could not transfer artifact[^]*settings\.xml/);
  expect(lines).toHaveLength(3);
  expect(await readdir(jarsDir)).toEqual([]);
});

test('a download that fails once is tried again', async () => {
  const jarsDir = await temporaryFolder();
  let attempts = 0;
  const { run } = fakeRun({
    mvn: (args) => (++attempts === 1 ? Promise.resolve({ exitCode: 1 }) : bringKafka(args)),
  });

  const folder = await prepareJars('kafka', options(jarsDir, run));

  expect(attempts).toBe(2);
  expect(await readdir(folder)).toEqual([kafkaJar]);
});

test('Maven that ends well without the main jar counts as a failure', async () => {
  const { run } = fakeRun({ mvn: {} });
  const failure = prepareJars('kafka', options(await temporaryFolder(), run));
  await expect(failure).rejects.toThrow(`Maven brought no ${kafkaJar}`);
});

test('without Maven the error says to install it, at once', async () => {
  const { run, lines } = fakeRun({ mvn: 'missing' });
  const failure = prepareJars('cassandra', options(await temporaryFolder(), run));
  await expect(failure).rejects.toThrow(MissingProgramError);
  await expect(failure).rejects.toThrow('apt install maven');
  expect(lines).toHaveLength(1);
});

test('a partial folder of a process that was killed does not count', async () => {
  const jarsDir = await temporaryFolder();
  await mkdir(join(jarsDir, 'partial-kafka-abc'));
  const { run, lines } = fakeRun({ mvn: bringKafka });
  await prepareJars('kafka', options(jarsDir, run));
  expect(lines).toHaveLength(1);
});

test.each(['kafka', 'cassandra'] as const)(
  'the pom of %s has the version of the cache',
  async (name) => {
    const pom = await readFile(
      join(__dirname, '../../../local/engines/poms', name, 'pom.xml'),
      'utf8',
    );
    expect(pom).toContain(
      `<artifactId>${name}-jars</artifactId>\n  <version>${JAR_VERSIONS[name]}<`,
    );
  },
);
