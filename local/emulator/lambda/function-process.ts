import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import pLimit from 'p-limit';
import type { FunctionTemplate } from '../template/function-template';
import { callHandler, hasEnded, nextHostEvent } from './host-messages';
import { endProcess, killProcess, startHostProcess } from './host-process';
import type { InvocationReport } from './invocation-report';
import { failed, type InvocationFailure, type InvocationResult, type Invoker } from './invoker';
import { type ProcessUsage, SummedUsage } from './process-usage';
import { exited, notLoaded, STOPPED, timedOut } from './runtime-failures';

/** Options for a function that runs locally. */
export interface FunctionProcessOptions {
  readonly template: FunctionTemplate;
  /** Set over the template's environment. */
  readonly overrides?: Readonly<Record<string, string>>;
  /** `<logsDir>/<name>.log` takes what the function writes; made if it is missing. */
  readonly logsDir: string;
  readonly onReport?: (report: InvocationReport) => void;
  /** Further flags of `node`. */
  readonly nodeOptions?: readonly string[];
}

/** The longest that a process may take to load its handler: slow machines, cold file caches. */
const INIT_LIMIT_MS = 30_000;

type Outcome = Pick<InvocationReport, 'result' | 'usage' | 'initMs' | 'pid'>;

type Start =
  | { readonly child: ChildProcess; readonly initMs: number | null }
  | { readonly failure: InvocationFailure; readonly pid: number | null };

/**
 * A function as a child process that runs its bundle with the template's
 * environment, time limit and memory. One invocation runs at a time, further
 * ones wait. If the process dies, or is killed at its time limit, its invocation
 * fails, and the next one starts another process.
 */
export class FunctionProcess implements Invoker {
  readonly #options: FunctionProcessOptions;
  readonly #oneAtATime = pLimit(1);
  readonly #usage = new SummedUsage();
  #child: ChildProcess | null = null;
  #starts = 0;
  #stopped = false;

  constructor(options: FunctionProcessOptions) {
    this.#options = options;
    mkdirSync(options.logsDir, { recursive: true });
  }

  get name(): string {
    return this.#options.template.name;
  }

  /** The process that runs now; null before the first invocation and after an end. */
  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  /** The number of processes that were started. */
  get starts(): number {
    return this.#starts;
  }

  /** Over all of its processes: CPU time in sum, memory at its highest. */
  get usage(): ProcessUsage {
    return this.#usage.total;
  }

  /** Loads the handler ahead of the first invocation, which reports a failure to load. */
  async warm(): Promise<void> {
    await this.#oneAtATime(() => this.#runningChild());
  }

  invoke(event: unknown): Promise<InvocationResult> {
    return this.#oneAtATime(async () => {
      const requestId = randomUUID();
      const startedMs = performance.now();
      const outcome = await this.#invokeNow(requestId, event);
      const durationMs = performance.now() - startedMs - (outcome.initMs ?? 0);
      this.#options.onReport?.({ function: this.name, requestId, durationMs, ...outcome });
      return outcome.result;
    });
  }

  /** Ends the process now; an invocation in it fails, and so do later ones. */
  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#child) await endProcess(this.#child);
  }

  async #invokeNow(requestId: string, event: unknown): Promise<Outcome> {
    const start = await this.#runningChild();
    if ('failure' in start) {
      return { result: failed(start.failure), usage: null, initMs: null, pid: start.pid };
    }
    const { child, initMs } = start;
    const answer = await this.#answerOf(child, requestId, event);
    return { ...answer, initMs, pid: child.pid ?? null };
  }

  async #answerOf(
    child: ChildProcess,
    requestId: string,
    event: unknown,
  ): Promise<Pick<Outcome, 'result' | 'usage'>> {
    const { timeoutMs, arn: functionArn } = this.#options.template;
    const said = await callHandler(child, { requestId, functionArn, event }, timeoutMs);
    if (said.type !== 'result') {
      await killProcess(child);
      const failure =
        said.type === 'out-of-time' ? timedOut(requestId, timeoutMs) : exited(requestId, said);
      return { result: failed(failure), usage: null };
    }
    const { ok, failure, payload = null, usage } = said;
    this.#usage.report(usage);
    return { result: ok || !failure ? { ok: true, payload } : failed(failure), usage };
  }

  async #runningChild(): Promise<Start> {
    if (this.#stopped) return { failure: STOPPED, pid: null };
    if (this.#child && !hasEnded(this.#child)) return { child: this.#child, initMs: null };
    const logFile = join(this.#options.logsDir, `${this.name}.log`);
    const child = this.#startChild(logFile);
    const event = await nextHostEvent(child, INIT_LIMIT_MS);
    if (event.type === 'ready') {
      this.#usage.report(event.usage);
      return { child, initMs: event.initMs };
    }
    await killProcess(child);
    const failure = notLoaded({ name: this.name, event, limitMs: INIT_LIMIT_MS, logFile });
    return { failure, pid: child.pid ?? null };
  }

  #startChild(logFile: string): ChildProcess {
    const { template, overrides = {}, nodeOptions = [] } = this.#options;
    const child = startHostProcess({ template, overrides, nodeOptions, logFile });
    this.#starts += 1;
    this.#child = child;
    child.once('exit', () => this.#forget(child));
    // An 'error' without a listener would be thrown; whoever waits for the process gets it too.
    child.on('error', () => this.#forget(child));
    return child;
  }

  #forget(child: ChildProcess): void {
    if (this.#child !== child) return;
    this.#child = null;
    this.#usage.processEnded();
  }
}
