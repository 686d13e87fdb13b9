import pRetry from 'p-retry';
import type { Telemetry } from '../../../domain/ports';
import { type AskedParty, ExchangeError, mayPass } from './exchange-error';

/** Options for requests that are repeated, and counted if they fail. */
export interface RetryOptions {
  readonly telemetry: Telemetry;
  /** Number of times that a request that met a passing failure is sent again. @default 4 */
  readonly retries?: number;
  /** The first pause before a repetition; each further one is about twice as long, with jitter. @default 300 */
  readonly firstPauseMs?: number;
}

/** Sends a request again while it meets passing failures. Every failure is counted by its kind. */
export function retried<T>(
  request: () => Promise<T>,
  { telemetry, retries = 4, firstPauseMs = 300 }: RetryOptions,
  signal: AbortSignal,
): Promise<T> {
  return pRetry(request, {
    retries,
    minTimeout: firstPauseMs,
    maxTimeout: 5_000,
    factor: 2,
    randomize: true,
    signal,
    shouldRetry: ({ error }) => mayPass(error),
    onFailedAttempt: ({ error }) => {
      if (!signal.aborted) countFailure(telemetry, error);
    },
  });
}

/** The time that requests have together, and what they are to bring, for a message. */
interface TimeLimit {
  readonly asked: AskedParty;
  readonly telemetry: Telemetry;
  readonly withinMs: number;
  readonly wanted: string;
}

/**
 * Gives requests a time that they have together, repetitions included. If one
 * fails for good, its signal ends the others.
 *
 * @throws ExchangeError if they run out of time
 */
export async function withinTime<T>(
  { asked, telemetry, withinMs, wanted }: TimeLimit,
  requests: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const failed = new AbortController();
  const outOfTime = AbortSignal.timeout(Math.max(0, withinMs));
  try {
    return await requests(AbortSignal.any([failed.signal, outOfTime]));
  } catch (cause) {
    failed.abort();
    if (!outOfTime.aborted) throw cause;
    const message = `${asked.title} did not give ${wanted} in ${withinMs} ms`;
    const error = new ExchangeError('TimedOut', message, { cause });
    countFailure(telemetry, error);
    throw error;
  }
}

function countFailure(telemetry: Telemetry, error: Error): void {
  const failure = error instanceof ExchangeError ? error.failure : 'Unexpected';
  telemetry.count(`Exchange${failure}`, 1);
}
