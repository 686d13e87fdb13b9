import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { freePort } from '../../../cli/free-port';
import { checkKafkaAnswers } from '../../../local/engines/engine-answers';
import { testEngines } from '../support/test-engines';
import { until } from '../support/waiting';
import { startBrokerContainer } from './broker-container';
import type { TokenListener } from './broker-properties';
import { startBrokerProcess } from './broker-process';

/** A Kafka broker of its own, with empty data, as the local run has it. */
export class KafkaBroker {
  /** `host:port` for clients without authentication. */
  readonly endpoint: string;
  readonly #folder: string;
  readonly #end: () => Promise<void>;

  private constructor(folder: string, port: number, end: () => Promise<void>) {
    this.#folder = folder;
    this.endpoint = `127.0.0.1:${port}`;
    this.#end = end;
  }

  /** @param tokens a second listener that takes unsecured JSON web tokens (OAUTHBEARER) */
  static async start(tokens?: TokenListener): Promise<KafkaBroker> {
    const folder = await mkdtemp(join(tmpdir(), 'candlestream-kafka-'));
    const port = await freePort();
    const start = testEngines() === 'docker' ? startBrokerContainer : startBrokerProcess;
    const broker = new KafkaBroker(folder, port, await start({ folder, port, tokens }));
    try {
      await until('Kafka answers', () => broker.#answers());
      return broker;
    } catch (cause) {
      await broker.stop();
      throw cause;
    }
  }

  #answers(): Promise<boolean> {
    return checkKafkaAnswers(this.endpoint).then(
      () => true,
      () => false,
    );
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
    await this.#end();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
