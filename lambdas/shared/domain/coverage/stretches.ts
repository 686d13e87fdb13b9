import { DAY_MS, floorTo, MINUTE_MS } from '../interval';
import {
  type DayDue,
  daysIn,
  dueOf,
  isDisputed,
  isSealed,
  isUnderWay,
  type LedgerDay,
  unknownDay,
} from '../ledger/ledger';
import type { Gap } from '../progress/gaps';
import type { MarketStatus } from '../progress/progress';
import type { SegmentSource } from '../segment';

/** The states of stretches of a market's time. */
export const STRETCH_STATES = [
  /** The market was not listed yet. */
  'before',
  /** Past days that were never stored: history that is still to come. */
  'missing',
  /** Past days that are stored, and are asked for again. */
  'unsealed',
  /** Sealed days: a minute that is absent had no trade. */
  'complete',
  /** Sealed days whose audits do not agree. */
  'disputed',
  /** Minutes that are known to be lost, or not to be had yet. */
  'gap',
  /** Stored by the live loop, after the last day of the ledger. */
  'live',
  /** Not asked for yet by the live loop. */
  'behind',
] as const;
export type StretchState = (typeof STRETCH_STATES)[number];

/** A part `[fromMs, toMs)` of a market's time in one state. */
export interface Stretch {
  readonly state: StretchState;
  readonly fromMs: number;
  readonly toMs: number;
  /** Null if the state says all. */
  readonly reason: string | null;
  /** Time at which its days are requested next; null if they are not. */
  readonly due: StretchDue | null;
}

/** The next ask for a day: now if it may come at any time. */
export interface StretchDue {
  readonly atMs: number;
  readonly source: SegmentSource;
}

/** The source of a market's coverage. */
export interface CoverageInput {
  /** Undefined if nothing is stored of the market. */
  readonly status: MarketStatus | undefined;
  /** The ledger's rows, in any order; a day without one was never asked for. */
  readonly days: readonly LedgerDay[];
  readonly gaps: readonly Gap[];
  /** Number of minutes that are stored of each day that has no audit, by its start. */
  readonly minutesByDay: ReadonlyMap<number, number>;
  /** Start of the first UTC day that is wanted. */
  readonly historyStartMs: number;
  /** Age of the oldest one-minute candles that the API serves. */
  readonly retentionMs: number;
  readonly nowMs: number;
}

/** The times that divide a market's time: before it, its ledger of days, the live loop's part, what is behind. */
export interface Boundaries {
  /** Start of the first day that is wanted. */
  readonly fromMs: number;
  /** Start of the first day of the ledger. */
  readonly firstDayMs: number;
  /** End of the last day of the ledger. */
  readonly ledgerEndMs: number;
  /** End of what the live loop has asked for. */
  readonly seenToMs: number;
  /** Now, or the end of the market. */
  readonly toMs: number;
}

/** A day of the ledger with its next ask. */
export interface CoveredDay {
  readonly day: LedgerDay;
  readonly due: DayDue;
  /** Time at which it is requested next; null if it is not. */
  readonly nextAsk: StretchDue | null;
  readonly state: Extract<StretchState, 'missing' | 'unsealed' | 'complete' | 'disputed'>;
}

/** Divides a market's time as reconcile does: all past days that are settled are the ledger's. */
export function boundariesOf({ status, historyStartMs, nowMs }: CoverageInput): Boundaries {
  const progress = status?.progress;
  const endedAtMs = status?.endedAtMs ?? null;
  const endMs = endedAtMs === null ? nowMs : Math.max(endedAtMs, progress?.settledToMs ?? 0);
  const toMs = Math.max(historyStartMs, floorTo(Math.min(nowMs, endMs), MINUTE_MS));
  const listedMs = floorTo(status?.listedSinceMs ?? 0, DAY_MS);
  const firstDayMs = Math.min(Math.max(historyStartMs, listedMs), toMs);
  const settledMs = endedAtMs === null ? (progress?.settledToMs ?? toMs) : toMs;
  const ledgerEndMs = Math.max(firstDayMs, floorTo(Math.min(toMs, settledMs), DAY_MS));
  const seenMs = endedAtMs === null ? (progress?.seenToMs ?? ledgerEndMs) : toMs;
  const seenToMs = Math.min(toMs, Math.max(ledgerEndMs, floorTo(seenMs, MINUTE_MS)));
  return { fromMs: historyStartMs, firstDayMs, ledgerEndMs, seenToMs, toMs };
}

