import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { assertPortFree, freePort } from '../../cli/free-port';
import { isAlive, pidIn } from '../../cli/processes/lock-file';
import type { RunCommand } from '../../cli/processes/run-command';
import { ENGINE_NAMES, type EngineName, type EnginePair, PORT_REMEDIES } from './engine';
import { assertJava, javaCommand } from './java-runtime';
import { jvmCassandra } from './jvm-cassandra';
import { prepareJars } from './jvm-jars';
import { jvmKafka } from './jvm-kafka';
import { PID_FILE } from './supervised-process';

/** Options for Kafka and Cassandra as processes of this machine. */
export interface JvmEnginesOptions {
  readonly dataDir: string;
  readonly kafkaPort: number;
  readonly cassandraPort: number;
  /** @default any free port */
  readonly kafkaControllerPort?: number;
  /** @default any free port */
  readonly cassandraStoragePort?: number;
  /** Whether to start with empty data. */
  readonly fresh?: boolean;
  /** Awaited before data is removed. */
  readonly beforeRemoval?: Promise<unknown>;
  readonly jarsDir: string;
  readonly run: RunCommand;
  readonly onProgress: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** The engines of a run that was killed end by themselves within this time. */
const ORPHANS_END_MS = 25_000;
const ORPHANS_POLL_MS = 250;

/**
 * Kafka and Cassandra as JVM processes. Not started yet.
 *
 * @throws MissingProgramError, PortInUseError, JarDownloadError
 */
export async function jvmEngines(
  options: JvmEnginesOptions,
  afterKilledRun: boolean,
): Promise<EnginePair> {
  const { dataDir, run, fresh = false, beforeRemoval } = options;
  const java = javaCommand();
  await assertJava(run, java);
  if (afterKilledRun) await untilOrphansGone(options);
  await checkPorts(options);
  const kafkaJars = await prepareJars('kafka', options);
  const cassandraJars = await prepareJars('cassandra', options);
  if (fresh) await removeData(dataDir, beforeRemoval);
  const place = (name: EngineName) => ({
    dir: join(dataDir, name),
    logFile: join(dataDir, 'logs', `${name}.log`),
  });
  return {
    kafka: jvmKafka({
      ...place('kafka'),
      java,
      run,
      jarsDir: kafkaJars,
      port: options.kafkaPort,
      controllerPort: options.kafkaControllerPort ?? (await freePort()),
    }),
    cassandra: jvmCassandra({
      ...place('cassandra'),
      java,
      jarsDir: cassandraJars,
      port: options.cassandraPort,
      storagePort: options.cassandraStoragePort ?? (await freePort()),
    }),
    tidy: () => Promise.resolve(),
  };
}

/** Not before the engines of an earlier run have ended: their pid files are in these folders. */
/** If there is none, nothing has to be waited for. */
async function removeData(dataDir: string, beforeRemoval?: Promise<unknown>): Promise<void> {
  const folders = ENGINE_NAMES.map((name) => join(dataDir, name));
  if (!folders.some((folder) => existsSync(folder))) return;
  await beforeRemoval;
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
}

/** The engines of a run that was killed hold ports and data until they end by themselves. */
async function untilOrphansGone({ dataDir, onProgress, signal }: JvmEnginesOptions): Promise<void> {
  onProgress('an earlier run ended without stopping; waiting for its engines to end');
  const files = ENGINE_NAMES.map((name) => join(dataDir, name, PID_FILE));
  for (let waitedMs = 0; waitedMs < ORPHANS_END_MS; waitedMs += ORPHANS_POLL_MS) {
    const pids = await Promise.all(files.map(pidIn));
    if (!pids.some(isAlive)) return;
    await sleep(ORPHANS_POLL_MS, undefined, { signal });
  }
}

async function checkPorts(options: JvmEnginesOptions): Promise<void> {
  await assertPortFree(options.kafkaPort, 'Kafka', PORT_REMEDIES.kafka);
  await assertPortFree(options.cassandraPort, 'Cassandra', PORT_REMEDIES.cassandra);
  const inner = [
    [options.kafkaControllerPort, "Kafka's controller"],
    [options.cassandraStoragePort, "Cassandra's storage port"],
  ] as const;
  for (const [port, purpose] of inner) {
    if (port !== undefined) await assertPortFree(port, purpose, 'choose another port');
  }
}
