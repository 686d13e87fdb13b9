import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { AppendAnswer, AppendRequest } from './appender';

/** A process that appends as a function does, and can be frozen as one. */
export class AppendingProcess {
  readonly #child: ChildProcess;

  /**
   * @param port where on 127.0.0.1 it finds the brokers
   * @param tokenLifetimeMs how long its tokens are good for
   */
  constructor(port: number, tokenLifetimeMs: number) {
    this.#child = fork(join(__dirname, 'appender.ts'), [String(port), String(tokenLifetimeMs)], {
      execArgv: ['--import', 'tsx'],
    });
  }

  /** Appends a record, and tells how it went; a frozen process does so once it is thawed. */
  async append(topic: string, text: string): Promise<AppendAnswer> {
    const request: AppendRequest = { topic, text };
    this.#child.send(request);
    const [answer] = (await once(this.#child, 'message')) as [AppendAnswer];
    return answer;
  }

  freeze(): void {
    this.#child.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }
}
