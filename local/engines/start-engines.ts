import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runCommand } from '../../cli/run-command';
import type { RunCommand } from '../../cli/run-command';
import {
  containerName,
  dockerAnswers,
  dockerCassandra,
  dockerKafka,
  removeContainer,
  removeVolume,
} from './docker-engines';
import { MissingProgramError } from './engine';
import type { Engine, EngineName } from './engine';
import { assertPortFree, freePort } from '../../cli/free-port';
import { assertJava, javaCommand } from './java-runtime';
import { jvmCassandra } from './jvm-cassandra';
import { assertJarsOrMaven, defaultJarsDir, prepareJars } from './jvm-jars';
import { jvmKafka } from './jvm-kafka';
import { acquireLock, isAlive, pidIn } from '../../cli/lock-file';
import type { HeldLock } from '../../cli/lock-file';
import { pidFile } from './supervised-process';

/** Containers, or processes of this machine. */
export type EngineKind = 'docker' | 'jvm';

export interface StartEnginesOptions {
  /** `auto`: Docker where an engine answers, else JVM processes. */
  readonly engines: 'auto' | EngineKind;
  /** Everything the engines keep, their logs (`logs/`) and the lock; made where missing. */
  readonly dataDir: string;
  readonly kafkaPort: number;
  readonly cassandraPort: number;
  /** Whether to start with empty data; that of the other kind of engines stays. @default false */
  readonly fresh?: boolean;
  /** Only JVM engines have it. @default any free port */
  readonly kafkaControllerPort?: number;
  /** Only JVM engines have it. @default any free port */
  readonly cassandraStoragePort?: number;
  /** Where downloaded jars are kept. @default `.candlestream/jars` of the project */
  readonly jarsDir?: string;
  readonly onProgress: (line: string) => void;
  /** Aborting it while the engines start ends what has been started; rejects with its reason. */
  readonly signal?: AbortSignal;
  /** @default real child processes */
  readonly run?: RunCommand;
}

export interface StartedEngines {
  readonly kind: EngineKind;
  readonly kafka: Engine;
  readonly cassandra: Engine;
  /** Ends both and lets go of the data folder; their data stays. May be called twice. */
  stop(): Promise<void>;
}

interface EnginePair {
  readonly kafka: Engine;
  readonly cassandra: Engine;
  /** Removes what an ended engine leaves behind beside its data. */
  tidy(): Promise<void>;
}

/** The options with their defaults in. */
interface Setting extends StartEnginesOptions {
  readonly jarsDir: string;
  readonly run: RunCommand;
}

const engineNames: readonly EngineName[] = ['kafka', 'cassandra'];
/** Names the containers and volumes of a data folder. */
const SUFFIX_FILE = 'container-suffix';
/** How long the engines of a run that was killed may need to end by themselves. */
const orphansEndMs = 25_000;
const orphansPollMs = 250;

/**
 * Starts Kafka and Cassandra and resolves once both answer. Where that fails, nothing is left
 * running. Both listen on 127.0.0.1 only.
 *
 * @throws LockedError where another run uses the data folder
 * @throws PortInUseError where a port is taken, before anything is started
 * @throws MissingProgramError where there is neither Docker nor Java and Maven, as asked for
 * @throws JarDownloadError where Maven fails
 * @throws EngineStartError where an engine ends or stays silent
 */
