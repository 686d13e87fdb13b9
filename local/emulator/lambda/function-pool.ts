import pLimit from 'p-limit';
import type { FunctionProcess } from './function-process';
import { failed, type InvocationFailure, type InvocationResult, type Invoker } from './invoker';

/** Options for `FunctionPool`. */
export interface FunctionPoolOptions {
  /** Invocations at a time that the function reserves. */
  readonly reservedConcurrency: number;
  /** The most processes: further invocations wait for one of them. */
  readonly mostProcesses: number;
  readonly create: () => FunctionProcess;
}

/** The answer of Lambda to an invocation beyond the reserved concurrency. */
const THROTTLED: InvocationFailure = {
  errorType: 'TooManyRequestsException',
  errorMessage: 'Rate Exceeded.',
  trace: [],
};

/** Whether an invocation was not made, as too many were under way. */
export function isThrottled(result: InvocationResult): boolean {
  return !result.ok && result.errorType === THROTTLED.errorType;
}

/** A function in several processes, of which each runs one invocation at a time. */
export class FunctionPool implements Invoker {
  readonly #options: FunctionPoolOptions;
  readonly #limit: ReturnType<typeof pLimit>;
  readonly #idle: FunctionProcess[] = [];
  readonly #all: FunctionProcess[] = [];

  constructor(options: FunctionPoolOptions) {
    this.#options = options;
    this.#limit = pLimit(Math.min(options.mostProcesses, options.reservedConcurrency));
  }

  /** Number of times that a process was started again. */
  get restarts(): number {
    return this.#all.reduce((sum, { starts }) => sum + Math.max(0, starts - 1), 0);
  }

  /** Loads the handler ahead of the first invocation. */
  async warm(): Promise<void> {
    const first = this.#taken();
    await first.warm();
    this.#idle.push(first);
  }

  async invoke(event: unknown): Promise<InvocationResult> {
    const { activeCount, pendingCount } = this.#limit;
    if (activeCount + pendingCount >= this.#options.reservedConcurrency) return failed(THROTTLED);
    return this.#limit(async () => {
      const taken = this.#taken();
      try {
        return await taken.invoke(event);
      } finally {
        this.#idle.push(taken);
      }
    });
  }

  async stop(): Promise<void> {
    await Promise.all(this.#all.map((one) => one.stop()));
  }

  #taken(): FunctionProcess {
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    const created = this.#options.create();
    this.#all.push(created);
    return created;
  }
}
