import { setTimeout as sleep } from 'node:timers/promises';
import pRetry from 'p-retry';
import { EngineStartError } from './engine';
import type { Engine, EngineDeath, EngineName } from './engine';

/** A server that has been launched: it may not answer yet. */
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
  /** The last lines that this launch wrote to its log. */
  lastLogLines(): Promise<string>;
}

/** What makes one engine different from another. */
export interface EngineSpec {
  readonly name: EngineName;
  readonly endpoint: string;
  /** How long it may take from launch to the first answer. */
  readonly startLimitMs: number;
  /** How long it may take to end in order before it is ended by force. */
  readonly stopLimitMs: number;
  launch(): Promise<LaunchedEngine>;
  /** One try to talk to it as a client does; throws where it does not answer. */
  checkAnswers(): Promise<void>;
}

interface Run {
  readonly launched: LaunchedEngine;
  endAsked: boolean;
  answered: boolean;
}

interface PendingDeath {
  readonly promise: Promise<EngineDeath>;
  readonly resolve: (death: EngineDeath) => void;
  settled: boolean;
}

const pollMs = 100;

/** An engine of the given kind, not started yet. */
export function createEngine(spec: EngineSpec): Engine {
  let run: Run | undefined;
  let starting: Promise<void> | undefined;
  let stopAsked = false;
  let death = pendingDeath();

  async function noteEnd(ended: Run, how: string): Promise<void> {
    if (run === ended) run = undefined;
    if (ended.endAsked || !ended.answered) return;
    death.settled = true;
    death.resolve({ name: spec.name, how, lastLogLines: await ended.launched.lastLogLines() });
  }

  async function launchAndWait(): Promise<void> {
    const launched = await spec.launch();
    const current: Run = { launched, endAsked: false, answered: false };
    run = current;
    const ended = launched.ended.then((how) => noteEnd(current, how));
    try {
      await untilAnswers(spec, launched, () => stopAsked);
      current.answered = true;
    } catch (error) {
      await end(current, 'kill');
      await ended;
      throw await startError(spec, launched, error);
    }
  }

  async function end(current: Run, how: 'terminate' | 'kill'): Promise<void> {
    current.endAsked = true;
    await endLaunched(current.launched, how, spec.stopLimitMs);
    if (run === current) run = undefined;
  }

  async function endWhateverRuns(how: 'terminate' | 'kill'): Promise<void> {
    stopAsked = true;
    if (run) await end(run, how);
    // A failed start is reported by start() itself, and cleans up after itself.
    if (starting) await Promise.allSettled([starting]);
    if (run) await end(run, how);
  }

  return {
    name: spec.name,
    endpoint: spec.endpoint,
    get runsAs() {
      return run?.launched.runsAs;
    },
    get pid() {
      return run?.launched.pid;
    },
    get died() {
      return death.promise;
    },
    async start() {
      if (run ?? starting) throw new EngineStartError(spec.name, 'it is running already', '');
      stopAsked = false;
      if (death.settled) death = pendingDeath();
      starting = launchAndWait();
      try {
        await starting;
      } finally {
        starting = undefined;
      }
    },
    stop: () => endWhateverRuns('terminate'),
    kill: () => endWhateverRuns('kill'),
  };
}

function pendingDeath(): PendingDeath {
  let resolve: PendingDeath['resolve'] = () => undefined;
  const promise = new Promise<EngineDeath>((settle) => {
    resolve = settle;
  });
  return { promise, resolve, settled: false };
}

async function untilAnswers(
  spec: EngineSpec,
  launched: LaunchedEngine,
  stopAsked: () => boolean,
): Promise<void> {
  const abort = new AbortController();
  void launched.ended.then((how) => {
    abort.abort(new Error(`it ended (${how}) before it answered on ${spec.endpoint}`));
  });
  const attempt = async () => {
    if (stopAsked()) abort.abort(new Error('it was stopped while it was starting'));
    abort.signal.throwIfAborted();
    await spec.checkAnswers();
  };
  await pRetry(attempt, {
    retries: Infinity,
    factor: 1,
    minTimeout: pollMs,
    maxTimeout: pollMs,
    maxRetryTime: spec.startLimitMs,
    signal: abort.signal,
  });
  abort.signal.throwIfAborted();
}

async function startError(
  spec: EngineSpec,
  launched: LaunchedEngine,
  cause: unknown,
): Promise<EngineStartError> {
  const what = cause instanceof Error ? cause.message : String(cause);
  const reason = what.startsWith('it ')
    ? what
    : `no answer on ${spec.endpoint} within ${spec.startLimitMs / 1000} s (${what})`;
  return new EngineStartError(spec.name, reason, await launched.lastLogLines(), cause);
}

async function endLaunched(
  launched: LaunchedEngine,
  how: 'terminate' | 'kill',
  stopLimitMs: number,
): Promise<void> {
  if (how === 'terminate') {
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
