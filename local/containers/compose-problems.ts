import { PortInUseError } from '../../cli/free-port';
import { logCause } from '../../cli/log-cause';
import { type ComposeProject, PORTS, SERVICES } from './compose-project';

/** There is no Docker here that can be used; the message says what is missing. */
export class DockerUnavailableError extends Error {
  override readonly name = 'DockerUnavailableError';
}

/** An image is not here and cannot be fetched. */
export class ImagePullError extends Error {
  override readonly name = 'ImagePullError';
  constructor(image: string, said: string) {
    super(
      `The image ${image} could not be pulled; check the network, and that its registry can be reached:\n${said}`,
    );
  }
}

/** A container did not become healthy, or ended while it was needed. */
export class ContainerFailedError extends Error {
  override readonly name = 'ContainerFailedError';
  constructor(service: string, how: string, lastLogLines: string) {
    const cause = logCause(lastLogLines);
    const because = cause === undefined ? '' : `: ${cause}`;
    super(
      `The last lines of ${service}:\n${lastLogLines}\n\n` +
        `The container of ${service} ${how}${because}.\n` +
        'The other containers go on, and the data stays. Type "npm run localstack" to start it again, ' +
        'or "npm run localstack -- --down" to end them all.',
    );
  }
}

/** The containers of the project's name are those of another checkout. */
export class OtherCheckoutError extends Error {
  override readonly name = 'OtherCheckoutError';
  constructor(projectName: string, folder: string) {
    const ports = SERVICES.map((service) => PORTS[service][0]).join(', ');
    super(
      `The containers of ${projectName} belong to the checkout in ${folder}: end them there with "npm run localstack -- --down", or set COMPOSE_PROJECT_NAME to another name and ${ports} to other ports, on every command alike`,
    );
  }
}

/** `docker compose` failed in a way of its own. */
export class ComposeError extends Error {
  override readonly name = 'ComposeError';
  constructor(command: string, said: string) {
    super(`"docker compose ${command}" failed:\n${said}`);
  }
}

/** The port that an error of Docker says is in use; undefined if it says something else. */
export function portProblem(said: string, project: ComposeProject): PortInUseError | undefined {
  if (!/port is already allocated|address already in use/i.test(said)) return undefined;
  const port = Number(/127\.0\.0\.1:(\d+)/.exec(said)?.[1]);
  if (Number.isNaN(port)) return undefined;
  const service = SERVICES.find((candidate) => project.ports[candidate] === port);
  return service === undefined
    ? new PortInUseError(port, 'a container', 'choose another port')
    : new PortInUseError(port, service, project.portRemedy(service));
}
