import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { lastLines, runCommand } from '../../../cli/run-command';
import type { Engine } from '../../../local/engines/engine';
import { checkKafkaAnswers } from '../../../local/engines/engine-answers';
import { createEngine } from '../../../local/engines/engine-lifecycle';
import { freePort } from '../../../cli/free-port';
import { javaCommand } from '../../../local/engines/java-runtime';
import { defaultJarsDir, prepareJars } from '../../../local/engines/jvm-jars';
import {
  formatArgs,
  type JvmKafkaOptions,
  kafkaArgs,
  kafkaProperties,
} from '../../../local/engines/jvm-kafka';
import { endByPid, launchSupervised, pidFile } from '../../../local/engines/supervised-process';

const FORMAT_LIMIT_MS = 60_000;
const CLUSTER_ID = 'candlestreamCandlestre';

/** A listener for clients with tokens; what the broker tells them to connect to may be a proxy. */
export interface TokenListener {
  readonly port: number;
  readonly advertisedPort: number;
}

/** A Kafka broker of its own, with empty data, as the local run has it. */
export class KafkaBroker {
  readonly #folder: string;
  readonly #engine: Engine;

  private constructor(folder: string, engine: Engine) {
    this.#folder = folder;
    this.#engine = engine;
  }

  /** @param tokens where a second listener takes unsecured JSON web tokens (OAUTHBEARER) */
  static async start(tokens?: TokenListener): Promise<KafkaBroker> {
    const folder = await mkdtemp(join(tmpdir(), 'candlestream-kafka-'));
    const broker = new KafkaBroker(folder, await engineIn(folder, tokens));
    try {
      await broker.#engine.start();
      return broker;
    } catch (cause) {
      await broker.stop();
      throw cause;
    }
  }

  /** `host:port` where it takes clients without authentication. */
  get endpoint(): string {
    return this.#engine.endpoint;
  }

  async createTopic(topic: string): Promise<void> {
    const brokers = [this.endpoint];
    const admin = new Kafka({ clientId: 'test', brokers, logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    try {
      await admin.createTopics({ topics: [{ topic, numPartitions: 2 }], waitForLeaders: true });
    } finally {
      await admin.disconnect();
    }
  }

  /** Ends it and removes its data. */
  async stop(): Promise<void> {
    await this.#engine.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

async function engineIn(dir: string, tokens: TokenListener | undefined): Promise<Engine> {
  const jars = { jarsDir: defaultJarsDir, run: runCommand, onProgress: () => undefined };
  const options: JvmKafkaOptions = {
    ...{ java: javaCommand(), run: runCommand, jarsDir: await prepareJars('kafka', jars) },
    ...{ dir, logFile: join(dir, 'kafka.log') },
    ...{ port: await freePort(), controllerPort: await freePort() },
  };
  const endpoint = `127.0.0.1:${options.port}`;
  return createEngine({
    ...{ name: 'kafka', endpoint, startLimitMs: 60_000, stopLimitMs: 20_000 },
    launch: () => launch(options, tokens),
    checkAnswers: () => checkKafkaAnswers(endpoint),
  });
}

async function launch(options: JvmKafkaOptions, tokens: TokenListener | undefined) {
  const { dir, java, logFile } = options;
  await mkdir(join(dir, 'data'));
  // Of a key that comes twice the later line counts.
  const properties = kafkaProperties(options) + (tokens ? tokenProperties(options, tokens) : '');
  await writeFile(join(dir, 'server.properties'), properties);
  await writeFile(join(dir, 'log4j2.xml'), '<Configuration/>');
  const formatted = await runCommand(java, formatArgs(options, CLUSTER_ID), {
    timeoutMs: FORMAT_LIMIT_MS,
  });
  if (formatted.exitCode !== 0) throw new Error(`Not formatted: ${lastLines(formatted)}`);
  return launchSupervised({
    ...{ file: java, args: kafkaArgs(options), logFile, pidFile: join(dir, pidFile) },
    onOrphaned: endByPid,
  });
}

function tokenProperties(options: JvmKafkaOptions, { port, advertisedPort }: TokenListener) {
  const plain = `PLAINTEXT://127.0.0.1:${options.port}`;
  const controller = `CONTROLLER://127.0.0.1:${options.controllerPort}`;
  const login = 'org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule';
  const lines = [
    `listeners=${plain},TOKENS://127.0.0.1:${port},${controller}`,
    `advertised.listeners=${plain},TOKENS://127.0.0.1:${advertisedPort}`,
    'listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,TOKENS:SASL_PLAINTEXT',
    'listener.name.tokens.sasl.enabled.mechanisms=OAUTHBEARER',
    `listener.name.tokens.oauthbearer.sasl.jaas.config=${login} required unsecuredLoginStringClaim_sub="broker";`,
  ];
  return `${lines.join('\n')}\n`;
}
