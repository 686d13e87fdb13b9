import { existsSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { lastLines, type CommandResult, type RunCommand } from '../../cli/run-command';
import {
  ComposeError,
  ContainerFailedError,
  ImagePullError,
  OtherCheckoutError,
  portProblem,
} from './compose-problems';
import { containerEnd, containerStates, type ContainerState, failedAmong } from './containers';
import { Docker, type DockerCommand } from './docker';
import { type ComposeProject, PORTS, type Service, SERVICES } from './compose-project';

const PULL_LIMIT_MS = 20 * 60_000;
const UP_LIMIT_MS = 6 * 60_000;
const LOG_LINES = 20;
const LOOK_EVERY_MS = 3_000;
/** What a run that was ended had just begun to make may turn up while all is removed. */
const DOWN_ATTEMPTS = 3;

/** The services that a run does without at times, each with its profile. */
const PROFILES: Partial<Record<Service, string>> = { exchange: 'exchange', 'kafka-ui': 'ui' };
const ALL: readonly string[] = ['*'];

/** What the compose file is used with. */
export interface ComposeOptions {
  readonly project: ComposeProject;
  readonly run: RunCommand;
  readonly onProgress: (line: string) => void;
  readonly signal?: AbortSignal;
  /** Between two looks at the containers of a running stack. @default 3000 */
  readonly lookEveryMs?: number;
}

/** The containers of `docker-compose.localstack.yml`. */
export class Compose {
  readonly #options: ComposeOptions;
  readonly #docker: Docker;

  constructor(options: ComposeOptions) {
    this.#options = options;
    this.#docker = new Docker(options.run, options.signal);
  }

  /**
   * @throws DockerUnavailableError where the program, compose or the engine is missing
   * @throws OtherCheckoutError where the project's containers are another checkout's
   */
  async check(): Promise<void> {
    await this.#docker.check();
    const { composeFile, projectName } = this.#options.project;
    const own = realpathSync(dirname(composeFile));
    for (const { folder } of await this.#states()) {
      // Of a checkout that is deleted, nobody else can remove them.
      if (folder === '' || !existsSync(folder) || realpathSync(folder) === own) continue;
      throw new OtherCheckoutError(projectName, folder);
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
      const found = await this.#docker.run(['image', 'inspect', image]);
      if (found.exitCode === 0) continue;
      this.#options.onProgress(`pulling ${image}`);
      const pulled = await this.#docker.run(['pull', '--quiet', image], { limitMs: PULL_LIMIT_MS });
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
    await this.#removeLeftFunctions();
    const onLine = this.#onHealthy(performance.now());
    const args = ['up', '--detach', '--wait', '--pull', 'never', '--quiet-pull'];
    const limitMs = UP_LIMIT_MS;
    const result = await this.#compose(args, { profiles, environment, onLine, limitMs });
    if (result.exitCode === 0) return;
    const said = lastLines(result);
    throw (
      portProblem(said, this.#options.project.ports) ??
      (await this.#failedContainer(profiles)) ??
      new ComposeError('up', said)
    );
  }

  /** Removes the container of a service, where there is one. */
  async remove(service: Service): Promise<void> {
    await this.#must(['rm', '--stop', '--force', service], {});
  }

  /** Waits for a container of these services that ends by itself. @throws the signal's reason */
  async failure(services: readonly string[], signal: AbortSignal): Promise<ContainerFailedError> {
    const { lookEveryMs = LOOK_EVERY_MS } = this.#options;
    const states = () => this.#states();
    const { service, how } = await containerEnd({ services, states, lookEveryMs }, signal);
    return this.#failed(service, how);
  }

  /**
   * Stops and removes everything: LocalStack first, which takes the functions'
   * containers with it, and those that it left behind.
   *
   * @throws ComposeError where something is left
   */
  async down({ volumes }: { readonly volumes: boolean }): Promise<void> {
    const args = ['down', '--remove-orphans', ...(volumes ? ['--volumes'] : [])];
    for (let attempt = 1; attempt <= DOWN_ATTEMPTS; attempt += 1) {
      await this.#must(['stop', 'localstack'], {});
      await this.#removeFunctions();
      await this.#must(args, {});
      if ((await this.#states()).length === 0) return;
    }
    const left = (await this.#states()).map(({ service }) => service).join(', ');
    if (left !== '') throw new ComposeError('down', `there is still ${left}: try again`);
  }

  /** Those of a LocalStack that crashed: one that runs has use for them. */
  async #removeLeftFunctions(): Promise<void> {
    const states = await this.#states();
    const runs = states.some(
      ({ service, state }) => service === 'localstack' && state === 'running',
    );
    if (!runs) await this.#removeFunctions();
  }

  async #removeFunctions(): Promise<void> {
    // LocalStack names them after its own container, with a dash for what a host's name cannot have.
    const prefix = `${this.#options.project.projectName}-localstack-1-lambda-`.replaceAll('_', '-');
    const listed = await this.#docker.run([
      ...['ps', '--all', '--quiet', '--filter', `name=^/?${prefix}`],
    ]);
    const ids = listed.stdout.split('\n').filter((id) => id !== '');
    if (listed.exitCode !== 0) throw new ComposeError('ps', lastLines(listed));
    if (ids.length === 0) return;
    const removed = await this.#docker.run(['rm', '--force', '--volumes', ...ids]);
    // One that ends at this moment is gone too.
    if (removed.exitCode !== 0 && !/no such container|already in progress/i.test(removed.stderr)) {
      throw new ComposeError('rm', lastLines(removed));
    }
  }

  async #failedContainer(profiles: readonly string[]): Promise<ContainerFailedError | undefined> {
    const services = SERVICES.filter((service) => {
      const profile = PROFILES[service];
      return profile === undefined || profiles.includes(profile);
    });
    const failed = failedAmong(services, await this.#states());
    return failed && this.#failed(failed.service, failed.how);
  }

  async #failed(service: string, how: string): Promise<ContainerFailedError> {
    const args = ['logs', '--no-log-prefix', '--no-color', '--tail', String(LOG_LINES), service];
    const logs = await this.#compose(args, {});
    return new ContainerFailedError(service, how, lastLines(logs, LOG_LINES));
  }

  #states(): Promise<ContainerState[]> {
    return containerStates(this.#docker, this.#options.project.projectName);
  }

  /** Tells the service of a line such as ` Container candlestream-localstack-kafka-1  Healthy`. */
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
    const { profiles = ALL, limitMs, onLine } = settings;
    const file = ['--project-name', projectName, '--file', composeFile, '--progress', 'plain'];
    const named = profiles.flatMap((profile) => ['--profile', profile]);
    const published = SERVICES.map((name) => [PORTS[name][0], String(ports[name])] as const);
    const environment = {
      ...Object.fromEntries(published),
      COMPOSE_PROJECT_NAME: projectName,
      ...settings.environment,
    };
    return this.#docker.run(['compose', ...file, ...named, ...args], {
      ...{ limitMs, environment, onLine },
    });
  }
}

/** How `docker compose` is run. */
interface ComposeCommand extends DockerCommand {
  /** The optional services that are meant too. @default all of them */
  readonly profiles?: readonly string[];
}
