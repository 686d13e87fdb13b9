import { DAY_MS, HOUR_MS, MINUTE_MS } from '../interval';
import { daysIn, isUnderWay } from '../ledger/ledger';
import {
  type Boundaries,
  boundariesOf,
  type CoveredDay,
  coveredDays,
  type CoverageInput,
  type Stretch,
  stretchesOf,
} from './stretches';

/** The kinds of minutes of a market's time: each is exactly one of these. */
export const MINUTE_KINDS = [
  'stored',
  /** Absent from a sealed day: nobody traded. */
  'untraded',
  /** Absent from a day that is not sealed. */
  'unsure',
  'gap',
  /** Of a past day that was never stored. */
  'missing',
  /** Not asked for yet by the live loop. */
  'behind',
  /** Before the market was listed. */
  'before',
] as const;
export type MinuteKind = (typeof MINUTE_KINDS)[number];

/** Number of minutes of each kind. */
export type MinuteCounts = Readonly<Record<MinuteKind, number>>;

/** A part of some minutes. */
export interface Share {
  readonly part: number;
  readonly whole: number;
}

/** Past days that were never stored. */
export interface HistoryLeft {
  readonly days: number;
  /** Those of them that are not to be had yet: the archive publishes a month once it is over. */
  readonly waitingDays: number;
  /** Time at which the last of them is available; null if none waits. */
  readonly lastWaitsUntilMs: number | null;
  /**
   * Time at which those that do not wait are stored, at the pace of the last hour;
   * not before those are requested again whose ask brought nothing. Null if there
   * is no such pace, or none is left.
   */
  readonly expectedAtMs: number | null;
}

/** All that is known of which minutes of a market are stored. */
export interface Coverage {
  /** The time that is covered: the wanted history up to now. */
  readonly fromMs: number;
  readonly toMs: number;
  /** They follow each other from `fromMs` to `toMs`. */
  readonly stretches: readonly Stretch[];
  /** They add up to the minutes of the time that is covered. */
  readonly minutes: MinuteCounts;
  /** Start of the oldest day that is stored; null if none is. */
  readonly storedFromMs: number | null;
  /** The live loop has asked for all minutes before; null if it has not for any. */
  readonly storedToMs: number | null;
  /** End of the newest sealed day before which no stored day is unsealed; null if there is none. */
  readonly sealedToMs: number | null;
  /** From the first minute that the live loop has not asked for yet until now; 0 for a market that has ended. */
  readonly behindMs: number;
  /** Completeness: of the minutes of sealed days, those that are stored or without a trade. */
  readonly sealed: Share;
  readonly gapCount: number;
  readonly disputedDays: number;
  readonly unsealedDays: number;
  /** Time at which the first of the unsealed days is requested again; null if there is none. */
  readonly nextAuditAtMs: number | null;
  readonly history: HistoryLeft;
}

/** History is expected to go on at the pace of so long. */
const PACE_MS = HOUR_MS;
/** An ask is answered, appended and stored within this time, or its audit is lost. */
const LONGEST_ASK_MS = 10 * MINUTE_MS;

/** Accounts for every minute of a market, from the first day that is wanted up to now. */
export function coverageOf(input: CoverageInput): Coverage {
  const boundaries = boundariesOf(input);
  const days = coveredDays(input, boundaries);
  const stretches = stretchesOf(input.gaps, boundaries, days);
  const { fromMs, toMs, seenToMs } = boundaries;
  const unsealed = days.filter(({ state }) => state === 'unsealed');
  const { minutes, sealed } = minutesOf(input, { boundaries, days, stretches });
  return {
    fromMs,
    toMs,
    stretches,
    minutes,
    sealed,
    gapCount: stretches.filter(({ state }) => state === 'gap').length,
    storedFromMs: storedFrom(input, days),
    storedToMs: input.status?.progress === undefined ? null : seenToMs,
    sealedToMs: sealedTo(days),
    behindMs: toMs - seenToMs,
    disputedDays: days.filter(({ state }) => state === 'disputed').length,
    unsealedDays: unsealed.length,
    nextAuditAtMs: finite(Math.min(...unsealed.map(({ nextAsk }) => nextAsk?.atMs ?? Infinity))),
    history: historyLeft(input, days),
  };
}

interface CoveredTime {
  readonly boundaries: Boundaries;
  readonly days: readonly CoveredDay[];
  readonly stretches: readonly Stretch[];
}

/** A day of the ledger, or a part of one that only the live loop has stored. */
interface DayPart {
  readonly fromMs: number;
  readonly toMs: number;
  readonly storedMinutes: number;
  /** The kind of those of its minutes that are neither stored nor a gap. */
  readonly absent: Extract<MinuteKind, 'untraded' | 'unsure' | 'missing'>;
}

function minutesOf(
  input: CoverageInput,
  time: CoveredTime,
): { readonly minutes: MinuteCounts; readonly sealed: Share } {
  const counts: Record<MinuteKind, number> = {
    ...{ stored: 0, untraded: 0, unsure: 0, missing: 0 },
    ...{ gap: lengthOf(time, 'gap'), behind: lengthOf(time, 'behind') },
    before: lengthOf(time, 'before'),
  };
  const sealed = { part: 0, whole: 0 };
  const gaps = time.stretches.filter(({ state }) => state === 'gap');
  for (const { fromMs, toMs, storedMinutes, absent } of dayParts(input, time)) {
    const all = (toMs - fromMs) / MINUTE_MS;
    const left = all - overlap(gaps, fromMs, toMs);
    const stored = Math.min(left, storedMinutes);
    counts.stored += stored;
    counts[absent] += left - stored;
    if (absent !== 'untraded') continue;
    sealed.part += left;
    sealed.whole += all;
  }
  return { minutes: counts, sealed };
}

