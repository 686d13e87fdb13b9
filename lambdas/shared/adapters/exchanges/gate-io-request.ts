import pRetry from 'p-retry';
import type { Telemetry } from '../../domain/ports';

/** What kind of failure a request met. The first five may pass; the others will not by themselves. */
export type GateIoFailure =
  | 'RateLimited'
  | 'ServerError'
  | 'NetworkError'
  | 'TimedOut'
  | 'Malformed'
  | 'UnknownPair'
  | 'Refused';

const PASSING: readonly GateIoFailure[] = [
  'RateLimited',
  'ServerError',
  'NetworkError',
  'TimedOut',
  'Malformed',
];

/** A request to Gate.io that did not bring what was asked for. */
export class GateIoError extends Error {
  override readonly name = 'GateIoError';
  readonly failure: GateIoFailure;
  constructor(failure: GateIoFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.failure = failure;
  }
}

/** Options for requests that are repeated, and counted where they fail. */
export interface RetryOptions {
  readonly telemetry: Telemetry;
  /** How often a request that met a passing failure is sent again. @default 4 */
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
    shouldRetry: ({ error }) => error instanceof GateIoError && PASSING.includes(error.failure),
    onFailedAttempt: ({ error }) => {
      if (!signal.aborted) countFailure(telemetry, error);
    },
  });
}

/** The time that requests have together, and what they are to bring, for a message. */
interface TimeLimit {
  readonly telemetry: Telemetry;
  readonly withinMs: number;
  readonly wanted: string;
}

/**
 * Gives requests a time that they have together, repetitions included. If one
 * fails for good, its signal ends the others.
 *
 * @throws GateIoError if they run out of time
 */
export async function withinTime<T>(
  { telemetry, withinMs, wanted }: TimeLimit,
  requests: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const failed = new AbortController();
  const outOfTime = AbortSignal.timeout(Math.max(0, withinMs));
  try {
    return await requests(AbortSignal.any([failed.signal, outOfTime]));
  } catch (cause) {
    failed.abort();
    if (!outOfTime.aborted) throw cause;
    const message = `Gate.io did not give ${wanted} in ${withinMs} ms`;
    const error = new GateIoError('TimedOut', message, { cause });
    countFailure(telemetry, error);
    throw error;
  }
}

function countFailure(telemetry: Telemetry, error: Error): void {
  const failure = error instanceof GateIoError ? error.failure : 'Unexpected';
  telemetry.count(`Exchange${failure}`, 1);
}

/** Sends one request. @throws GateIoError if nothing answers */
export async function get(
  url: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Response> {
  try {
    // An answer from elsewhere is none of the exchange's.
    return await fetch(url, { headers, redirect: 'manual', signal });
  } catch (cause) {
    throw networkError(cause, url);
  }
}

function networkError(cause: unknown, url: string): GateIoError {
  if (isTimeout(cause)) {
    return new GateIoError('TimedOut', `Gate.io did not answer in time: ${url}`, { cause });
  }
  return new GateIoError('NetworkError', `Gate.io could not be reached: ${url}`, { cause });
}

function isTimeout(cause: unknown): boolean {
  return (
    typeof cause === 'object' && cause !== null && 'name' in cause && cause.name === 'TimeoutError'
  );
}

/** The body of an answer. @throws GateIoError if it has more than `mostBytes`, or does not come whole */
export async function bodyOf(response: Response, mostBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response.body ?? []) {
      chunks.push(chunk as Uint8Array);
      bytes += (chunk as Uint8Array).length;
      if (bytes > mostBytes) break;
    }
  } catch (cause) {
    throw networkError(cause, response.url);
  }
  if (bytes <= mostBytes) return Buffer.concat(chunks);
  throw new GateIoError(
    'Malformed',
    `Gate.io answered more than ${mostBytes} bytes: ${response.url}`,
  );
}

/** The kind of failure that an answer is, by its status and the label that the API gives. */
export function failureOf(status: number, label: string): GateIoFailure {
  if (status === 429 || label === 'TOO_MANY_REQUESTS') return 'RateLimited';
  if (status >= 500) return 'ServerError';
  if (status < 400) return 'Malformed';
  if (label === 'INVALID_CURRENCY_PAIR' || label === 'INVALID_CURRENCY') return 'UnknownPair';
  return 'Refused';
}
