import { setTimeout as sleep } from 'node:timers/promises';
import { lastLines } from '../../cli/run-command';
import type { CommandResult, RunCommand } from '../../cli/run-command';
import { EngineStartError } from './engine';
import type { Engine, EngineName } from './engine';
import { checkCassandraAnswers, checkKafkaAnswers } from './engine-answers';
import { createEngine } from './engine-lifecycle';
import type { LaunchedEngine } from './engine-lifecycle';
import { singleBrokerProperties } from './jvm-kafka';
import { launchSupervised } from './supervised-process';

/** The images; the tags are those of `docker-compose.localstack.yml`. */
const images = { kafka: 'apache/kafka:4.3.1', cassandra: 'cassandra:5.0' } as const;

export interface DockerEngineOptions {
  /** Names the container and the volume, `candlestream-<engine>-<suffix>`: one per data folder. */
  readonly suffix: string;
  /** The port of 127.0.0.1 that the container's client port is published on. */
  readonly port: number;
  readonly logFile: string;
  readonly run: RunCommand;
  readonly onProgress: (line: string) => void;
}

const infoLimitMs = 5000;
const commandLimitMs = 60_000;
const pullLimitMs = 15 * 60_000;
const stopLimitS = 20;
const logTailLines = 25;
const removalPolls = 50;
const removalPollMs = 200;

/** Whether a Docker engine answers `docker info` within 5 s. */
export async function dockerAnswers(run: RunCommand): Promise<boolean> {
  try {
    const args = ['info', '--format', '{{.ServerVersion}}'];
    const { exitCode } = await run('docker', args, { timeoutMs: infoLimitMs });
    return exitCode === 0;
  } catch (error) {
    if (error instanceof Error && unavailable.has(error.name)) return false;
    throw error;
  }
}

const unavailable = new Set(['CommandNotFoundError', 'CommandTimeoutError']);

/** Kafka in a container. Not started yet. */
export function dockerKafka(options: DockerEngineOptions): Engine {
  const args = kafkaRunArgs(options);
  return dockerEngine('kafka', options, args, checkKafkaAnswers);
}

/** Cassandra in a container. Not started yet. */
export function dockerCassandra(options: DockerEngineOptions): Engine {
  const args = cassandraRunArgs(options);
  return dockerEngine('cassandra', options, args, checkCassandraAnswers);
}

/**
 * The arguments of `docker` that start Kafka. Clients on this machine use the published port; the
 * broker itself uses the internal listener, because that port is not the container's.
 */
