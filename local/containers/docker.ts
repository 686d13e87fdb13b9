import {
  CommandNotFoundError,
  CommandTimeoutError,
  lastLines,
  type CommandLimits,
  type CommandResult,
  type RunCommand,
} from '../../cli/processes/run-command';
import { DockerUnavailableError } from './compose-problems';

/** The time that Docker has to report a state. */
export const ANSWER_LIMIT_MS = 10_000;
const COMMAND_LIMIT_MS = 120_000;
/** The oldest compose with all the options that are used here. */
const LEAST_COMPOSE: readonly [major: number, minor: number] = [2, 21];

/** Options for one command of Docker. */
export interface DockerCommand extends Pick<CommandLimits, 'environment' | 'onLine'> {
  /** @default 120000 */
  readonly limitMs?: number | undefined;
}

/** The program `docker`. */
export class Docker {
  readonly #run: RunCommand;
  readonly #signal: AbortSignal | undefined;

  constructor(run: RunCommand, signal?: AbortSignal) {
    this.#run = run;
    this.#signal = signal;
  }

  /** @throws DockerUnavailableError if the program, compose or the engine is missing, or compose is too old */
  async check(): Promise<void> {
    await this.#checkCompose();
    const info = await this.run(['info', '--format', '{{.ServerVersion}}'], {
      limitMs: ANSWER_LIMIT_MS,
    });
    if (info.exitCode === 0) return;
    throw new DockerUnavailableError(
      `The Docker engine does not answer: start it (Docker Desktop, or "systemctl start docker"), and make sure that you may use it; "docker info" said:\n${lastLines(info)}`,
    );
  }

  async #checkCompose(): Promise<void> {
    const version = await this.run(['compose', 'version', '--short'], { limitMs: ANSWER_LIMIT_MS });
    if (version.exitCode !== 0) {
      throw new DockerUnavailableError(
        `Docker has no compose: install its compose plugin (v2); "docker compose version" said:\n${lastLines(version)}`,
      );
    }
    if (!isOld(version.stdout)) return;
    throw new DockerUnavailableError(
      `Docker's compose plugin is ${version.stdout.trim()}: install ${LEAST_COMPOSE.join('.')} or later`,
    );
  }

  /**
   * Runs a command to its end, whatever its exit code.
   *
   * @throws DockerUnavailableError if there is no Docker, or it does not answer in time
   */
  async run(args: readonly string[], command: DockerCommand = {}): Promise<CommandResult> {
    const { limitMs: timeoutMs = COMMAND_LIMIT_MS, ...more } = command;
    const signal = this.#signal;
    try {
      return await this.#run('docker', args, { timeoutMs, signal, ...more });
    } catch (cause) {
      signal?.throwIfAborted();
      throw dockerProblem(cause);
    }
  }
}

function dockerProblem(cause: unknown): unknown {
  if (cause instanceof CommandNotFoundError) {
    return new DockerUnavailableError(
      'There is no program "docker": install Docker with its compose plugin; "npm start" runs without it',
      { cause },
    );
  }
  if (!(cause instanceof CommandTimeoutError)) return cause;
  return new DockerUnavailableError(`The Docker engine does not answer: ${cause.message}`, {
    cause,
  });
}

/** If a version such as `2.40.3` or `v2.24.6-desktop.1` is too old; an unknown format is not. */
function isOld(version: string): boolean {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(version.trim()) ?? [];
  if (major === undefined) return false;
  const [leastMajor, leastMinor] = LEAST_COMPOSE;
  return Number(major) < leastMajor || (Number(major) === leastMajor && Number(minor) < leastMinor);
}
