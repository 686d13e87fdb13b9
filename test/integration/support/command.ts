import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const PROJECT = join(__dirname, '..', '..', '..');
const END_LIMIT_MS = 30_000;

/** A program of `local/` as a child process, and what it has printed so far. */
export class Command {
  readonly child: ChildProcess;
  readonly pid: number;
  /** Its exit code and what it said, once it has ended. */
  readonly end: Promise<{ code: number | null; output: string; errors: string }>;
  #output = '';
  #errors = '';

  /** @param script relative to `local/` */
  constructor(script: string, args: readonly string[], environment: NodeJS.ProcessEnv) {
    const child = spawn(process.execPath, ['--import', 'tsx', join('local', script), ...args], {
      cwd: PROJECT,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.on('data', (chunk: Buffer) => (this.#output += chunk.toString('utf8')));
    child.stderr.on('data', (chunk: Buffer) => (this.#errors += chunk.toString('utf8')));
    this.child = child;
    this.pid = child.pid ?? NaN;
    this.end = once(child, 'close').then(([code]) => ({
      code: code as number | null,
      output: this.#output,
      errors: this.#errors,
    }));
  }

  printed(): string {
    return this.#output;
  }

  /** What it has said to its errors so far. */
  complaints(): string {
    return this.#errors;
  }

  /** Ends it if it still runs, by force if it does not end in time. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGINT');
    const late = setTimeout(() => this.child.kill('SIGKILL'), END_LIMIT_MS);
    await this.end.finally(() => clearTimeout(late));
  }
}