export async function startEngines(options: StartEnginesOptions): Promise<StartedEngines> {
  const setting: Setting = {
    ...options,
    dataDir: resolve(options.dataDir),
    jarsDir: resolve(options.jarsDir ?? defaultJarsDir),
    run: options.run ?? runCommand,
  };
  await mkdir(join(setting.dataDir, 'logs'), { recursive: true });
  const lock = await acquireLock(join(setting.dataDir, 'lock'));
  try {
    return await startLocked(setting, lock);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function startLocked(setting: Setting, lock: HeldLock): Promise<StartedEngines> {
  const kind = await chooseKind(setting);
  setting.signal?.throwIfAborted();
  const pair = kind === 'docker' ? await dockerPair(setting) : await jvmPair(setting, lock);
  setting.signal?.throwIfAborted();
  await startBoth(pair, setting);
  const stop = async () => {
    await stopBoth(pair);
    await lock.release();
  };
  return { kind, kafka: pair.kafka, cassandra: pair.cassandra, stop };
}

/** Docker or JVM, as asked for or as this machine has it. */
async function chooseKind({ engines, run, jarsDir }: Setting): Promise<EngineKind> {
  if (engines === 'jvm') return 'jvm';
  if (await dockerAnswers(run)) return 'docker';
  if (engines === 'docker') {
    throw new MissingProgramError(
      'No Docker engine answers "docker info". Install Docker and start it, or choose JVM engines.',
    );
  }
  await assertJvmPossible(run, jarsDir);
  return 'jvm';
}

async function assertJvmPossible(run: RunCommand, jarsDir: string): Promise<void> {
  try {
    await assertJava(run, javaCommand());
    await assertJarsOrMaven(run, jarsDir);
  } catch (cause) {
    if (!(cause instanceof MissingProgramError)) throw cause;
    throw new MissingProgramError(
      'Kafka and Cassandra need either Docker (https://docs.docker.com/get-docker/), which does ' +
        `not answer "docker info" here, or Java and Maven. ${cause.message}`,
      { cause },
    );
  }
}

async function jvmPair(setting: Setting, lock: HeldLock): Promise<EnginePair> {
  const { dataDir, run } = setting;
  const java = javaCommand();
  await assertJava(run, java);
  if (lock.takenOver) await untilOrphansGone(setting);
  await assertPorts([
    ...clientPorts(setting),
    [setting.kafkaControllerPort, "Kafka's controller"],
    [setting.cassandraStoragePort, "Cassandra's storage port"],
  ]);
  if (setting.fresh === true) await removeFolders(dataDir);
  const jarsOf = (name: EngineName) => prepareJars(name, setting);
  const logOf = (name: EngineName) => join(dataDir, 'logs', `${name}.log`);
  const kafka = jvmKafka({
    ...{ java, run, jarsDir: await jarsOf('kafka'), dir: join(dataDir, 'kafka') },
    ...{ logFile: logOf('kafka'), port: setting.kafkaPort },
    controllerPort: setting.kafkaControllerPort ?? (await freePort()),
  });
  const cassandra = jvmCassandra({
    ...{ java, jarsDir: await jarsOf('cassandra'), dir: join(dataDir, 'cassandra') },
    ...{ logFile: logOf('cassandra'), port: setting.cassandraPort },
    storagePort: setting.cassandraStoragePort ?? (await freePort()),
  });
  return { kafka, cassandra, tidy: () => Promise.resolve() };
}

/** Not before the engines of an earlier run have ended: their pid files lie in them. */
async function removeFolders(dataDir: string): Promise<void> {
  for (const name of engineNames) await rm(join(dataDir, name), { recursive: true, force: true });
}

/** The engines of a run that was killed end by themselves, and hold ports and data until then. */
async function untilOrphansGone({ dataDir, onProgress, signal }: Setting): Promise<void> {
  onProgress('an earlier run ended without stopping; waiting for its engines to end');
  const files = [join(dataDir, 'kafka', pidFile), join(dataDir, 'cassandra', pidFile)];
  for (let waitedMs = 0; waitedMs < orphansEndMs; waitedMs += orphansPollMs) {
    const pids = await Promise.all(files.map(pidIn));
    if (!pids.some(isAlive)) return;
    await sleep(orphansPollMs, undefined, { signal });
  }
}

async function dockerPair(setting: Setting): Promise<EnginePair> {
  const { dataDir, run, onProgress } = setting;
  const suffix = await containerSuffix(dataDir);
  const tidy = async () => {
    for (const name of engineNames) await removeContainer(run, containerName(name, suffix));
  };
  // Those of a run that was killed would hold the ports.
  await tidy();
  await assertPorts(clientPorts(setting));
  if (setting.fresh === true) await removeVolumes(run, suffix);
  const logFile = join(dataDir, 'logs', 'docker-wait.log');
  const common = { suffix, run, onProgress, logFile };
  return {
    kafka: dockerKafka({ ...common, port: setting.kafkaPort }),
    cassandra: dockerCassandra({ ...common, port: setting.cassandraPort }),
    tidy,
  };
}

/** The suffix itself stays: a volume whose name is forgotten could never be removed. */
async function removeVolumes(run: RunCommand, suffix: string): Promise<void> {
  for (const name of engineNames) await removeVolume(run, containerName(name, suffix));
}

/** Random and kept in the data folder: to delete the folder is to start afresh, in Docker as well. */
async function containerSuffix(dataDir: string): Promise<string> {
  const file = join(dataDir, SUFFIX_FILE);
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const suffix = randomBytes(4).toString('hex');
  await writeFile(file, suffix);
  return suffix;
}

type PortPurpose = readonly [port: number | undefined, purpose: string];

function clientPorts({ kafkaPort, cassandraPort }: Setting): PortPurpose[] {
  return [
    [kafkaPort, 'Kafka'],
    [cassandraPort, 'Cassandra'],
  ];
}

async function assertPorts(ports: readonly PortPurpose[]): Promise<void> {
  for (const [port, purpose] of ports) {
    if (port !== undefined) await assertPortFree(port, purpose);
  }
}

async function startBoth(pair: EnginePair, setting: Setting): Promise<void> {
  const { signal } = setting;
  // The stop makes the starts reject; whatever it runs into itself, the stop below meets again.
  const stopNow = () => void Promise.allSettled([pair.kafka.stop(), pair.cassandra.stop()]);
  signal?.addEventListener('abort', stopNow, { once: true });
  try {
    await Promise.all([startOne(pair.kafka, setting), startOne(pair.cassandra, setting)]);
    signal?.throwIfAborted();
  } catch (error) {
    await stopBoth(pair);
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', stopNow);
  }
}

async function startOne(engine: Engine, { onProgress }: Setting): Promise<void> {
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
