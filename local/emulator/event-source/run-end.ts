import { once } from 'node:events';

/** The end of the run came before the end of something that it waited for. */
export class RunEndedError extends Error {
  override readonly name = 'RunEndedError';
}

/**
 * The result of work, without waiting for it beyond the end of the run.
 *
 * @throws the error of the work
 * @throws RunEndedError at the signal
 */
export async function orUntilEnd<T>(ended: AbortSignal, work: Promise<T>): Promise<T> {
  const over = new AbortController();
  const end = once(ended, 'abort', { signal: over.signal }).then(() => {
    throw new RunEndedError('the run ended first; what was begun comes again in the next');
  });
  try {
    return await Promise.race([work, end]);
  } finally {
    over.abort();
  }
}

/** Waits, but no longer than until the signal. */
export async function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    // Not that of node:timers/promises, which a test's clock does not steer.
    const timer = setTimeout(end, delayMs);
    signal.addEventListener('abort', end);
  });
}
