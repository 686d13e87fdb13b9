import { access, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import pRetry from 'p-retry';
import { CommandNotFoundError, lastLines } from '../../cli/run-command';
import type { RunCommand } from '../../cli/run-command';
import { MissingProgramError } from './engine';
import type { EngineName } from './engine';
import { acquireLockWaiting } from '../../cli/lock-file';

/** The versions of the jars; each equals the version of its pom in `poms/`. */
export const jarVersions = { kafka: '4.3.1', cassandra: '5.0.6' } as const;

/** Where the jars are kept unless told otherwise: `.candlestream/jars` of the project. */
export const defaultJarsDir = resolve(__dirname, '../../.candlestream/jars');

export interface JarsOptions {
  readonly jarsDir: string;
  readonly run: RunCommand;
  readonly onProgress: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
  /** Pause before the download is tried again. */
  readonly retryPauseMs?: number;
}

/** Maven could not bring an engine's jars. */
export class JarDownloadError extends Error {
  override readonly name = 'JarDownloadError';
}

const downloadLimitMs = 10 * 60_000;
const lockLimitMs = 2 * downloadLimitMs;
const mavenVersionLimitMs = 20_000;
const downloadRetries = 2;
const mainJars = {
  kafka: `kafka_2.13-${jarVersions.kafka}.jar`,
  cassandra: `cassandra-all-${jarVersions.cassandra}.jar`,
} as const;

/**
 * The folder with an engine's jars, `<jarsDir>/<name>-<version>`; they are downloaded with Maven
 * where it is not there yet. The folder appears whole or not at all.
 *
 * @throws MissingProgramError where there is no Maven to download with
 * @throws JarDownloadError where the download fails three times
 */
export async function prepareJars(name: EngineName, options: JarsOptions): Promise<string> {
  const folder = jarsFolder(name, options.jarsDir);
  if (await exists(folder)) return folder;
  await mkdir(options.jarsDir, { recursive: true });
  // One download at a time on this cache: two Mavens may spoil each other's local repository.
  const lock = await acquireLockWaiting(join(options.jarsDir, 'download.lock'), lockLimitMs);
  try {
    if (!(await exists(folder))) await download(name, folder, options);
    return folder;
  } finally {
    await lock.release();
  }
}

/**
 * Makes sure that both engines' jars are there or can be downloaded.
 *
 * @throws MissingProgramError where they are not and there is no Maven
 */
export async function assertJarsOrMaven(run: RunCommand, jarsDir: string): Promise<void> {
  const present = [
    await exists(jarsFolder('kafka', jarsDir)),
    await exists(jarsFolder('cassandra', jarsDir)),
  ];
  if (present.every(Boolean)) return;
  try {
    await run('mvn', ['-v'], { timeoutMs: mavenVersionLimitMs });
  } catch (cause) {
    throw mavenError(cause);
  }
}

function jarsFolder(name: EngineName, jarsDir: string): string {
  return join(jarsDir, `${name}-${jarVersions[name]}`);
}

async function download(name: EngineName, folder: string, options: JarsOptions): Promise<void> {
  options.onProgress(`downloading ${name} ${jarVersions[name]} with Maven (once, about 60 MB)`);
  await pRetry(() => downloadOnce(name, folder, options), {
    retries: downloadRetries,
    minTimeout: options.retryPauseMs ?? 2000,
    shouldRetry: ({ error }) => error instanceof JarDownloadError,
    onFailedAttempt: ({ retriesLeft }) => {
      if (retriesLeft > 0) options.onProgress(`the download of ${name} failed, trying again`);
    },
    ...(options.signal ? { signal: options.signal } : {}),
  });
}

async function downloadOnce(name: EngineName, folder: string, options: JarsOptions): Promise<void> {
  const partial = await mkdtemp(join(dirname(folder), `partial-${name}-`));
  try {
    await copyJars(name, partial, options);
    await rename(partial, folder);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

async function copyJars(name: EngineName, partial: string, options: JarsOptions): Promise<void> {
  const { run, signal } = options;
  const result = await run('mvn', mavenArgs(name, partial), {
    timeoutMs: downloadLimitMs,
    signal,
  }).catch((cause: unknown) => {
    throw mavenError(cause);
  });
  const files = await readdir(partial);
  if (result.exitCode === 0 && files.includes(mainJars[name])) return;
  const why =
    result.exitCode === 0 ? `Maven brought no ${mainJars[name]}` : 'Maven failed, it ended with';
  throw new JarDownloadError(
    `Could not download ${name} ${jarVersions[name]}: ${why}\n${lastLines(result)}\n` +
      'Check the network and the repository or proxy in ~/.m2/settings.xml, then run this again. ' +
      'Where Maven names a damaged file, delete it from ~/.m2/repository first.',
  );
}

/** Maven's arguments: quiet, batch, checksums must match, a failed look-up is asked again. */
function mavenArgs(name: EngineName, outputDir: string): string[] {
  return [
    ...['-q', '-B', '-C', '-U', '-f', join(__dirname, 'poms', name, 'pom.xml')],
    'dependency:copy-dependencies',
    `-DoutputDirectory=${outputDir}`,
    '-DincludeScope=runtime',
  ];
}

function mavenError(cause: unknown): unknown {
  if (!(cause instanceof CommandNotFoundError)) return cause;
  return new MissingProgramError(
    'There is no Maven ("mvn") to download Kafka and Cassandra with. Install it ' +
      '("apt install maven", "brew install maven") and put it on the PATH.',
    { cause },
  );
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
