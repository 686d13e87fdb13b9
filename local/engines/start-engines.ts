import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { acquireLock, type HeldLock } from '../../cli/processes/lock-file';
import { type RunCommand, runCommand } from '../../cli/processes/run-command';
import { DockerUnavailableError } from '../containers/compose-problems';
import { Docker } from '../containers/docker';
import { containerEngines } from './container-engines';
import { type Engine, type EnginePair, MissingProgramError } from './engine';
import { assertJava, javaCommand } from './java-runtime';
import { jvmEngines } from './jvm-engines';
import { assertJarsOrMaven, DEFAULT_JARS_DIR } from './jvm-jars';

/** Containers, or processes of this machine. */
export type EngineKind = 'docker' | 'jvm';

export interface StartEnginesOptions {
  /** `auto`: Docker if it answers, otherwise JVM processes. */
  readonly engines: 'auto' | EngineKind;
  /** Everything the engines keep, their logs (`logs/`) and the lock; made if missing. */
  readonly dataDir: string;
  readonly kafkaPort: number;
  readonly cassandraPort: number;
  /** Whether to start with empty data; that of the other kind of engines stays. @default false */
  readonly fresh?: boolean;
  /** Awaited before data is removed; the start rejects with its reason, and the data stays. */
  readonly beforeRemoval?: Promise<unknown>;
  /** Of JVM engines only. @default any free port */
  readonly kafkaControllerPort?: number;
  /** Of JVM engines only. @default any free port */
  readonly cassandraStoragePort?: number;
  /** The folder for downloaded jars. @default `.candlestream/jars` of the project */
  readonly jarsDir?: string;
  readonly onProgress: (line: string) => void;
  /** Aborting it while the engines start ends what has been started; the start rejects with its reason. */
  readonly signal?: AbortSignal;
  /** @default real child processes */
  readonly run?: RunCommand;
}

export interface StartedEngines {
  readonly kind: EngineKind;
  readonly kafka: Engine;
  readonly cassandra: Engine;
  /** Ends both and releases the data folder; their data stays. May be called twice. */
  stop(): Promise<void>;
}

/** The options with their defaults. */
interface EngineSettings extends StartEnginesOptions {
  readonly jarsDir: string;
  readonly run: RunCommand;
}

/**
 * Starts Kafka and Cassandra and resolves once both answer. If that fails,
 * nothing is left running. Both listen on 127.0.0.1 only.
 *
 * @throws LockedError if another run uses the data folder
 * @throws PortInUseError if a port is in use, before anything is started
 * @throws MissingProgramError if there is neither Docker nor Java and Maven, as asked for
 * @throws ImagePullError or JarDownloadError if a download fails
 * @throws EngineStartError if an engine ends or stays silent
 */
export async function startEngines(options: StartEnginesOptions): Promise<StartedEngines> {
  const settings: EngineSettings = {
    ...options,
    dataDir: resolve(options.dataDir),
    jarsDir: resolve(options.jarsDir ?? DEFAULT_JARS_DIR),
    run: options.run ?? runCommand,
  };
  await mkdir(join(settings.dataDir, 'logs'), { recursive: true });
  const lock = await acquireLock(join(settings.dataDir, 'lock'));
  try {
    return await startLocked(settings, lock);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function startLocked(settings: EngineSettings, lock: HeldLock): Promise<StartedEngines> {
  const { signal } = settings;
  const kind = await chosenKind(settings);
  signal?.throwIfAborted();
  const pair =
    kind === 'docker'
      ? await containerEngines(settings)
      : await jvmEngines(settings, lock.takenOver);
  await startBoth(pair, settings);
  const stop = async () => {
    await stopBoth(pair);
    await lock.release();
  };
  return { kind, kafka: pair.kafka, cassandra: pair.cassandra, stop };
}

/**
 * The kind of engines that this machine can start: Docker if it answers,
 * otherwise JVM processes.
 *
 * @throws MissingProgramError if it can start neither
 */
export async function availableEngines(
  run: RunCommand = runCommand,
  jarsDir = DEFAULT_JARS_DIR,
  signal?: AbortSignal,
): Promise<EngineKind> {
  try {
    await new Docker(run, signal).check();
    return 'docker';
  } catch (cause) {
    if (!(cause instanceof DockerUnavailableError)) throw cause;
  }
  await assertJvmPossible(run, jarsDir);
  return 'jvm';
}

async function chosenKind({ engines, run, jarsDir, signal }: EngineSettings): Promise<EngineKind> {
  if (engines === 'auto') return availableEngines(run, jarsDir, signal);
  if (engines === 'docker') await new Docker(run, signal).check();
  return engines;
}

async function assertJvmPossible(run: RunCommand, jarsDir: string): Promise<void> {
  const problems = [
    await missingProgram(assertJava(run, javaCommand())),
    await missingProgram(assertJarsOrMaven(run, jarsDir)),
  ].filter((problem) => problem !== undefined);
  if (problems.length === 0) return;
  throw new MissingProgramError(
    'Kafka and Cassandra need either Docker (https://docs.docker.com/get-docker/), which does ' +
      `not answer here, or Java and Maven. ${problems.join(' ')}`,
  );
}

async function missingProgram(check: Promise<void>): Promise<string | undefined> {
  try {
    await check;
    return undefined;
  } catch (error) {
    if (error instanceof MissingProgramError) return error.message;
    throw error;
  }
}

async function startBoth(pair: EnginePair, settings: EngineSettings): Promise<void> {
  const { signal } = settings;
  // The stop makes the starts reject; if it fails itself, so does the stop below.
  const stopNow = () => void Promise.allSettled([pair.kafka.stop(), pair.cassandra.stop()]);
  signal?.addEventListener('abort', stopNow, { once: true });
  try {
    signal?.throwIfAborted();
    await Promise.all([startOne(pair.kafka, settings), startOne(pair.cassandra, settings)]);
    signal?.throwIfAborted();
  } catch (error) {
    await stopBoth(pair);
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', stopNow);
  }
}

async function startOne(engine: Engine, { onProgress }: EngineSettings): Promise<void> {
  onProgress(`starting ${engine.name} on ${engine.endpoint}`);
  await engine.start();
  onProgress(`${engine.name} answers on ${engine.endpoint} (${engine.runsAs ?? 'ended since'})`);
}

async function stopBoth(pair: EnginePair): Promise<void> {
  const ends = await Promise.allSettled([pair.kafka.stop(), pair.cassandra.stop()]);
  await pair.tidy();
  const failures = ends.flatMap((end) =>
    end.status === 'rejected' ? [end.reason as unknown] : [],
  );
  if (failures.length > 0) throw new AggregateError(failures, 'An engine could not be stopped.');
}
