import type { Random } from './random';

/** How often what goes wrong in a run, each a probability unless named otherwise. */
export interface Faults {
  /** A call to the log, the store or the exchange fails. */
  readonly callFails: number;
  /** A call takes seconds to minutes. */
  readonly callIsSlow: number;
  /** An invocation is killed at some point. */
  readonly killed: number;
  /** A record is gone before it is delivered. */
  readonly recordLost: number;
  /** A record's bytes are not what was written. */
  readonly recordCorrupted: number;
  /** A batch that failed, or was killed, is not delivered again. */
  readonly batchGivenUp: number;
  /** A delivery waits for seconds to half an hour. */
  readonly deliverySlow: number;
  /** After a batch, the consumer goes back to an earlier offset. */
  readonly offsetsRewound: number;
  readonly tickSkipped: number;
  readonly tickRepeated: number;
  readonly tickLate: number;
  /** Per tick: an operator sets a pair's progress back. */
  readonly progressRewound: number;
  /** Per tick: an operator sends a past day again. */
  readonly historySent: number;
  /** The function has no time left for a segment. */
  readonly outOfTime: number;
  /** How long a write that nobody waits for any more may be under way, in milliseconds. */
  readonly longestLateWriteMs: number;
}

/**
 * The faults of one run. Each kind is absent in some runs, rare in others and
 * frequent in a few: rare combinations come from runs that have few kinds.
 */
export function chooseFaults(random: Random): Faults {
  const level = (rare: number, frequent: number): number =>
    random.pick([0, rare, rare, frequent, frequent]);
  return {
    callFails: level(0.005, 0.03),
    callIsSlow: level(0.01, 0.06),
    killed: level(0.03, 0.12),
    recordLost: level(0.04, 0.15),
    recordCorrupted: level(0, 0.02),
    batchGivenUp: level(0.05, 0.4),
    deliverySlow: level(0.04, 0.2),
    offsetsRewound: level(0.05, 0.2),
    tickSkipped: level(0.05, 0.3),
    tickRepeated: level(0.05, 0.2),
    tickLate: level(0.1, 0.35),
    progressRewound: level(0.02, 0.1),
    historySent: level(0.02, 0.1),
    outOfTime: level(0.01, 0.05),
    longestLateWriteMs: random.pick([10_000, 600_000, 7_200_000]),
  };
}
