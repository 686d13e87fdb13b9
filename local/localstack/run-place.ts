import { join } from 'node:path';
import { UsageError } from '../../cli/command-line';
import { defaultDataDir } from '../run/run-description';

const PROJECT = join(__dirname, '..', '..');
const DEFAULT_PROJECT = 'candlestream-localstack';

/** The services of the compose file that a port of this machine leads to. */
export const SERVICES = ['localstack', 'kafka', 'cassandra', 'exchange', 'kafka-ui'] as const;
export type Service = (typeof SERVICES)[number];

/** For each service, the variable that names its port, and the port without it: as in the compose file. */
export const PORTS: Readonly<Record<Service, readonly [variable: string, port: number]>> = {
  localstack: ['LOCALSTACK_PORT', 4566],
  kafka: ['KAFKA_PORT', 9092],
  cassandra: ['CASSANDRA_PORT', 9042],
  exchange: ['EXCHANGE_PORT', 4570],
  'kafka-ui': ['KAFKA_UI_PORT', 8080],
};

/** Where a LocalStack run takes place: two of them with nothing in common may run side by side. */
export interface Place {
  /** The compose project: its containers, network and volumes bear this name. */
  readonly project: string;
  readonly composeFile: string;
  /** Everything of the run that is not in containers. */
  readonly folder: string;
  /** Where it is said that a stack runs, for `npm run show`. */
  readonly dataDir: string;
  /** The ports on 127.0.0.1. */
  readonly ports: Readonly<Record<Service, number>>;
}

/**
 * The place that the environment says: `COMPOSE_PROJECT_NAME`,
 * `CANDLESTREAM_DATA_DIR`, and a variable for each port.
 *
 * @throws UsageError for a port that is none
 */
export function placeOf(environment: NodeJS.ProcessEnv): Place {
  const dataDir = defaultDataDir(environment);
  const project = environment['COMPOSE_PROJECT_NAME'] ?? '';
  const ports = SERVICES.map((service) => [service, portOf(service, environment)] as const);
  return {
    project: project === '' ? DEFAULT_PROJECT : project,
    composeFile: join(PROJECT, 'docker-compose.localstack.yml'),
    folder: join(dataDir, 'localstack'),
    dataDir,
    ports: Object.fromEntries(ports) as Record<Service, number>,
  };
}

/** `127.0.0.1:<port>` of a service. */
export function endpointOf({ ports }: Place, service: Service): string {
  return `127.0.0.1:${ports[service]}`;
}

/** What the AWS SDK and `cdk` find LocalStack by, over the user's own endpoints. */
export function awsEnvironment(
  place: Place,
  environment: NodeJS.ProcessEnv = process.env,
): Record<string, string> {
  const url = `http://${endpointOf(place, 'localstack')}`;
  const others = Object.keys(environment).filter((name) => name.startsWith('AWS_ENDPOINT_URL'));
  return {
    ...Object.fromEntries(others.map((name) => [name, url])),
    AWS_ENDPOINT_URL: url,
    AWS_ENDPOINT_URL_S3: url,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_SESSION_TOKEN: '',
    AWS_PROFILE: '',
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
  };
}

/** The region that is played. */
export const REGION = 'us-east-1';

/** What a client of the AWS SDK is made with. One attempt: whoever asks tries again himself. */
export function clientConfig(place: Place) {
  return {
    endpoint: `http://${endpointOf(place, 'localstack')}`,
    region: REGION,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  } as const;
}

function portOf(service: Service, environment: NodeJS.ProcessEnv): number {
  const [variable, otherwise] = PORTS[service];
  const text = environment[variable];
  if (text === undefined || text === '') return otherwise;
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new UsageError(`${variable} is ${JSON.stringify(text)}: give a port from 1 to 65535`);
}
