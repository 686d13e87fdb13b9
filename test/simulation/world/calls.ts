import type { Faults } from '../faults';
import type { Random } from './random';
import type { Scheduler } from './scheduler';

/** A function's environment: once it has ended, nothing that it asked for comes back to it. */
export interface Life {
  readonly name: string;
  ended: boolean;
}

/** A call that did not succeed: what it asked for may have happened. */
export class CallFailedError extends Error {
  override readonly name = 'CallFailedError';
}

/** What reaches the world outside the functions, and how. */
export interface Calls {
  /** Asks for something; `answer` is evaluated when the question arrives. */
  ask<T>(life: Life, what: () => string, answer: () => T): Promise<T>;
  /**
   * Changes something in parts that land one by one. Acknowledged once all have
   * landed; where it fails, or its caller is killed, each part lands now, later or never.
   */
  change(life: Life, what: () => string, parts: readonly (() => void)[]): Promise<void>;
  /** Whether the world is calm: nothing goes wrong any more. */
  isCalm(): boolean;
  /** The delay, made short enough to be over soon after the faults stop. */
  bounded(delayMs: number): number;
}

/** When the faults of a run stop, and the end of the time in which their traces must be gone. */
export interface CalmTime {
  readonly fromMs: number;
  readonly settledMs: number;
}

/** Every call of the functions, delayed and failing as the seed will have it. */
export function createCalls(
  scheduler: Scheduler,
  random: Random,
  faults: Faults,
  calm: CalmTime,
): Calls {
  const isCalm = (): boolean => scheduler.nowMs() >= calm.fromMs;
  const happens = (probability: number): boolean => random.chance(isCalm() ? 0 : probability);
  const bounded = (delayMs: number): number =>
    Math.min(delayMs, Math.max(calm.settledMs - scheduler.nowMs(), 1));
  const delayMs = (): number =>
    happens(faults.callIsSlow) ? bounded(random.spread(1_000, 900_000)) : random.int(1, 40);

  /** A part that nobody waits for: it lands at some time, or never. */
  const leave = (part: () => void): void => {
    const fate = random.next();
    if (fate < 0.3) part();
    else if (fate < 0.75) {
      scheduler.after(bounded(random.spread(10, faults.longestLateWriteMs)), () => {
        scheduler.note('late write lands', '');
        part();
      });
    }
  };

  return {
    isCalm,
    bounded,
    ask: (life, what, answer) =>
      new Promise((resolve, reject) => {
        scheduler.after(delayMs(), () => {
          if (life.ended) return;
          const fails = happens(faults.callFails);
          scheduler.note(fails ? 'fails' : 'asks', life.name, what);
          if (fails) reject(new CallFailedError(`${what()} failed`));
          else settle(resolve, reject, answer);
        });
      }),
    change: (life, what, parts) =>
      new Promise((resolve, reject) => {
        scheduler.after(delayMs(), () => {
          const fails = happens(faults.callFails);
          if (life.ended || fails) {
            scheduler.note(life.ended ? 'leaves' : 'fails', life.name, what);
            parts.forEach(leave);
            if (!life.ended) reject(new CallFailedError(`${what()} failed`));
            return;
          }
          scheduler.note('changes', life.name, what);
          parts.forEach((part) => part());
          resolve();
        });
      }),
  };
}

function settle<T>(
  resolve: (value: T) => void,
  reject: (cause: Error) => void,
  answer: () => T,
): void {
  try {
    resolve(answer());
  } catch (cause) {
    reject(cause instanceof Error ? cause : new Error(String(cause)));
  }
}
