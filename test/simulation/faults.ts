import type { Random } from './world/random';

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
  /** Per tick: an operator takes the seal of a past day off. */
  readonly dayReopened: number;
  /** The function has no time left for a segment. */
  readonly outOfTime: number;
  /** Per firing: the process of the function is replaced by a new one, which remembers nothing. */
  readonly processReplaced: number;
  /** Per answer of the exchange: it is from a replica that lags by minutes. */
  readonly answerStale: number;
  /** It lacks its end, or all of it, or one minute in it. */
  readonly answerCut: number;
  readonly answerEmpty: number;
  readonly answerHole: number;
  /** Per minute: it is published long after its close. */
  readonly minuteLate: number;
  /** It is corrected once it has settled. */
  readonly minuteCorrected: number;
  /** Its row cannot be a candle, for a while or for good. */
  readonly minuteRejected: number;
  /** It is taken back. */
  readonly minuteWithdrawn: number;
  /** Per reading of a month of the archive: it is cut, or its file cannot be read. */
  readonly archiveCut: number;
  readonly archiveUnreadable: number;
  /** Per archived day: it has a row that costs the day. */
  readonly archiveRowBad: number;
  /**
   * Answers are to be doubted from the start, and minutes come late, though in
   * order: evidence alone copes with that, while nothing else overlaps or fails.
   * Otherwise the exchange is to be doubted in the doubtful stretch only.
   */
  readonly doubtsFromStart: boolean;
  /**
   * The exchange's faults go beyond what the live loop can find, and everything
   * goes wrong for days: what is left wrong before is told, and the ledger's days
   * must be right.
   */
  readonly isBeyondReach: boolean;
  /** How long a write that nobody waits for any more may be under way, in milliseconds. */
  readonly longestLateWriteMs: number;
}

/** Of so many runs, one goes beyond the live loop's reach, and in one the exchange is to be doubted from the start. */
const CLASSES = 4;

/**
 * The faults of one run, by its seed. Each kind is absent in some runs, rare in others and
 * frequent in a few: rare combinations come from runs that have few kinds.
 */
export function chooseFaults(random: Random, seed: number): Faults {
  const faults = drawFaults(random);
  switch (seed % CLASSES) {
    case 0:
      return { ...faults, isBeyondReach: true };
    case 1:
      return { ...faults, ...NOTHING_OVERLAPS, doubtsFromStart: true };
    default:
      return faults;
  }
}

/** Without these each observation is stored before the next one is made, or never. */
const NOTHING_OVERLAPS = {
  callFails: 0,
  callIsSlow: 0,
  killed: 0,
  batchGivenUp: 0,
  deliverySlow: 0,
  offsetsRewound: 0,
  tickRepeated: 0,
  tickLate: 0,
} as const satisfies Partial<Faults>;

function drawFaults(random: Random): Faults {
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
    dayReopened: level(0.01, 0.05),
    outOfTime: level(0.01, 0.05),
    processReplaced: level(0.02, 0.2),
    answerStale: level(0.05, 0.3),
    answerCut: level(0.02, 0.2),
    answerEmpty: level(0.02, 0.2),
    answerHole: level(0.02, 0.2),
    minuteLate: level(0.05, 0.4),
    minuteCorrected: level(0.05, 0.3),
    // A row that is bad for good keeps its day from being sealed but as disputed.
    minuteRejected: random.pick([0, 0, 0, 0.02, 0.1]),
    minuteWithdrawn: level(0.02, 0.1),
    archiveCut: level(0.05, 0.3),
    archiveUnreadable: level(0.05, 0.3),
    archiveRowBad: level(0.05, 0.2),
    doubtsFromStart: false,
    isBeyondReach: false,
    longestLateWriteMs: random.pick([10_000, 600_000, 7_200_000]),
  };
}
