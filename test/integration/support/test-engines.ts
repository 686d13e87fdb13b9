import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../../cli/free-port';
import { isAlive } from '../../../cli/processes/lock-file';
import { runCommand } from '../../../cli/processes/run-command';
import {
  type EngineKind,
  type StartedEngines,
  startEngines,
} from '../../../local/engines/start-engines';

const DOCKER_LIMIT_MS = 60_000;

/** The engines that tests start: `TEST_ENGINES`, which the global setup sets if it is not set. */
export function testEngines(): EngineKind {
  const kind = process.env['TEST_ENGINES'];
  if (kind === 'docker' || kind === 'jvm') return kind;
  throw new Error(`TEST_ENGINES is ${String(kind)}; expected docker or jvm`);
}

/** Options of a local run of a test: empty data in a folder, free ports, no output. */
export async function testRunOptions(dataDir: string) {
  return {
    dataDir,
    engines: testEngines(),
    kafkaPort: await freePort(),
    cassandraPort: await freePort(),
    fresh: true,
    onProgress: () => undefined,
  };
}

/** Starts both engines on free ports. */
export async function startTestEngines(
  dataDir: string,
  engines = testEngines(),
): Promise<StartedEngines> {
  return startEngines({
    engines,
    dataDir,
    kafkaPort: await freePort(),
    cassandraPort: await freePort(),
    onProgress: () => undefined,
  });
}

/** The lines that a command of Docker prints. */
export async function docker(...args: string[]): Promise<string[]> {
  const { exitCode, stdout, stderr } = await runCommand('docker', args, {
    timeoutMs: DOCKER_LIMIT_MS,
  });
  if (exitCode !== 0) throw new Error(`docker ${args.join(' ')} failed: ${stderr}`);
  return stdout.split('\n').filter((line) => line !== '');
}

/** Removes the data that the containers of a data folder have left in volumes. */
export async function removeVolumes(dataDir: string): Promise<void> {
  const suffix = await readFile(join(dataDir, 'container-suffix'), 'utf8');
  const volumes = await docker('volume', 'ls', '--quiet', '--filter', `name=${suffix}`);
  if (volumes.length > 0) await docker('volume', 'rm', ...volumes);
}

/** A part of a run that a process or a container is, as `runsAs` names it: `pid 12`. */
export class RunningPart {
  readonly #kind: 'pid' | 'container';
  readonly #name: string;

  constructor(runsAs: string | undefined) {
    const [, kind, name] = /^(pid|container) (\S+)$/.exec(runsAs ?? '') ?? [];
    if (kind === undefined || name === undefined) {
      throw new Error(`It runs as ${String(runsAs)}; expected a pid or a container`);
    }
    this.#kind = kind === 'pid' ? 'pid' : 'container';
    this.#name = name;
  }

  /** Whether it runs; a container that has ended counts until it is removed. */
  async isThere(): Promise<boolean> {
    if (this.#kind === 'pid') return isAlive(Number(this.#name));
    const standing = await docker('ps', '--all', '--format', '{{.Names}}');
    return standing.includes(this.#name);
  }

  /** Whether nothing of its process group is left, the watcher of an engine for one. */
  isGroupGone(): boolean {
    return this.#kind === 'container' || !isAlive(-Number(this.#name));
  }

  /** Ends it as nobody of the run has asked for. */
  async killFromOutside(): Promise<void> {
    if (this.#kind === 'pid') process.kill(Number(this.#name), 'SIGKILL');
    else await docker('kill', this.#name);
  }
}

/** Which of the parts are there. */
export function areThere(parts: readonly RunningPart[]): Promise<boolean[]> {
  return Promise.all(parts.map((part) => part.isThere()));
}
