import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import pRetry from 'p-retry';
import { acquireLockWaiting } from '../../cli/processes/lock-file';
import { CommandNotFoundError, lastLines, type RunCommand } from '../../cli/processes/run-command';
import { ENGINE_NAMES, type EngineName, MissingProgramError } from './engine';

/** The versions of the jars; each equals the version of its pom in `poms/`. */
export const JAR_VERSIONS = { kafka: '4.3.1', cassandra: '5.0.6' } as const;

/** The default folder for jars: `.candlestream/jars` of the project. */
export const DEFAULT_JARS_DIR = resolve(__dirname, '../../.candlestream/jars');

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

const DOWNLOAD_LIMIT_MS = 10 * 60_000;
const LOCK_LIMIT_MS = 2 * DOWNLOAD_LIMIT_MS;
const MAVEN_VERSION_LIMIT_MS = 20_000;
const DOWNLOAD_RETRIES = 2;
const MAIN_JARS = {
  kafka: `kafka_2.13-${JAR_VERSIONS.kafka}.jar`,
  cassandra: `cassandra-all-${JAR_VERSIONS.cassandra}.jar`,
} as const;

/**
 * The folder with an engine's jars, `<jarsDir>/<name>-<version>`; they are downloaded with Maven
 * if it is not there yet. The folder appears whole or not at all.
 *
 * @throws MissingProgramError if there is no Maven to download with
 * @throws JarDownloadError if the download fails three times
 */
export async function prepareJars(name: EngineName, options: JarsOptions): Promise<string> {
  const folder = jarsFolder(name, options.jarsDir);
  if (existsSync(folder)) return folder;
  await mkdir(options.jarsDir, { recursive: true });
  // One download at a time on this cache: two Mavens may spoil each other's local repository.
  const lock = await acquireLockWaiting(join(options.jarsDir, 'download.lock'), LOCK_LIMIT_MS);
  try {
    if (!existsSync(folder)) await download(name, folder, options);
    return folder;
  } finally {
    await lock.release();
  }
}

/**
 * Makes sure that both engines' jars are there or can be downloaded.
 *
 * @throws MissingProgramError if they are not and there is no Maven
 */
export async function assertJarsOrMaven(run: RunCommand, jarsDir: string): Promise<void> {
  if (ENGINE_NAMES.every((name) => existsSync(jarsFolder(name, jarsDir)))) return;
  try {
    await run('mvn', ['-v'], { timeoutMs: MAVEN_VERSION_LIMIT_MS });
  } catch (cause) {
    throw mavenError(cause);
  }
}

function jarsFolder(name: EngineName, jarsDir: string): string {
  return join(jarsDir, `${name}-${JAR_VERSIONS[name]}`);
}

async function download(name: EngineName, folder: string, options: JarsOptions): Promise<void> {
  options.onProgress(`downloading ${name} ${JAR_VERSIONS[name]} with Maven (once, about 60 MB)`);
  await pRetry(() => downloadOnce(name, folder, options), {
    retries: DOWNLOAD_RETRIES,
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
    timeoutMs: DOWNLOAD_LIMIT_MS,
    signal,
  }).catch((cause: unknown) => {
    throw mavenError(cause);
  });
  const files = await readdir(partial);
  if (result.exitCode === 0 && files.includes(MAIN_JARS[name])) return;
  const why =
    result.exitCode === 0 ? `Maven brought no ${MAIN_JARS[name]}` : 'Maven failed, it ended with';
  throw new JarDownloadError(
    `Could not download ${name} ${JAR_VERSIONS[name]}: ${why}\n${lastLines(result)}\n` +
      'Check the network and the repository or proxy in ~/.m2/settings.xml, then run this again. ' +
      'If Maven names a damaged file, delete it from ~/.m2/repository first.',
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
