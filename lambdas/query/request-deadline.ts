import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * After so long, a request begins no call of the database. The last call may take
 * 5 s more: the answer comes before the console page (15 s) and the function (25 s) give up.
 */
const MOST_MS = 8_000;

/** Deadlines of requests, each with its own, however many are under way. */
export interface RequestDeadline {
  /** Runs a request. */
  readonly run: <T>(request: () => Promise<T>) => Promise<T>;
  /** If the request that asks has used up its time. */
  readonly isOver: () => boolean;
}

/** @param now the clock */
export function createRequestDeadline(now: () => number): RequestDeadline {
  const beginsMs = new AsyncLocalStorage<number>();
  return {
    run: (request) => beginsMs.run(now(), request),
    isOver: () => now() - (beginsMs.getStore() ?? Infinity) >= MOST_MS,
  };
}
