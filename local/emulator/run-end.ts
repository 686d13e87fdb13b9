import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** The end of the run came before the end of something that it waited for. */
export class RunEndedError extends Error {
  override readonly name = 'RunEndedError';
}

/**
 * What the work gives, but nobody waits for it beyond the end of the run.
 *
 * @throws what the work throws
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
  try {
    await sleep(delayMs, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
