import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import {
  CommandNotFoundError,
  CommandTimeoutError,
  lastLines,
  type CommandLimits,
  type CommandResult,
  type RunCommand,
} from '../engines/command-runner';
import {
  ComposeError,
  ContainerFailedError,
  DockerUnavailableError,
  ImagePullError,
  portProblem,
} from './compose-problems';
import { type Place, PORTS, type Service, SERVICES } from './place';

const ANSWER_LIMIT_MS = 10_000;
const COMMAND_LIMIT_MS = 120_000;
const PULL_LIMIT_MS = 20 * 60_000;
const UP_LIMIT_MS = 6 * 60_000;
const LOG_LINES = 20;
const LOOK_EVERY_MS = 3_000;

const ContainerState = v.object({
  Service: v.string(),
  State: v.string(),
  Health: v.string(),
  ExitCode: v.number(),
});

/** How a container of the compose file stands. */
type ContainerState = v.InferOutput<typeof ContainerState>;

/** What the compose file is used with. */
export interface ComposeOptions {
  readonly place: Place;
  readonly run: RunCommand;
  readonly onProgress: (line: string) => void;
  readonly signal?: AbortSignal;
  /** Between two looks at the containers of a running stack. @default 3000 */
  readonly lookEveryMs?: number;
}

/** The containers of `docker-compose.localstack.yml`. */
export class Compose {
  readonly #options: ComposeOptions;

  constructor(options: ComposeOptions) {
    this.#options = options;
  }

  /** @throws DockerUnavailableError where the program, compose or the engine is missing */
  async check(): Promise<void> {
    const version = await this.#docker(['compose', 'version', '--short'], ANSWER_LIMIT_MS);
    if (version.exitCode !== 0) {
      throw new DockerUnavailableError(
        `Docker has no compose: install its compose plugin (v2); "docker compose version" said:\n${lastLines(version)}`,
      );
    }
    const info = await this.#docker(['info', '--format', '{{.ServerVersion}}'], ANSWER_LIMIT_MS);
    if (info.exitCode !== 0) {
      throw new DockerUnavailableError(
        `The Docker engine does not answer: start it (Docker Desktop, or "systemctl start docker"), and see that you may use it; "docker info" said:\n${lastLines(info)}`,
      );
    }
  }

  /**
   * Fetches the images that are not here.
   *
   * @throws ImagePullError
   */
  async pullMissing(profiles: readonly string[]): Promise<void> {
    const listed = await this.#must(['config', '--images'], { profiles });
    for (const image of new Set(listed.stdout.trim().split('\n'))) {
      const found = await this.#docker(['image', 'inspect', image]);
      if (found.exitCode === 0) continue;
      this.#options.onProgress(`pulling ${image}`);
      const pulled = await this.#docker(['pull', '--quiet', image], PULL_LIMIT_MS);
      if (pulled.exitCode !== 0) throw new ImagePullError(image, lastLines(pulled, 3));
    }
  }

