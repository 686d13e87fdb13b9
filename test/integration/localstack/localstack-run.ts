import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../cli/free-port';
import {
  type LocalstackProject,
  localstackProject,
} from '../../../local/localstack/localstack-project';
import { Command } from '../support/command';
import { docker } from '../support/test-engines';

/** The commands themselves, as child processes, in a project of their own: a user's stack is not disturbed. */
export class LocalstackRun {
  readonly project: LocalstackProject;
  readonly #environment: NodeJS.ProcessEnv;

  private constructor(environment: NodeJS.ProcessEnv) {
    this.#environment = environment;
    this.project = localstackProject(environment);
  }

  static async prepare(): Promise<LocalstackRun> {
    const names = [
      'LOCALSTACK_PORT',
      'KAFKA_PORT',
      'CASSANDRA_PORT',
      'EXCHANGE_PORT',
      'KAFKA_UI_PORT',
    ];
    const ports: [string, string][] = [];
    for (const name of names) ports.push([name, String(await freePort())]);
    return new LocalstackRun({
      ...process.env,
      ...Object.fromEntries(ports),
      COMPOSE_PROJECT_NAME: `candlestream-test-${process.pid}`,
      CANDLESTREAM_DATA_DIR: await mkdtemp(join(tmpdir(), 'candlestream-localstack-')),
    });
  }

  /** Runs a program of `local/`. */
  run(script: string, ...args: string[]): Command {
    return new Command(script, args, this.#environment);
  }

  /** `npm run localstack`. */
  localstack(...args: string[]): Command {
    return this.run('localstack/localstack.ts', ...args);
  }

  /** Where the ports of the containers are published, such as `127.0.0.1:9092->9092/tcp`. */
  async published(): Promise<string[]> {
    const listed = await this.#named('ps', '{{.Ports}}');
    return listed.flatMap((ports) => ports.split(', ')).filter((port) => port.includes('->'));
  }

  /** The containers, networks and volumes that there are. */
  async leftovers(): Promise<string[]> {
    const containers = await this.#named('ps', '{{.Names}}', '--all');
    const networks = await this.#named('network ls', '{{.Name}}');
    const volumes = await this.#named('volume ls', '{{.Name}}');
    return [...containers, ...networks, ...volumes];
  }

  async forget(): Promise<void> {
    await rm(this.project.dataDir, { recursive: true, force: true });
  }

  async #named(command: string, format: string, ...more: string[]): Promise<string[]> {
    const filter = ['--filter', `name=${this.project.projectName}`, '--format', format];
    return docker(...command.split(' '), ...more, ...filter);
  }
}
