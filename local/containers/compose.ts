import { existsSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { assertPortFree } from '../../cli/free-port';
import { type CommandResult, lastLines, type RunCommand } from '../../cli/processes/run-command';
import {
  ComposeError,
  ContainerFailedError,
  ImagePullError,
  OtherCheckoutError,
  portProblem,
} from './compose-problems';
import { type ComposeProject, PORTS, type Service, SERVICES } from './compose-project';
import { containerEnd, type ContainerFailure, failedAmong, howEnded } from './container-failure';
import { type ContainerState, containerStates } from './container-states';
import { Docker, type DockerCommand } from './docker';
import { removeFunctions } from './localstack-functions';

const PULL_LIMIT_MS = 20 * 60_000;
const UP_LIMIT_MS = 6 * 60_000;
const LOG_LINES = 20;
const LOOK_EVERY_MS = 3_000;
/** A run that was just ended may still have made something while all is removed. */
const DOWN_ATTEMPTS = 3;
/** The time that a container has to end in order. */
export const STOP_LIMIT_S = 20;

/** The optional services, each with its profile. */
const PROFILES: Partial<Record<Service, string>> = { exchange: 'exchange', 'kafka-ui': 'ui' };
const ALL_PROFILES: readonly string[] = ['*'];

export interface ComposeOptions {
  readonly project: ComposeProject;
  readonly run: RunCommand;
  readonly onProgress: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
  /** The services that the project uses. @default all of the compose file */
  readonly services?: readonly Service[];
  /** The pause between two looks at the containers. @default 3000 */
  readonly lookEveryMs?: number;
}

/** The containers of `docker-compose.localstack.yml` under the name of one project. */
export class Compose {
  readonly #options: ComposeOptions;
  readonly #docker: Docker;
  readonly #services: readonly Service[];

  constructor(options: ComposeOptions) {
    this.#options = options;
    this.#docker = new Docker(options.run, options.signal);
    this.#services = options.services ?? SERVICES;
  }

  /**
   * @throws DockerUnavailableError if the program, compose or the engine is missing
   * @throws OtherCheckoutError if the project's containers are another checkout's
   */
  async check(): Promise<void> {
    await this.#docker.check();
    const { composeFile, projectName } = this.#options.project;
    const own = realpathSync(dirname(composeFile));
    for (const { folder } of await this.#states()) {
      // If that checkout is deleted, nobody else can remove them.
      if (folder === '' || !existsSync(folder) || realpathSync(folder) === own) continue;
      throw new OtherCheckoutError(projectName, folder);
    }
  }

  /**
   * Makes sure that each port is free, or published by this project already.
   *
   * @throws PortInUseError
   */
  async checkPorts(profiles: readonly string[]): Promise<void> {
    const { ports, portRemedy } = this.#options.project;
    const published = (await this.#states()).flatMap((state) => state.ports);
    for (const service of this.#wanted(profiles)) {
      const port = ports[service];
      if (!published.includes(port)) await assertPortFree(port, service, portRemedy(service));
    }
  }

  /**
   * Fetches the images that are not here.
   *
   * @throws ImagePullError
   */
  async pullMissing(profiles: readonly string[]): Promise<void> {
    const args = ['config', '--images', ...(this.#options.services ?? [])];
    const listed = await this.#must(args, { profiles });
    for (const image of new Set(listed.stdout.trim().split('\n'))) {
      const found = await this.#docker.run(['image', 'inspect', image]);
      if (found.exitCode === 0) continue;
      this.#options.onProgress(`pulling ${image}`);
      const pulled = await this.#docker.run(['pull', '--quiet', image], { limitMs: PULL_LIMIT_MS });
      if (pulled.exitCode !== 0) throw new ImagePullError(image, lastLines(pulled, 3));
    }
  }

  /**
   * Starts every container that is down, or that differs from the compose file,
   * and waits until all are healthy. Reports each that is.
   *
   * @throws PortInUseError, ContainerFailedError, ComposeError
   */
  async up(
    profiles: readonly string[],
    environment: Readonly<Record<string, string>>,
  ): Promise<void> {
    const states = await this.#states();
    await this.#restartPaused(states);
    await this.#removeLeftFunctions(states);
    const onLine = this.#onHealthy(performance.now());
    const args = ['up', '--detach', '--wait', '--pull', 'never', '--quiet-pull'];
    const limitMs = UP_LIMIT_MS;
    const result = await this.#compose(args, { profiles, environment, onLine, limitMs });
    if (result.exitCode === 0) return;
    const said = lastLines(result);
    throw (
      portProblem(said, this.#options.project) ??
      (await this.#failedContainer(profiles)) ??
      new ComposeError('up', said)
    );
  }

  /** Makes the containers of the project's services, with their network and volumes; starts none. */
  async create(): Promise<void> {
    await this.#must(['create', '--pull', 'never', ...this.#services], {});
  }

  /** Starts a container that was made; need not wait until it is healthy. @throws PortInUseError, ComposeError */
  async start(service: Service): Promise<void> {
    const result = await this.#compose(['start', service], {});
    if (result.exitCode === 0) return;
    const said = lastLines(result);
    throw portProblem(said, this.#options.project) ?? new ComposeError(`start ${service}`, said);
  }

  /** Ends a container in order. No error if it is down. */
  async stop(service: Service): Promise<void> {
    await this.#must(['stop', '--timeout', String(STOP_LIMIT_S), service], {});
  }

  /** Ends a container at once. No error if it is down. */
  async kill(service: Service): Promise<void> {
    const killed = await this.#compose(['kill', service], {});
    if (killed.exitCode === 0 || /is not running|no container/i.test(killed.stderr)) return;
    throw new ComposeError(`kill ${service}`, lastLines(killed));
  }

  /** Removes the container of a service, if there is one. */
  async remove(service: Service): Promise<void> {
    await this.#must(['rm', '--stop', '--force', service], {});
  }

  /** The last lines that a container has logged. */
  async lastLogLines(service: string): Promise<string> {
    const args = ['logs', '--no-log-prefix', '--no-color', '--tail', String(LOG_LINES), service];
    return lastLines(await this.#compose(args, {}), LOG_LINES);
  }

  /** Waits until a container of these services has ended by itself. @throws the signal's reason */
  end(services: readonly string[], signal: AbortSignal): Promise<ContainerFailure> {
    const { lookEveryMs = LOOK_EVERY_MS } = this.#options;
    const states = () => this.#states();
    return containerEnd({ services, states, lookEveryMs }, signal);
  }

  /** The end of a container in words: "ended with exit code 137", "is gone". */
  async howEnded(service: Service): Promise<string> {
    return howEnded((await this.#states()).find((state) => state.service === service));
  }

  /** As `end`, with the last lines of its log. */
  async failure(services: readonly string[], signal: AbortSignal): Promise<ContainerFailedError> {
    return this.#failed(await this.end(services, signal));
  }

  /**
   * Stops and removes everything: LocalStack first, which takes the functions'
   * containers with it, and those that it left behind.
   *
   * @throws ComposeError if something is left
   */
  async down({ volumes }: { readonly volumes: boolean }): Promise<void> {
    const timeout = ['--timeout', String(STOP_LIMIT_S)];
    const args = ['down', '--remove-orphans', ...timeout, ...(volumes ? ['--volumes'] : [])];
    for (let attempt = 1; attempt <= DOWN_ATTEMPTS; attempt += 1) {
      await this.#stopFunctions();
      await this.#must(args, {});
      if ((await this.#states()).length === 0) return;
    }
    const left = (await this.#states()).map(({ service }) => service).join(', ');
    if (left !== '') throw new ComposeError('down', `there is still ${left}: try again`);
  }

  async #stopFunctions(): Promise<void> {
    if (!this.#services.includes('localstack')) return;
    await this.#must(['stop', 'localstack'], {});
    await removeFunctions(this.#docker, this.#options.project.projectName);
  }

  /** Compose cannot start a paused container, and takes one that was just paused for unhealthy. */
  async #restartPaused(states: readonly ContainerState[]): Promise<void> {
    const paused = states.filter(({ state }) => state === 'paused').map(({ service }) => service);
    if (paused.length === 0) return;
    await this.#must(['unpause', ...paused], {});
    await this.#must(['restart', ...paused], {});
  }

  /** Removes the functions of a LocalStack that crashed; one that runs needs them. */
  async #removeLeftFunctions(states: readonly ContainerState[]): Promise<void> {
    const runs = states.some(
      ({ service, state }) => service === 'localstack' && /^(running|paused)$/.test(state),
    );
    if (!runs) await removeFunctions(this.#docker, this.#options.project.projectName);
  }

  #wanted(profiles: readonly string[]): Service[] {
    return this.#services.filter((service) => {
      const profile = PROFILES[service];
      return profile === undefined || profiles.includes(profile);
    });
  }

  async #failedContainer(profiles: readonly string[]): Promise<ContainerFailedError | undefined> {
    const failed = failedAmong(this.#wanted(profiles), await this.#states());
    return failed && this.#failed(failed);
  }

  async #failed({ service, how }: ContainerFailure): Promise<ContainerFailedError> {
    return new ContainerFailedError(service, how, await this.lastLogLines(service));
  }

  #states(): Promise<ContainerState[]> {
    return containerStates(this.#docker, this.#options.project.projectName);
  }

  /** Reports the service of a line such as ` Container candlestream-localstack-kafka-1  Healthy`. */
  #onHealthy(startedMs: number): (line: string) => void {
    const { project, onProgress } = this.#options;
    return (line) => {
      const [, container] = /Container (\S+)\s+Healthy/.exec(line) ?? [];
      if (container === undefined) return;
      const service = container.replace(`${project.projectName}-`, '').replace(/-\d+$/, '');
      const seconds = ((performance.now() - startedMs) / 1_000).toFixed(0);
      onProgress(`${service}: healthy after ${seconds} s`);
    };
  }

  async #must(args: readonly string[], settings: ComposeCommand): Promise<CommandResult> {
    const result = await this.#compose(args, settings);
    if (result.exitCode === 0) return result;
    throw new ComposeError(args.join(' '), lastLines(result));
  }

  #compose(args: readonly string[], settings: ComposeCommand): Promise<CommandResult> {
    const { projectName, composeFile, ports } = this.#options.project;
    const { profiles = ALL_PROFILES, limitMs, onLine } = settings;
    const file = ['--project-name', projectName, '--file', composeFile, '--progress', 'plain'];
    const named = profiles.flatMap((profile) => ['--profile', profile]);
    const published = SERVICES.map((name) => [PORTS[name][0], String(ports[name])] as const);
    const environment = {
      ...Object.fromEntries(published),
      COMPOSE_PROJECT_NAME: projectName,
      ...settings.environment,
    };
    return this.#docker.run(['compose', ...file, ...named, ...args], {
      limitMs,
      environment,
      onLine,
    });
  }
}

/** A command of `docker compose`. */
interface ComposeCommand extends DockerCommand {
  /** The optional services to include. @default all of them */
  readonly profiles?: readonly string[];
}
