import pRetry from 'p-retry';

/** A call that failed. */
export interface FailedCall {
  readonly error: Error;
  readonly retriesConsumed: number;
}

/** Makes a call again, with growing, jittered pauses, for as long as its failures are to be waited out. */
export function waitedOut<T>(
  call: () => Promise<T>,
  isToBeWaitedOut: (failed: FailedCall) => boolean,
): Promise<T> {
  return pRetry(call, {
    minTimeout: 500,
    factor: 2,
    maxTimeout: 5_000,
    randomize: true,
    retries: Infinity,
    shouldRetry: isToBeWaitedOut,
  });
}
