import { join } from 'node:path';
import { UsageError } from '../../cli/command-line';
import { parsePort } from '../../cli/free-port';

const COMPOSE_FILE = join(__dirname, '..', '..', 'docker-compose.localstack.yml');

/** The services of the compose file that publish a port on this machine. */
export const SERVICES = ['localstack', 'kafka', 'cassandra', 'exchange', 'kafka-ui'] as const;
export type Service = (typeof SERVICES)[number];

/** For each service, the variable that sets its port, and the port without it: as in the compose file. */
export const PORTS: Readonly<Record<Service, readonly [variable: string, port: number]>> = {
  localstack: ['LOCALSTACK_PORT', 4566],
  kafka: ['KAFKA_PORT', 9092],
  cassandra: ['CASSANDRA_PORT', 9042],
  exchange: ['EXCHANGE_PORT', 4570],
  'kafka-ui': ['KAFKA_UI_PORT', 8080],
};

/** A compose project: two with different names and ports may run side by side. */
export interface ComposeProject {
  /** Its containers, network and volumes bear this name. */
  readonly projectName: string;
  readonly composeFile: string;
  /** The ports on 127.0.0.1. */
  readonly ports: Readonly<Record<Service, number>>;
  /** Remedy for a port in use: "set KAFKA_PORT to another port". */
  readonly portRemedy: (service: Service) => string;
}

/**
 * The project that the environment names (`COMPOSE_PROJECT_NAME` and a variable
 * for each port).
 *
 * @throws UsageError if a port is invalid
 */
export function composeProject(
  environment: NodeJS.ProcessEnv,
  defaultName: string,
): ComposeProject {
  const name = environment['COMPOSE_PROJECT_NAME'] ?? '';
  const ports = SERVICES.map((service) => [service, portOf(service, environment)] as const);
  return {
    projectName: name === '' ? defaultName : name,
    composeFile: COMPOSE_FILE,
    ports: Object.fromEntries(ports) as Record<Service, number>,
    portRemedy: (service) => `set ${PORTS[service][0]} to another port, on every command alike`,
  };
}

/** The name of the container of a service. */
export function containerOf({ projectName }: ComposeProject, service: Service): string {
  return `${projectName}-${service}-1`;
}

/** `127.0.0.1:<port>` of a service. */
export function endpointOf({ ports }: ComposeProject, service: Service): string {
  return `127.0.0.1:${ports[service]}`;
}

function portOf(service: Service, environment: NodeJS.ProcessEnv): number {
  const [variable, otherwise] = PORTS[service];
  const text = environment[variable];
  if (text === undefined || text === '') return otherwise;
  const port = parsePort(text);
  if (port !== undefined) return port;
  throw new UsageError(`${variable} is ${JSON.stringify(text)}: give a port from 1 to 65535`);
}
