import { setTimeout as sleep } from 'node:timers/promises';
import pRetry from 'p-retry';
import { failureText } from '../../cli/failure-text';
import { type Engine, type EngineDeath, type EngineName, EngineStartError } from './engine';

/** A server that has been launched. It may not answer yet. */
export interface LaunchedEngine {
  /** See `Engine.runsAs`. */
  readonly runsAs: string;
  readonly pid: number | undefined;
  /** Resolves with how it ended, once it has; never rejects. */
  readonly ended: Promise<string>;
  /** Asks it to end in order; need not wait for the end. */
  terminate(): Promise<void>;
  /** Ends it by force; need not wait for the end. */
  kill(): Promise<void>;
  /** The last lines of its log. */
  lastLogLines(): Promise<string>;
}

/** The differences between one engine and another. */
export interface EngineSpec {
  readonly name: EngineName;
  readonly endpoint: string;
  /** The time from launch to the first answer. */
  readonly startLimitMs: number;
  /** The time to end in order; after it, the engine is ended by force. */
  readonly stopLimitMs: number;
  launch(): Promise<LaunchedEngine>;
  /** Talks to it once, as a client does. @throws if it does not answer */
  checkAnswers(): Promise<void>;
}

/** The time from one launch to its end. */
interface EngineRun {
  readonly launched: LaunchedEngine;
  endAsked: boolean;
  answered: boolean;
}

type EndMode = 'terminate' | 'kill';

const POLL_MS = 100;

/** An engine that can be stopped and started again. It is down at first. */
export class RestartableEngine implements Engine {
  readonly #spec: EngineSpec;
  #run: EngineRun | undefined;
  #starting: Promise<void> | undefined;
  #stopAsked = false;
  #death = new AwaitedDeath();

  constructor(spec: EngineSpec) {
    this.#spec = spec;
  }

  get name(): EngineName {
    return this.#spec.name;
  }

  get endpoint(): string {
    return this.#spec.endpoint;
  }

  get runsAs(): string | undefined {
    return this.#run?.launched.runsAs;
  }

  get pid(): number | undefined {
    return this.#run?.launched.pid;
  }

  get died(): Promise<EngineDeath> {
    return this.#death.promise;
  }

  async start(): Promise<void> {
    if (this.#run ?? this.#starting) {
      throw new EngineStartError(this.name, 'it is running already', '');
    }
    this.#stopAsked = false;
    if (this.#death.hasCome) this.#death = new AwaitedDeath();
    this.#starting = this.#launchAndWait();
    try {
      await this.#starting;
    } finally {
      this.#starting = undefined;
    }
  }

  stop(): Promise<void> {
    return this.#endWhateverRuns('terminate');
  }

  kill(): Promise<void> {
    return this.#endWhateverRuns('kill');
  }

  async #launchAndWait(): Promise<void> {
    const launched = await this.#spec.launch();
    const run: EngineRun = { launched, endAsked: false, answered: false };
    this.#run = run;
    const ended = launched.ended.then((how) => this.#noteEnd(run, how));
    try {
      await this.#untilAnswers(launched);
      run.answered = true;
    } catch (error) {
      await this.#end(run, 'kill');
      await ended;
      throw await startError(this.#spec, launched, error);
    }
  }

  async #untilAnswers(launched: LaunchedEngine): Promise<void> {
    const abort = new AbortController();
    void launched.ended.then((how) => {
      abort.abort(new Error(`it ended (${how}) before it answered on ${this.endpoint}`));
    });
    const attempt = async () => {
      if (this.#stopAsked) abort.abort(new Error('it was stopped while it was starting'));
      abort.signal.throwIfAborted();
      await this.#spec.checkAnswers();
    };
    await pRetry(attempt, {
      retries: Infinity,
      factor: 1,
      minTimeout: POLL_MS,
      maxTimeout: POLL_MS,
      maxRetryTime: this.#spec.startLimitMs,
      signal: abort.signal,
    });
    abort.signal.throwIfAborted();
  }

  async #endWhateverRuns(mode: EndMode): Promise<void> {
    this.#stopAsked = true;
    if (this.#run) await this.#end(this.#run, mode);
    // A start that fails reports that itself, and cleans up after itself.
    if (this.#starting) await Promise.allSettled([this.#starting]);
    if (this.#run) await this.#end(this.#run, mode);
  }

  async #end(run: EngineRun, mode: EndMode): Promise<void> {
    run.endAsked = true;
    await endLaunched(run.launched, mode, this.#spec.stopLimitMs);
    this.#forget(run);
  }

  async #noteEnd(run: EngineRun, how: string): Promise<void> {
    this.#forget(run);
    if (run.endAsked || !run.answered) return;
    const lastLogLines = await run.launched.lastLogLines();
    this.#death.come({ name: this.name, how, lastLogLines });
  }

  #forget(run: EngineRun): void {
    if (this.#run === run) this.#run = undefined;
  }
}

/** An end that nobody asked for: it may come, or not. */
class AwaitedDeath {
  readonly promise: Promise<EngineDeath>;
  #resolve: (death: EngineDeath) => void = () => undefined;
  #hasCome = false;

  constructor() {
    this.promise = new Promise((resolve) => (this.#resolve = resolve));
  }

  get hasCome(): boolean {
    return this.#hasCome;
  }

  come(death: EngineDeath): void {
    this.#hasCome = true;
    this.#resolve(death);
  }
}

async function startError(
  spec: EngineSpec,
  launched: LaunchedEngine,
  cause: unknown,
): Promise<EngineStartError> {
  const what = failureText(cause);
  const reason = what.startsWith('it ')
    ? what
    : `no answer on ${spec.endpoint} within ${spec.startLimitMs / 1_000} s (${what})`;
  return new EngineStartError(spec.name, reason, await launched.lastLogLines(), cause);
}

async function endLaunched(
  launched: LaunchedEngine,
  mode: EndMode,
  stopLimitMs: number,
): Promise<void> {
  if (mode === 'terminate') {
    await launched.terminate();
    if (await endsWithin(launched, stopLimitMs)) return;
  }
  await launched.kill();
  if (await endsWithin(launched, stopLimitMs)) return;
  throw new Error(`${launched.runsAs} does not end, even by force. End it by hand.`);
}

async function endsWithin(launched: LaunchedEngine, limitMs: number): Promise<boolean> {
  const timer = new AbortController();
  const late = sleep(limitMs, false, { signal: timer.signal }).catch(() => false);
  const inTime = await Promise.race([launched.ended.then(() => true), late]);
  timer.abort();
  return inTime;
}
