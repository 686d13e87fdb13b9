import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import pLimit from 'p-limit';
import * as v from 'valibot';
import type { InvocationFailure, InvocationResult, Invoker } from './invoker';
import { LOCAL_REGION } from '../template/physical-names';
import type { FunctionTemplate } from '../template/pipeline-template';

/** CPU time and peak memory of a function's process since it started. */
export interface ProcessUsage {
  readonly cpuMs: number;
  readonly maxResidentBytes: number;
}

/** What is said of each invocation once it has ended. */
export interface InvocationReport {
  readonly function: string;
  readonly requestId: string;
  /** Null where no process could be started. */
  readonly pid: number | null;
  /** From the process's start to its handler loaded; null where it was there already. */
  readonly initMs: number | null;
  readonly durationMs: number;
  readonly result: InvocationResult;
  /** Null where the process did not live to tell. */
  readonly usage: ProcessUsage | null;
}

/** How a function runs locally. */
export interface FunctionProcessOptions {
  readonly template: FunctionTemplate;
  /** Set over the template's environment. */
  readonly overrides?: Readonly<Record<string, string>>;
  /** `<logsDir>/<name>.log` takes what the function writes; made where it is missing. */
  readonly logsDir: string;
  readonly onReport?: (report: InvocationReport) => void;
  /** Further flags of `node`. */
  readonly nodeOptions?: readonly string[];
}

/** How long a process may take to load its handler: slow machines, cold file caches. */
const INIT_LIMIT_MS = 30_000;
/** How long a process may take to end orderly before it is killed. */
const STOP_LIMIT_MS = 2_000;
/** The part of a function's memory that its heap may take. */
const HEAP_SHARE = 0.9;
/** The variables of this process that a function may see. */
const INHERITED = ['PATH', 'HOME', 'NODE_EXTRA_CA_CERTS'] as const;

const Usage = v.object({ cpuMs: v.number(), maxResidentBytes: v.number() });
const Failure = v.object({
  errorType: v.string(),
  errorMessage: v.string(),
  trace: v.array(v.string()),
});
const HostMessage = v.variant('type', [
  v.object({ type: v.literal('ready'), initMs: v.number(), usage: Usage }),
  v.object({ type: v.literal('init-failed'), failure: Failure }),
  v.object({
    type: v.literal('result'),
    requestId: v.string(),
    ok: v.boolean(),
    payload: v.optional(v.unknown()),
    failure: v.optional(Failure),
    usage: Usage,
  }),
]);
type HostEvent =
  | v.InferOutput<typeof HostMessage>
  | { readonly type: 'exit' | 'not-understood'; readonly status: string }
  | { readonly type: 'out-of-time' };

interface Outcome {
  readonly result: InvocationResult;
  readonly usage: ProcessUsage | null;
  readonly initMs: number | null;
  readonly pid: number | null;
}

type Start =
  | { readonly child: ChildProcess; readonly initMs: number | null }
  | { readonly failure: InvocationFailure; readonly pid: number | null };

/**
 * A function as a child process that runs its bundle with the template's
 * environment, time limit and memory. One invocation at a time, further ones
 * wait. A process that dies, or that is killed at its time limit, fails its
 * invocation, and the next one starts another. It stands in a process group of
 * its own, so that Ctrl-C reaches its parent only, and it ends with its parent.
 */
export class FunctionProcess implements Invoker {
  readonly #options: FunctionProcessOptions;
  readonly #oneAtATime = pLimit(1);
  #child: ChildProcess | null = null;
  #usage: ProcessUsage = { cpuMs: 0, maxResidentBytes: 0 };
  #endedCpuMs = 0;
  #peakResidentBytes = 0;
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

  /** How many processes were started. */
  get starts(): number {
    return this.#starts;
  }