/** The days of the ledger, oldest first, those without a row among them. */
export function coveredDays(
  input: CoverageInput,
  { firstDayMs, ledgerEndMs }: Boundaries,
): CoveredDay[] {
  const byStart = new Map(input.days.map((day) => [day.dayMs, day]));
  const liveSinceMs = input.status?.progress?.liveSinceMs ?? Infinity;
  return daysIn(firstDayMs, ledgerEndMs).map((dayMs) => {
    const day = byStart.get(dayMs) ?? unknownDay(dayMs);
    const due = dueOf(day, input);
    return { day, due, nextAsk: nextAskOf(due, input), state: stateOf(day, liveSinceMs) };
  });
}

function nextAskOf(due: DayDue, { nowMs }: CoverageInput): StretchDue | null {
  if (due.kind === 'sealed') return null;
  return { atMs: Math.max(nowMs, due.dueAtMs), source: due.source };
}

function stateOf(day: LedgerDay, liveSinceMs: number): CoveredDay['state'] {
  if (isSealed(day)) return isDisputed(day) ? 'disputed' : 'complete';
  return day.audit === undefined && day.dayMs < liveSinceMs ? 'missing' : 'unsealed';
}

/** The stretches of a market's time, in order, without a hole; neighbours differ. */
export function stretchesOf(
  gaps: readonly Gap[],
  boundaries: Boundaries,
  days: readonly CoveredDay[],
): Stretch[] {
  const { fromMs, firstDayMs, ledgerEndMs, seenToMs, toMs } = boundaries;
  const later = [
    ...days.map(dayStretch),
    plainStretch('live', ledgerEndMs, seenToMs),
    plainStretch('behind', seenToMs, toMs),
  ];
  return joined([plainStretch('before', fromMs, firstDayMs), ...withGaps(later, gaps)]);
}

function plainStretch(state: StretchState, fromMs: number, toMs: number): Stretch {
  return { state, fromMs, toMs, reason: null, due: null };
}

function dayStretch({ day, nextAsk, state }: CoveredDay): Stretch {
  return {
    state,
    fromMs: day.dayMs,
    toMs: day.dayMs + DAY_MS,
    reason: state === 'disputed' ? disputeOf(day) : state === 'complete' ? null : askOf(day),
    due: nextAsk,
  };
}

function disputeOf({ audit }: LedgerDay): string {
  const suspects = audit?.suspectsMs.length ?? 0;
  if (suspects > 0) return `${suspects} stored minutes that the exchange no longer has`;
  const rejected = audit?.rejectedCount ?? 0;
  return rejected > 0 ? `${rejected} minutes whose rows are no candles` : 'its audits do not agree';
}

/** Outcome of the latest ask for a day. */
function askOf(day: LedgerDay): string | null {
  const { ask, audit } = day;
  if (isUnderWay(day)) return 'requested, not stored yet';
  return ask !== undefined && ask.askedAtMs >= (audit?.observedAtMs ?? 0) ? ask.refusal : null;
}

/** Cuts gaps out of stretches. Of gaps that overlap, the one that starts first counts. */
function withGaps(stretches: readonly Stretch[], gaps: readonly Gap[]): Stretch[] {
  const inOrder = [...gaps].sort((a, b) => a.fromMs - b.fromMs);
  return stretches.flatMap((stretch) => cutOut(stretch, inOrder));
}

function cutOut(stretch: Stretch, gaps: readonly Gap[]): Stretch[] {
  const parts: Stretch[] = [];
  let startMs = stretch.fromMs;
  for (const gap of gaps) {
    const fromMs = Math.max(startMs, floorTo(gap.fromMs, MINUTE_MS));
    const toMs = Math.min(stretch.toMs, floorTo(gap.toMs, MINUTE_MS));
    if (fromMs >= toMs) continue;
    parts.push({ ...stretch, fromMs: startMs, toMs: fromMs });
    parts.push({ ...stretch, state: 'gap', fromMs, toMs, reason: gap.reason });
    startMs = toMs;
  }
  return [...parts, { ...stretch, fromMs: startMs }];
}

/** Joins neighbours that say the same; what is empty is left out. */
function joined(stretches: readonly Stretch[]): Stretch[] {
  const result: Stretch[] = [];
  for (const stretch of stretches) {
    if (stretch.fromMs >= stretch.toMs) continue;
    const last = result.at(-1);
    if (last !== undefined && saysTheSame(last, stretch)) {
      result[result.length - 1] = { ...last, toMs: stretch.toMs };
    } else result.push(stretch);
  }
  return result;
}

function saysTheSame(one: Stretch, other: Stretch): boolean {
  return (
    one.state === other.state &&
    one.reason === other.reason &&
    one.due?.atMs === other.due?.atMs &&
    one.due?.source === other.due?.source
  );
}
