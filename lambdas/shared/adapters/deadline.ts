import type { Context } from 'aws-lambda';

/** Time of an invocation that is left for its end: what failed is reported, and dead letters are appended. */
const RESERVED_MS = 15_000;

/** The time of the invocation under way. A process runs one invocation at a time. */
export interface Deadline {
  /** Starts the time of an invocation. */
  readonly begin: (context: Pick<Context, 'getRemainingTimeInMillis'>) => void;
  /** Whether something outside may still be waited for; not before the first invocation. */
  readonly hasTime: () => boolean;
}

/** Deadline of a function's process. */
export function createDeadline(): Deadline {
  let remainingMs = () => 0;
  return {
    begin: (context) => {
      remainingMs = () => context.getRemainingTimeInMillis();
    },
    hasTime: () => remainingMs() > RESERVED_MS,
  };
}