export function kafkaRunArgs(options: DockerEngineOptions): string[] {
  const properties = {
    'process.roles': 'broker,controller',
    'node.id': '1',
    listeners: 'INTERNAL://:19092,EXTERNAL://:9092,CONTROLLER://:9093',
    'advertised.listeners': `INTERNAL://localhost:19092,EXTERNAL://127.0.0.1:${options.port}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'INTERNAL',
    'listener.security.protocol.map': 'INTERNAL:PLAINTEXT,EXTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'controller.quorum.voters': '1@localhost:9093',
    'log.dirs': '/var/lib/kafka/data',
    ...singleBrokerProperties,
  };
  const environment = [
    ...Object.entries(properties).map(([key, value]) => `${kafkaVariable(key)}=${value}`),
    'KAFKA_HEAP_OPTS=-Xms256M -Xmx512M',
  ];
  return runArgs('kafka', options, {
    containerPort: 9092,
    volumeFolder: '/var/lib/kafka/data',
    environment,
  });
}

/** The arguments of `docker` that start Cassandra, without the waits that are meant for a ring. */
export function cassandraRunArgs(options: DockerEngineOptions): string[] {
  const jvmOptions = [
    '-Dcassandra.ring_delay_ms=100',
    '-Dcassandra.superuser_setup_delay_ms=0',
    '-Dcassandra.skip_wait_for_gossip_to_settle=0',
    '-XX:TieredStopAtLevel=1',
  ];
  const environment = [
    `JVM_EXTRA_OPTS=${jvmOptions.join(' ')}`,
    'MAX_HEAP_SIZE=512M',
    'HEAP_NEWSIZE=128M',
  ];
  return runArgs('cassandra', options, {
    containerPort: 9042,
    volumeFolder: '/var/lib/cassandra',
    environment,
  });
}

/** The name of the container and of the volume. */
export function containerName(name: EngineName, suffix: string): string {
  return `candlestream-${name}-${suffix}`;
}

/** Removes the container, where there is one left of an earlier run; the data stays. */
export async function removeContainer(run: RunCommand, container: string): Promise<void> {
  for (let poll = 0; poll < removalPolls; poll++) {
    const removed = await run('docker', ['rm', '-f', '-v', container], limits);
    // Some versions call a container that is not there an error, some do not.
    if (removed.exitCode === 0 || /no such container/i.test(removed.stderr)) return;
    if (!/already in progress/i.test(removed.stderr)) throw dockerError('rm', container, removed);
    await sleep(removalPollMs);
  }
  throw new Error(`Docker does not get done with removing ${container}. Remove it by hand.`);
}

/** Removes the volume, where there is one: what the engine kept is gone. Its container must be, too. */
export async function removeVolume(run: RunCommand, volume: string): Promise<void> {
  const removed = await run('docker', ['volume', 'rm', volume], limits);
  if (removed.exitCode === 0 || /no such volume/i.test(removed.stderr)) return;
  throw dockerError('volume rm', volume, removed);
}

const limits = { timeoutMs: commandLimitMs };

interface ContainerSettings {
  readonly containerPort: number;
  readonly volumeFolder: string;
  readonly environment: readonly string[];
}

/** Without `--rm`: it would take the log along with a container that failed. */
function runArgs(
  name: EngineName,
  options: DockerEngineOptions,
  settings: ContainerSettings,
): string[] {
  const container = containerName(name, options.suffix);
  return [
    ...['run', '-d', '--name', container, '--label', 'candlestream=local'],
    ...['-p', `127.0.0.1:${options.port}:${settings.containerPort}`],
    ...['-v', `${container}:${settings.volumeFolder}`],
    ...settings.environment.flatMap((variable) => ['-e', variable]),
    images[name],
  ];
}

/** The image's own spelling: `log.dirs` is `KAFKA_LOG_DIRS`. */
function kafkaVariable(property: string): string {
  return `KAFKA_${property.replaceAll('.', '_').toUpperCase()}`;
}

function dockerEngine(
  name: EngineName,
  options: DockerEngineOptions,
  args: string[],
  check: (endpoint: string) => Promise<void>,
): Engine {
  const endpoint = `127.0.0.1:${options.port}`;
  return createEngine({
    name,
    endpoint,
    startLimitMs: 180_000,
    stopLimitMs: (stopLimitS + 20) * 1000,
    launch: () => launchContainer(name, options, args),
    checkAnswers: () => check(endpoint),
  });
}

async function launchContainer(
  name: EngineName,
  options: DockerEngineOptions,
  args: string[],
): Promise<LaunchedEngine> {
  const { run } = options;
  const container = containerName(name, options.suffix);
  await pullWhereMissing(name, options);
  await removeContainer(run, container);
  const started = await run('docker', args, limits);
  if (started.exitCode !== 0) {
    // A port that turns out to be taken leaves a container that was created and not started.
    await removeContainer(run, container);
    throw new EngineStartError(name, '"docker run" failed', lastLines(started));
  }
  const waiting = await launchSupervised({
    file: 'docker',
    args: ['wait', container],
    logFile: options.logFile,
    pidFile: `${options.logFile}.${name}.pid`,
    onOrphaned: `docker stop -t ${stopLimitS} "$0"; docker rm -f -v "$0"`,
    orphanArgument: container,
  });
  return launchedContainer(run, container, waiting);
}

function launchedContainer(
  run: RunCommand,
  container: string,
  waiting: LaunchedEngine,
): LaunchedEngine {
  const docker = async (args: readonly string[]) => {
    const timeoutMs = stopLimitS * 1000 + commandLimitMs;
    const result = await run('docker', [...args, container], { timeoutMs });
    // It may have ended by itself a moment ago.
    if (result.exitCode !== 0 && !/is not running|no such container/i.test(result.stderr)) {
      throw dockerError(args.join(' '), container, result);
    }
  };
  return {
    runsAs: `container ${container}`,
    pid: undefined,
    ended: waiting.ended.then(() => 'the container stopped'),
    terminate: () => docker(['stop', '-t', String(stopLimitS)]),
    kill: () => docker(['kill']),
    lastLogLines: async () => {
      const logs = await run('docker', ['logs', '--tail', String(logTailLines), container], limits);
      return lastLines(logs, logTailLines);
    },
  };
}

async function pullWhereMissing(name: EngineName, options: DockerEngineOptions): Promise<void> {
  const image = images[name];
  const found = await options.run('docker', ['image', 'inspect', image], limits);
  if (found.exitCode === 0) return;
  options.onProgress(`pulling ${image}`);
  const pulled = await options.run('docker', ['pull', '-q', image], { timeoutMs: pullLimitMs });
  if (pulled.exitCode === 0) return;
  throw new EngineStartError(
    name,
    `${image} could not be pulled; check the network, or choose JVM engines`,
    lastLines(pulled),
  );
}

function dockerError(command: string, name: string, result: CommandResult): Error {
  return new Error(
    `"docker ${command} ${name}" failed. Is the Docker engine well?\n${lastLines(result)}`,
  );
}
