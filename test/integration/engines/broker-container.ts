import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { docker } from '../support/test-engines';
import { type BrokerOptions, listenerProperties, type Properties } from './broker-properties';

const COMPOSE_FILE = join(__dirname, '..', '..', '..', 'docker-compose.localstack.yml');
const CONTROLLER_PORT = 9093;

const SINGLE_BROKER: Properties = {
  'process.roles': 'broker,controller',
  'node.id': '1',
  'controller.listener.names': 'CONTROLLER',
  'controller.quorum.voters': `1@localhost:${CONTROLLER_PORT}`,
  'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
  'offsets.topic.replication.factor': '1',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
  'group.initial.rebalance.delay.ms': '0',
  'auto.create.topics.enable': 'false',
};

/** Starts a broker as a container. @returns its end */
export async function startBrokerContainer(options: BrokerOptions): Promise<() => Promise<void>> {
  const { port, tokens } = options;
  const name = `candlestream-test-kafka-${process.pid}-${port}`;
  const ports = tokens === undefined ? [port] : [port, tokens.port];
  const listeners = listenerProperties(options, { host: '', controllerPort: CONTROLLER_PORT });
  const properties = Object.entries({ ...SINGLE_BROKER, ...listeners });
  await docker(
    ...['run', '--detach', '--name', name],
    ...ports.flatMap((own) => ['--publish', `127.0.0.1:${own}:${own}`]),
    ...properties.flatMap(([key, value]) => ['--env', `${variable(key)}=${value}`]),
    await kafkaImage(),
  );
  return async () => {
    await docker('rm', '--force', '--volumes', name);
  };
}

/** The image's own spelling of a property: `log.dirs` is `KAFKA_LOG_DIRS`. */
function variable(property: string): string {
  return `KAFKA_${property.replaceAll('.', '_').toUpperCase()}`;
}

async function kafkaImage(): Promise<string> {
  const [, image] = /image: (apache\/kafka:\S+)/.exec(await readFile(COMPOSE_FILE, 'utf8')) ?? [];
  if (image === undefined) throw new Error(`There is no image of Kafka in ${COMPOSE_FILE}`);
  return image;
}
