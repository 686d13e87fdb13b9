import type { InvocationResult } from '../../lambda/invoker';
import type { EventRecord } from '../kafka-event';
import { pause } from '../run-end';

/** The event source, as the delivery of one event sees it. */
export interface DeliveryRun {
  /** Invokes the function with records of the event; at the end of the run it waits no longer. */
  readonly invoke: (records: readonly EventRecord[]) => Promise<InvocationResult>;
  /** Marks these records as done: their offsets are committed once all before them are. */
  readonly settle: (records: readonly EventRecord[]) => void;
  /** False once nothing new is to be tried: the run ends, or the records come again. */
  readonly isWanted: () => boolean;
  /**
   * Waits for something, but not beyond the end of the run.
   *
   * @throws the error of the work, and at the end of the run
   */
  readonly waitFor: <T>(work: Promise<T>) => Promise<T>;
  /** Aborted as the run begins to end: pauses are over then. */
  readonly ending: AbortSignal;
}

/** Delivers the records of an event, and decides what becomes of those that fail. */
export interface Delivery {
  /** Resolves with true if all are settled, with false if it was given up. */
  readonly deliver: (records: readonly EventRecord[], run: DeliveryRun) => Promise<boolean>;
  /** The same for a record that no event can hold. */
  readonly deliverOversized: (
    record: EventRecord,
    jsonBytes: number,
    run: DeliveryRun,
  ) => Promise<boolean>;
}

/** The delays between attempts: doubled each time, up to the longest. */
export interface RetryDelays {
  readonly first: number;
  readonly longest: number;
}

/** The delay after the nth failed attempt, from 1, in the unit of the delays. */
export function delayAfter(attempt: number, { first, longest }: RetryDelays): number {
  return Math.min(longest, first * 2 ** (attempt - 1));
}

/**
 * Tries until it succeeds; resolves with false if the run lost interest before that.
 *
 * p-retry is not used: an attempt that succeeds as its signal aborts counts as
 * failed there, and a TypeError is not tried again.
 *
 * @throws the error that `onFailure` throws
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