  /**
   * Starts what does not run, or not as the compose file says, and waits until
   * all of it is healthy, each of which it tells.
   *
   * @throws ComposePortError, ContainerFailedError, ComposeError
   */
  async up(
    profiles: readonly string[],
    environment: Readonly<Record<string, string>>,
  ): Promise<void> {
    const startedMs = performance.now();
    const onLine = (line: string): void => {
      const service = this.#healthyService(line);
      if (service === undefined) return;
      const seconds = ((performance.now() - startedMs) / 1_000).toFixed(0);
      this.#options.onProgress(`${service}: healthy after ${seconds} s`);
    };
    const args = ['up', '--detach', '--wait', '--pull', 'never', '--quiet-pull'];
    const limitMs = UP_LIMIT_MS;
    const result = await this.#compose(args, { profiles, environment, onLine, limitMs });
    if (result.exitCode === 0) return;
    const said = lastLines(result);
    throw (
      portProblem(said, this.#options.place.ports) ??
      (await this.#failedContainer()) ??
      new ComposeError('up', said)
    );
  }

  /** Removes the container of a service, where there is one. */
  async remove(service: Service): Promise<void> {
    await this.#must(['rm', '--stop', '--force', service], {});
  }

  /**
   * Waits for a container that ends by itself. Looked at twice, as one that is
   * made anew is gone for a moment.
   */
  async failure(services: readonly string[], signal: AbortSignal): Promise<ContainerFailedError> {
    const { lookEveryMs = LOOK_EVERY_MS } = this.#options;
    let missing = '';
    for (;;) {
      await sleep(lookEveryMs, undefined, { signal }).catch(() => signal.throwIfAborted());
      const states = await this.#states();
      const running = states.filter(({ State }) => State === 'running').map((one) => one.Service);
      const gone = services.find((service) => !running.includes(service));
      if (gone !== undefined && gone === missing) {
        const exitCode = states.find(({ Service }) => Service === gone)?.ExitCode;
        const how = exitCode === undefined ? 'is gone' : `ended with exit code ${exitCode}`;
        return new ContainerFailedError(gone, how, await this.#lastLogLines(gone));
      }
      missing = gone ?? '';
    }
  }

  /** Whether any container of the project is there. */
  async isUp(): Promise<boolean> {
    return (await this.#states()).length > 0;
  }

  /**
   * Stops and removes everything: LocalStack first, which takes the functions'
   * containers with it, and those that it left behind.
   */
  async down({ volumes }: { readonly volumes: boolean }): Promise<void> {
    await this.#must(['stop', 'localstack'], {});
    await this.#removeFunctions();
    const args = ['down', '--remove-orphans', ...(volumes ? ['--volumes'] : [])];
    await this.#must(args, {});
  }

  async #removeFunctions(): Promise<void> {
    const prefix = `${this.#options.place.project}-localstack-1-lambda-`;
    const args = ['ps', '--all', '--quiet', '--filter', `name=^/?${prefix}`];
    const listed = await this.#docker(args);
    const ids = listed.stdout.split('\n').filter((id) => id !== '');
    if (listed.exitCode !== 0) throw new ComposeError('ps', lastLines(listed));
    if (ids.length === 0) return;
    const removed = await this.#docker(['rm', '--force', '--volumes', ...ids]);
    // One that ends at this moment is gone too.
    if (removed.exitCode !== 0 && !/no such container|already in progress/i.test(removed.stderr)) {
      throw new ComposeError('rm', lastLines(removed));
    }
  }

  async #failedContainer(): Promise<ContainerFailedError | undefined> {
    const states = await this.#states();
    const failed =
      states.find(({ State }) => State === 'exited' || State === 'dead') ??
      states.find(({ Health }) => Health === 'unhealthy');
    if (failed === undefined) return undefined;
    const { Service: service, State, ExitCode } = failed;
    const how = State === 'running' ? 'is not healthy' : `ended with exit code ${ExitCode}`;
    return new ContainerFailedError(service, how, await this.#lastLogLines(service));
  }

  async #lastLogLines(service: string): Promise<string> {
    const args = ['logs', '--no-log-prefix', '--no-color', '--tail', String(LOG_LINES), service];
    const logs = await this.#compose(args, {});
    return lastLines(logs, LOG_LINES);
  }

  async #states(): Promise<ContainerState[]> {
    const args = ['ps', '--all', '--format', 'json'];
    const listed = await this.#must(args, {});
    const lines = listed.stdout.split('\n').filter((line) => line.startsWith('{'));
    return lines.map((line) => v.parse(ContainerState, JSON.parse(line)));
  }

  /** The service of a line such as ` Container candlestream-localstack-kafka-1  Healthy`. */
  #healthyService(line: string): string | undefined {
    const [, container] = /Container (\S+)\s+Healthy/.exec(line) ?? [];
    return container?.replace(`${this.#options.place.project}-`, '').replace(/-\d+$/, '');
  }

  async #must(args: readonly string[], settings: ComposeCommand): Promise<CommandResult> {
    const result = await this.#compose(args, settings);
    if (result.exitCode === 0) return result;
    throw new ComposeError(args.join(' '), lastLines(result));
  }

  #compose(args: readonly string[], settings: ComposeCommand): Promise<CommandResult> {
    const { project, composeFile, ports } = this.#options.place;
    const { profiles = ALL, limitMs = COMMAND_LIMIT_MS, onLine } = settings;
    const file = ['--project-name', project, '--file', composeFile, '--progress', 'plain'];
    const named = profiles.flatMap((profile) => ['--profile', profile]);
    const published = SERVICES.map((name) => [PORTS[name][0], String(ports[name])] as const);
    const environment = {
      ...Object.fromEntries(published),
      COMPOSE_PROJECT_NAME: project,
      ...settings.environment,
    };
    return this.#docker(['compose', ...file, ...named, ...args], limitMs, { environment, onLine });
  }

  /** @throws DockerUnavailableError where there is no Docker, or it does not get done */
  async #docker(
    args: readonly string[],
    timeoutMs = COMMAND_LIMIT_MS,
    more: Pick<CommandLimits, 'environment' | 'onLine'> = {},
  ): Promise<CommandResult> {
    const { run, signal } = this.#options;
    try {
      return await run('docker', args, { timeoutMs, signal, ...more });
    } catch (cause) {
      signal?.throwIfAborted();
      if (cause instanceof CommandNotFoundError) {
        throw new DockerUnavailableError(
          'There is no program "docker": install Docker with its compose plugin; "npm start" runs without it',
          { cause },
        );
      }
      if (!(cause instanceof CommandTimeoutError)) throw cause;
      throw new DockerUnavailableError(`The Docker engine does not get done: ${cause.message}`, {
        cause,
      });
    }
  }
}

const ALL: readonly string[] = ['*'];

/** How `docker compose` is run. */
interface ComposeCommand {
  /** The optional services that are meant too. @default all of them */
  readonly profiles?: readonly string[];
  /** The variables that the compose file reads, besides the ports. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly limitMs?: number;
  readonly onLine?: (line: string) => void;
}
