import type { Context } from 'aws-lambda';

/** Time that the invocation under way has left. A process runs one invocation at a time. */
export interface Deadline {
  /** Starts the time of an invocation. */
  readonly begin: (context: Pick<Context, 'getRemainingTimeInMillis'>) => void;
  /** Milliseconds that are left; none before the first invocation. */
  readonly remainingMs: () => number;
}

/** Deadline of a function's process. */
export function createDeadline(): Deadline {
  let remainingMs = () => 0;
  return {
    begin: (context) => {
      remainingMs = () => context.getRemainingTimeInMillis();
    },
    remainingMs: () => remainingMs(),
  };
}
