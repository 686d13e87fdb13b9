import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { failureText, isMissingFile } from '../../cli/failure-text';
import type { RunCommand } from '../../cli/processes/run-command';
import { Compose, STOP_LIMIT_S } from '../containers/compose';
import { type ComposeProject, composeProject, containerOf } from '../containers/compose-project';
import {
  type Engine,
  ENGINE_NAMES,
  type EngineName,
  type EnginePair,
  PORT_REMEDIES,
} from './engine';
import { checkCassandraAnswers, checkKafkaAnswers } from './engine-answers';
import { type LaunchedEngine, RestartableEngine } from './engine-lifecycle';
import { launchSupervised } from './supervised-process';

/** Options for Kafka and Cassandra as the containers of a data folder. */
export interface ContainerEnginesOptions {
  readonly dataDir: string;
  readonly kafkaPort: number;
  readonly cassandraPort: number;
  /** Whether to start with empty data. */
  readonly fresh?: boolean | undefined;
  /** Awaited before data is removed. */
  readonly beforeRemoval?: Promise<unknown>;
  readonly run: RunCommand;
  readonly onProgress: (line: string) => void;
  /** Ends the preparation, a pull for example; not the engines. */
  readonly signal?: AbortSignal | undefined;
}

/** Holds the suffix of the compose project's name. */
const SUFFIX_FILE = 'container-suffix';
const START_LIMIT_MS = 180_000;
const STOP_LIMIT_MS = (STOP_LIMIT_S + 20) * 1_000;
const CHECKS = { kafka: checkKafkaAnswers, cassandra: checkCassandraAnswers } as const;

/**
 * The services `kafka` and `cassandra` of the compose file, in a project of
 * their own for each data folder. Not started yet.
 *
 * @throws PortInUseError, ImagePullError, ComposeError
 */
export async function containerEngines(options: ContainerEnginesOptions): Promise<EnginePair> {
  const { dataDir, run, onProgress, signal, fresh = false, beforeRemoval } = options;
  const project = await projectOf(options);
  const common = { project, run, onProgress, services: ENGINE_NAMES };
  const preparing = new Compose({ ...common, signal });
  // The containers of a run that was killed would hold the ports.
  await preparing.down({ volumes: false });
  await preparing.checkPorts([]);
  await preparing.pullMissing([]);
  if (fresh) {
    await beforeRemoval;
    await preparing.down({ volumes: true });
  }
  const compose = new Compose(common);
  const tidy = () => compose.down({ volumes: false });
  await preparing.create().catch(async (error: unknown) => {
    await tidy();
    throw error;
  });
  const logFile = join(dataDir, 'logs', 'docker-wait.log');
  const engine = (name: EngineName) => containerEngine(name, { compose, project, logFile });
  return {
    kafka: engine('kafka'),
    cassandra: engine('cassandra'),
    tidy,
  };
}

async function projectOf(options: ContainerEnginesOptions): Promise<ComposeProject> {
  const ports = {
    KAFKA_PORT: String(options.kafkaPort),
    CASSANDRA_PORT: String(options.cassandraPort),
  };
  const name = `candlestream-${await projectSuffix(options.dataDir)}`;
  const portRemedy = (service: string) =>
    PORT_REMEDIES[service === 'kafka' ? 'kafka' : 'cassandra'];
  return { ...composeProject(ports, name), portRemedy };
}

/** Random and kept in the data folder, so that a deleted folder means empty data in Docker too. */
async function projectSuffix(dataDir: string): Promise<string> {
  const file = join(dataDir, SUFFIX_FILE);
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (!isMissingFile(error)) throw error;
  }
  const suffix = randomBytes(4).toString('hex');
  await writeFile(file, suffix);
  return suffix;
}

interface EngineContainer {
  readonly compose: Compose;
  readonly project: ComposeProject;
  readonly logFile: string;
}

function containerEngine(name: EngineName, container: EngineContainer): Engine {
  const endpoint = `127.0.0.1:${container.project.ports[name]}`;
  return new RestartableEngine({
    name,
    endpoint,
    startLimitMs: START_LIMIT_MS,
    stopLimitMs: STOP_LIMIT_MS,
    launch: () => launchContainer(name, container),
    checkAnswers: () => CHECKS[name](endpoint),
  });
}

async function launchContainer(
  name: EngineName,
  { compose, project, logFile }: EngineContainer,
): Promise<LaunchedEngine> {
  const container = containerOf(project, name);
  await compose.start(name);
  const waiting = await launchSupervised({
    file: 'docker',
    args: ['wait', container],
    logFile,
    pidFile: `${logFile}.${name}.pid`,
    onOrphaned: `docker compose --project-name "$0" down --timeout ${STOP_LIMIT_S}`,
    orphanArgument: project.projectName,
  });
  return {
    runsAs: `container ${container}`,
    pid: undefined,
    ended: containerEnded(name, compose, waiting),
    terminate: () => compose.stop(name),
    kill: () => compose.kill(name),
    lastLogLines: () => compose.lastLogLines(name),
  };
}

/** `docker wait` sees an end at once; only looking at it shows a container that is paused. */
async function containerEnded(
  name: EngineName,
  compose: Compose,
  waiting: LaunchedEngine,
): Promise<string> {
  const over = new AbortController();
  const seen = [
    waiting.ended.then(() => compose.howEnded(name)),
    compose.end([name], over.signal).then(({ how }) => how),
  ];
  try {
    return `its container ${await Promise.race(seen)}`;
  } catch (error) {
    return failureText(error);
  } finally {
    over.abort();
    await waiting.kill();
  }
}