function dayParts({ minutesByDay }: CoverageInput, { boundaries, days }: CoveredTime): DayPart[] {
  const ofLedger = days.map(({ day: { dayMs, audit }, state }) => ({
    fromMs: dayMs,
    toMs: dayMs + DAY_MS,
    storedMinutes: state === 'missing' ? 0 : (audit?.minuteCount ?? minutesByDay.get(dayMs) ?? 0),
    absent: ABSENT[state],
  }));
  const { ledgerEndMs, seenToMs } = boundaries;
  const live = daysIn(ledgerEndMs, seenToMs).map((dayMs) => ({
    fromMs: Math.max(dayMs, ledgerEndMs),
    toMs: Math.min(dayMs + DAY_MS, seenToMs),
    storedMinutes: minutesByDay.get(dayMs) ?? 0,
    absent: 'unsure' as const,
  }));
  return [...ofLedger, ...live];
}

const ABSENT: Readonly<Record<CoveredDay['state'], DayPart['absent']>> = {
  missing: 'missing',
  unsealed: 'unsure',
  complete: 'untraded',
  disputed: 'untraded',
};

function lengthOf({ stretches }: CoveredTime, state: Stretch['state']): number {
  return stretches
    .filter((stretch) => stretch.state === state)
    .reduce((sum, { fromMs, toMs }) => sum + (toMs - fromMs) / MINUTE_MS, 0);
}

/** Number of minutes of a range that lie in stretches which do not overlap each other. */
function overlap(stretches: readonly Stretch[], fromMs: number, toMs: number): number {
  return stretches.reduce((sum, stretch) => {
    const lengthMs = Math.min(toMs, stretch.toMs) - Math.max(fromMs, stretch.fromMs);
    return sum + Math.max(0, lengthMs) / MINUTE_MS;
  }, 0);
}

function storedFrom({ status }: CoverageInput, days: readonly CoveredDay[]): number | null {
  const [oldest] = days.filter(({ day }) => day.audit !== undefined);
  const liveSinceMs = status?.progress?.liveSinceMs ?? Infinity;
  return finite(Math.min(oldest?.day.dayMs ?? Infinity, liveSinceMs));
}

/** The end of the newest sealed day before the first that is stored and not sealed. */
function sealedTo(days: readonly CoveredDay[]): number | null {
  const firstOpen = days.findIndex(({ state }) => state === 'unsealed');
  const before = firstOpen < 0 ? days : days.slice(0, firstOpen);
  const newest = before.findLast(({ due }) => due.kind === 'sealed');
  return newest === undefined ? null : newest.day.dayMs + DAY_MS;
}

function historyLeft(input: CoverageInput, days: readonly CoveredDay[]): HistoryLeft {
  const { nowMs } = input;
  const scheduledMs = days.flatMap(({ state, due }) =>
    state === 'missing' && due.kind === 'open' ? [due.scheduledAtMs] : [],
  );
  const waitingMs = scheduledMs.filter((atMs) => atMs > nowMs);
  const readyCount = scheduledMs.length - waitingMs.length;
  return {
    days: scheduledMs.length,
    waitingDays: waitingMs.length,
    lastWaitsUntilMs: finite(Math.max(...waitingMs)),
    expectedAtMs:
      readyCount === 0
        ? null
        : later(expectedAt(input, readyCount), ...days.map((day) => lostUntil(day, nowMs))),
  };
}

function later(expectedAtMs: number | null, ...timesMs: readonly number[]): number | null {
  return expectedAtMs === null ? null : Math.max(expectedAtMs, ...timesMs);
}

/** Time at which a day is requested again whose ask was lost with the one that made it; 0 if none was. */
function lostUntil({ state, due, day }: CoveredDay, nowMs: number): number {
  if (state !== 'missing' || due.kind !== 'open' || !isUnderWay(day)) return 0;
  const askedAtMs = day.ask?.askedAtMs ?? nowMs;
  return nowMs - askedAtMs > LONGEST_ASK_MS ? due.dueAtMs : 0;
}

/** Time at which so many days of history are stored, if it goes on as in the last hour. */
function expectedAt({ status, days, nowMs }: CoverageInput, dayCount: number): number | null {
  const liveSinceMs = status?.progress?.liveSinceMs ?? Infinity;
  const storedMs = days.flatMap(({ dayMs, audit }) =>
    audit !== undefined && dayMs < liveSinceMs && audit.observedAtMs > nowMs - PACE_MS
      ? [audit.observedAtMs]
      : [],
  );
  if (storedMs.length === 0) return null;
  const elapsedMs = Math.max(nowMs - Math.min(...storedMs), MINUTE_MS);
  return nowMs + Math.ceil((dayCount * elapsedMs) / storedMs.length);
}

function finite(timeMs: number): number | null {
  return Number.isFinite(timeMs) ? timeMs : null;
}
