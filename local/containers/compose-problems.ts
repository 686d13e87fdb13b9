import { PORTS, SERVICES } from './compose-project';

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

/** A port that a container publishes is taken. */
export class ComposePortError extends Error {
  override readonly name = 'ComposePortError';
  constructor(port: number, variable: string | undefined) {
    const other =
      variable === undefined ? '' : `, or set ${variable} to another port, on every command alike`;
    super(
      `Port ${port} of 127.0.0.1 is in use, perhaps by "npm start" or a server of its own: find it with "ss -ltnp 'sport = :${port}'" (or "lsof -nP -iTCP:${port} -sTCP:LISTEN") and stop it${other}`,
    );
  }
}

/** A container did not become healthy, or ended while it was needed. */
export class ContainerFailedError extends Error {
  override readonly name = 'ContainerFailedError';
  constructor(service: string, how: string, lastLogLines: string) {
    super(`The container of ${service} ${how}. It said last:\n${lastLogLines}`);
  }
}

/** The containers of the project's name are those of another checkout. */
export class OtherCheckoutError extends Error {
  override readonly name = 'OtherCheckoutError';
  constructor(project: string, folder: string) {
    const ports = SERVICES.map((service) => PORTS[service][0]).join(', ');
    super(
      `The containers of ${project} belong to the checkout in ${folder}: end them there with "npm run localstack -- --down", or set COMPOSE_PROJECT_NAME to another name and ${ports} to other ports, on every command alike`,
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

/**
 * The port that an error of Docker says is taken, with the variable that
 * changes it; undefined where it says none.
 */
export function portProblem(
  said: string,
  ports: Readonly<Record<string, number>>,
): ComposePortError | undefined {
  if (!/port is already allocated|address already in use/i.test(said)) return undefined;
  const port = Number(/127\.0\.0\.1:(\d+)/.exec(said)?.[1]);
  if (Number.isNaN(port)) return undefined;
  const service = SERVICES.find((candidate) => ports[candidate] === port);
  return new ComposePortError(port, service && PORTS[service][0]);
}