  /** Over all of its processes: CPU time in sum, memory at its highest. */
  get usage(): ProcessUsage {
    return {
      cpuMs: this.#endedCpuMs + this.#usage.cpuMs,
      maxResidentBytes: Math.max(this.#peakResidentBytes, this.#usage.maxResidentBytes),
    };
  }

  /** Loads the handler ahead of the first invocation; a failure shows in that one. */
  async warm(): Promise<void> {
    await this.#oneAtATime(() => this.#startedChild());
  }

  invoke(event: unknown): Promise<InvocationResult> {
    return this.#oneAtATime(async () => {
      const requestId = randomUUID();
      const startedMs = performance.now();
      const outcome = await this.#invokeNow(requestId, event);
      const durationMs = performance.now() - startedMs - (outcome.initMs ?? 0);
      const report = { function: this.name, requestId, durationMs, ...outcome };
      this.#options.onReport?.(report);
      return outcome.result;
    });
  }

  /** Ends the process now; an invocation in it fails, and so do later ones. */
  async stop(): Promise<void> {
    this.#stopped = true;
    const child = this.#child;
    if (!child || hasEnded(child)) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
    await ended;
    clearTimeout(timer);
  }

  async #invokeNow(requestId: string, event: unknown): Promise<Outcome> {
    const start = await this.#startedChild();
    if ('failure' in start) {
      return { result: failed(start.failure), usage: null, initMs: null, pid: start.pid };
    }
    const { timeoutMs, arn } = this.#options.template;
    const { child, initMs } = start;
    const answer = nextEvent(child, timeoutMs);
    const deadlineMs = Date.now() + timeoutMs;
    // A process that is gone is told by its exit, which `nextEvent` sees.
    child.send({ type: 'invoke', requestId, deadlineMs, functionArn: arn, event }, () => undefined);
    const outcome = await this.#outcomeOf(child, requestId, await answer);
    return { ...outcome, initMs, pid: child.pid ?? null };
  }

  async #outcomeOf(
    child: ChildProcess,
    requestId: string,
    event: HostEvent,
  ): Promise<Pick<Outcome, 'result' | 'usage'>> {
    if (event.type === 'result') {
      this.#usage = event.usage;
      const result: InvocationResult =
        event.ok || !event.failure
          ? { ok: true, payload: event.payload ?? null }
          : failed(event.failure);
      return { result, usage: event.usage };
    }
    await this.#kill(child);
    return { result: failed(this.#deathOf(requestId, event)), usage: null };
  }

  #deathOf(requestId: string, event: HostEvent): InvocationFailure {
    if (event.type === 'out-of-time') {
      const seconds = (this.#options.template.timeoutMs / 1000).toFixed(2);
      const errorMessage = `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`;
      return { errorType: 'Sandbox.Timedout', errorMessage, trace: [] };
    }
    const status = 'status' in event ? event.status : `unexpected ${event.type}`;
    const errorMessage = `RequestId: ${requestId} Error: Runtime exited with error: ${status}`;
    return { errorType: 'Runtime.ExitError', errorMessage, trace: [] };
  }

  async #startedChild(): Promise<Start> {
    if (this.#stopped) return { failure: STOPPED, pid: null };
    if (this.#child && !hasEnded(this.#child)) return { child: this.#child, initMs: null };
    const child = this.#fork();
    const event = await nextEvent(child, INIT_LIMIT_MS);
    if (event.type === 'ready') {
      this.#usage = event.usage;
      return { child, initMs: event.initMs };
    }
    await this.#kill(child);
    const failure =
      event.type === 'init-failed'
        ? event.failure
        : {
            errorType: 'status' in event ? 'Runtime.ExitError' : 'Sandbox.Timedout',
            errorMessage: `${this.name} did not load: ${'status' in event ? event.status : `no answer within ${INIT_LIMIT_MS} ms`}; see ${this.#logFile()}`,
            trace: [],
          };
    return { failure, pid: child.pid ?? null };
  }

  #fork(): ChildProcess {
    const { template, nodeOptions = [] } = this.#options;
    const log = openSync(this.#logFile(), 'a');
    const heapMiB = Math.floor(template.memoryMiB * HEAP_SHARE);
    const child = fork(join(__dirname, 'function-host.mjs'), [], {
      cwd: template.bundleFolder,
      env: environmentOf(template, this.#options.overrides ?? {}),
      execArgv: [`--max-old-space-size=${heapMiB}`, ...nodeOptions],
      stdio: ['ignore', log, log, 'ipc'],
      detached: true,
    });
    closeSync(log);
    this.#starts += 1;
    this.#child = child;
    child.once('exit', () => this.#forget(child));
    // Told to whoever waits for the process; without a listener it would be thrown.
    child.on('error', () => this.#forget(child));
    return child;
  }

  #forget(child: ChildProcess): void {
    if (this.#child !== child) return;
    this.#child = null;
    this.#peakResidentBytes = Math.max(this.#peakResidentBytes, this.#usage.maxResidentBytes);
    this.#endedCpuMs += this.#usage.cpuMs;
    this.#usage = { cpuMs: 0, maxResidentBytes: 0 };
  }

  async #kill(child: ChildProcess): Promise<void> {
    if (hasEnded(child)) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  #logFile(): string {
    return join(this.#options.logsDir, `${this.name}.log`);
  }
}

const STOPPED: InvocationFailure = {
  errorType: 'Local.Stopped',
  errorMessage: 'the local run is stopping',
  trace: [],
};

function failed(failure: InvocationFailure): InvocationResult {
  return { ok: false, ...failure };
}

/** A process that could not be started has no pid and never exits. */
function hasEnded(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}

/** What a process said: its bundle has the channel as well, and may send anything. */
function hostEventOf(message: unknown): HostEvent {
  const parsed = v.safeParse(HostMessage, message);
  if (parsed.success) return parsed.output;
  const text = JSON.stringify(message).slice(0, 200);
  const [issue] = parsed.issues;
  return { type: 'not-understood', status: `it sent ${text}: ${issue.message}` };
}

/** The next thing that a process says or does. */
function nextEvent(child: ChildProcess, limitMs: number): Promise<HostEvent> {
  return new Promise((resolve) => {
    const settle = (event: HostEvent): void => {
      clearTimeout(timer);
      child.off('message', onMessage);
      child.off('exit', onExit);
      child.off('error', onError);
      resolve(event);
    };
    const onMessage = (message: unknown): void => settle(hostEventOf(message));
    const onExit = (code: number | null, signal: string | null): void =>
      settle({ type: 'exit', status: signal ? `signal: ${signal}` : `exit status ${code ?? ''}` });
    const onError = (error: Error): void => settle({ type: 'exit', status: error.message });
    const timer = setTimeout(() => settle({ type: 'out-of-time' }), limitMs);
    child.on('message', onMessage).on('exit', onExit).on('error', onError);
    if (child.exitCode !== null || child.signalCode !== null) {
      onExit(child.exitCode, child.signalCode);
    }
  });
}

/**
 * What a function sees: the template's variables with the local ones over them,
 * then those that Lambda itself sets. Of this process only what a program needs
 * to run at all: no credentials, no settings.
 */
function environmentOf(
  template: FunctionTemplate,
  overrides: Readonly<Record<string, string>>,
): Record<string, string> {
  const inherited = INHERITED.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(inherited),
    TZ: 'UTC',
    LANG: 'en_US.UTF-8',
    ...template.environment,
    ...overrides,
    ...lambdaVariables(template),
  };
}

/** The reserved variables, after the AWS Lambda developer guide. */
function lambdaVariables(template: FunctionTemplate): Record<string, string> {
  return {
    _HANDLER: template.handler,
    LAMBDA_TASK_ROOT: template.bundleFolder,
    AWS_REGION: LOCAL_REGION,
    AWS_DEFAULT_REGION: LOCAL_REGION,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_EC2_METADATA_DISABLED: 'true',
    // The runtime brings the AWS SDK: bundles leave it out.
    NODE_PATH: join(__dirname, '..', '..', '..', 'node_modules'),
    AWS_LAMBDA_FUNCTION_NAME: template.arn.slice(template.arn.lastIndexOf(':') + 1),
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(template.memoryMiB),
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${template.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
  };
}
