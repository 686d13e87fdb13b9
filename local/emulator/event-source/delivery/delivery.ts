import type { InvocationResult } from '../../lambda/invoker';
import type { EventRecord } from '../kafka-event';
import { pause } from '../run-end';

/** What the delivery of one event has at hand. */
export interface DeliveryRun {
  /** Invokes the function with records of the event; at the end of the run it waits no longer. */
  readonly invoke: (records: readonly EventRecord[]) => Promise<InvocationResult>;
  /** Says that these records are done: their offsets are committed once all before them are. */
  readonly settle: (records: readonly EventRecord[]) => void;
  /** False once nothing new is to be tried: the run ends, or the records come again. */
  readonly isWanted: () => boolean;
  /**
   * Waits for something, but not beyond the end of the run.
   *
   * @throws what the work throws, and at the end of the run
   */
  readonly waitFor: <T>(work: Promise<T>) => Promise<T>;
  /** Aborted as the run begins to end: pauses are over then. */
  readonly ending: AbortSignal;
}

/** How the records of an event get done, and what becomes of those that fail. */
export interface Delivery {
  /** Resolves with whether all are settled; else it was given up. */
  readonly deliver: (records: readonly EventRecord[], run: DeliveryRun) => Promise<boolean>;
  /** The same for a record that no event can hold. */
  readonly deliverOversized: (
    record: EventRecord,
    jsonBytes: number,
    run: DeliveryRun,
  ) => Promise<boolean>;
}

/** Between attempts: doubled each time, up to the longest. */
export interface RetryDelays {
  readonly first: number;
  readonly longest: number;
}

/** How long to wait after the nth failed attempt, from 1, in the unit of the delays. */
export function delayAfter(attempt: number, { first, longest }: RetryDelays): number {
  return Math.min(longest, first * 2 ** (attempt - 1));
}

/**
 * Tries again and again; resolves with whether it was done before the run lost interest.
 *
 * p-retry is not used: an attempt that succeeds as its signal aborts counts as
 * failed there, and a TypeError is not tried again.
 *
 * @throws what `onFailure` throws
 */
export async function untilDone(
  run: Pick<DeliveryRun, 'isWanted' | 'ending'>,
  delays: RetryDelays,
  work: () => Promise<void>,
  onFailure: (error: unknown, attempt: number) => void,
): Promise<boolean> {
  for (let attempt = 1; run.isWanted(); attempt += 1) {
    try {
      await work();
      return true;
    } catch (error) {
      onFailure(error, attempt);
    }
    if (run.isWanted()) await pause(delayAfter(attempt, delays), run.ending);
  }
  return false;
}
