import { randomBytes } from 'node:crypto';
import { access, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lastLines, type RunCommand } from '../../cli/processes/run-command';
import { type Engine, EngineStartError } from './engine';
import { checkKafkaAnswers } from './engine-answers';
import { RestartableEngine } from './engine-lifecycle';
import { END_BY_PID, launchSupervised, PID_FILE } from './supervised-process';

/** Options for Kafka as a process of this machine; its ports are those of 127.0.0.1. */
export interface JvmKafkaOptions {
  readonly java: string;
  readonly jarsDir: string;
  /** Absolute; holds the configuration and the partitions. */
  readonly dir: string;
  readonly logFile: string;
  readonly port: number;
  readonly controllerPort: number;
  readonly run: RunCommand;
}

const FORMAT_LIMIT_MS = 60_000;

/** One Kafka broker, its own controller, as a JVM process. Not started yet. */
export function jvmKafka(options: JvmKafkaOptions): Engine {
  const endpoint = `127.0.0.1:${options.port}`;
  return new RestartableEngine({
    name: 'kafka',
    endpoint,
    startLimitMs: 60_000,
    stopLimitMs: 20_000,
    launch: async () => {
      await writeConfig(options);
      await formatOnce(options);
      return launchSupervised({
        file: options.java,
        args: kafkaArgs(options),
        logFile: options.logFile,
        pidFile: join(options.dir, PID_FILE),
        onOrphaned: END_BY_PID,
      });
    },
    checkAnswers: () => checkKafkaAnswers(endpoint),
  });
}

/** The text of `server.properties`. */
export function kafkaProperties(options: JvmKafkaOptions): string {
  const client = `PLAINTEXT://127.0.0.1:${options.port}`;
  const controller = `127.0.0.1:${options.controllerPort}`;
  const properties = {
    'process.roles': 'broker,controller',
    'node.id': '1',
    listeners: `${client},CONTROLLER://${controller}`,
    'advertised.listeners': client,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    // Static, because a dynamic quorum would keep the controller's port in the data.
    'controller.quorum.voters': `1@${controller}`,
    'log.dirs': partitionsDir(options),
    ...SINGLE_BROKER_PROPERTIES,
  };
  const lines = Object.entries(properties).map(([key, value]) => `${key}=${value}`);
  return `${lines.join('\n')}\n`;
}

/** Properties with which a single broker starts and rebalances quickly. */
const SINGLE_BROKER_PROPERTIES = {
  'offsets.topic.replication.factor': '1',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
  'group.initial.rebalance.delay.ms': '0',
  // A broker that was killed may come back only once its earlier session has timed out.
  'broker.session.timeout.ms': '3000',
  'broker.heartbeat.interval.ms': '500',
  'auto.create.topics.enable': 'false',
} as const;

/** The arguments of `java` for the broker. */
export function kafkaArgs(options: JvmKafkaOptions): string[] {
  return [
    ...['-Xms256m', '-Xmx512m', '-XX:+UseParallelGC', '-XX:TieredStopAtLevel=1'],
    '-XX:+ExitOnOutOfMemoryError',
    ...javaCommon(options),
    'kafka.Kafka',
    configFile(options),
  ];
}

function javaCommon(options: JvmKafkaOptions): string[] {
  return [
    `-Dlog4j2.configurationFile=${join(options.dir, 'log4j2.xml')}`,
    ...['-cp', join(options.jarsDir, '*')],
  ];
}

async function writeConfig(options: JvmKafkaOptions): Promise<void> {
  await mkdir(partitionsDir(options), { recursive: true });
  await writeFile(configFile(options), kafkaProperties(options));
  await writeFile(join(options.dir, 'log4j2.xml'), LOG4J2_XML);
}

async function formatOnce(options: JvmKafkaOptions): Promise<void> {
  // The tool writes meta.properties last, so that a format cut short is done anew.
  const formatted = await access(join(partitionsDir(options), 'meta.properties')).then(
    () => true,
    () => false,
  );
  if (formatted) return;
  const result = await options.run(options.java, formatArgs(options, newClusterId()), {
    timeoutMs: FORMAT_LIMIT_MS,
  });
  if (result.exitCode === 0) return;
  throw new EngineStartError('kafka', 'its storage could not be formatted', lastLines(result));
}

/** The arguments of `java` that format the storage. */
export function formatArgs(options: JvmKafkaOptions, clusterId: string): string[] {
  return [
    ...['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'],
    ...javaCommon(options),
    ...['kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', configFile(options)],
  ];
}

/** 16 random bytes in base64url, as Kafka writes ids; never with a leading "-", as for an option. */
function newClusterId(): string {
  const id = randomBytes(16).toString('base64url');
  return id.startsWith('-') ? `A${id.slice(1)}` : id;
}

function partitionsDir(options: JvmKafkaOptions): string {
  return join(options.dir, 'data');
}

function configFile(options: JvmKafkaOptions): string {
  return join(options.dir, 'server.properties');
}

const LOG4J2_XML = `<Configuration>
  <Appenders>
    <Console name="console"><PatternLayout pattern="%d %p %m (%c)%n"/></Console>
  </Appenders>
  <Loggers>
    <Root level="WARN"><AppenderRef ref="console"/></Root>
  </Loggers>
</Configuration>
`;
