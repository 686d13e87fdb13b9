import { DAY_MS } from '../interval';
import { monthAfter, monthOf } from '../calendar/months';
import { isSealed, type LedgerDay, MISSING_MONTH } from './ledger';

/** A month that is missing so long after its end, with a later one there, does not come any more. */
const PATIENCE_MS = 60 * DAY_MS;
/** So many months in a row that are missing lie before the market was listed. */
const MONTHS_BEFORE_LISTING = 3;

/** Asks, a day apart. */
const TWICE = 2;
const FOR_A_MONTH = 30;

/** Conclusions from the months that the archive does not have of a market. */
export interface MissingMonths {
  /** The first month of the market; undefined if that cannot be told. */
  readonly listedSinceMs: number | undefined;
  /** Days that nobody has any more, oldest first. */
  readonly unservedMs: readonly number[];
}

/** Terms of the choice between a listing and a hole. */
export interface MissingMonthsTerms {
  readonly nowMs: number;
  /** Whether the exchange says since when it has the market: then no missing month says it better. */
  readonly isListingKnown: boolean;
}

/**
 * Tells missing months that lie before a market's listing from holes in the
 * archive. Neither is said of a month that was missing once: the archive may
 * have been away. Below the newest month that the archive has, three missing
 * months in a row end the market's history, if nothing older is stored. Other
 * missing months are a hole, once the month below them is there, or the ledger
 * ends with them, and they are 60 days old. If the archive has no newer month,
 * they were missing for 30 days.
 *
 * @param days all days of a market's ledger, in any order
 */
export function missingMonths(
  days: readonly LedgerDay[],
  { nowMs, isListingKnown }: MissingMonthsTerms,
): MissingMonths {
  const months = monthsOf(days);
  const newestIndex = months.findIndex(({ isStored }) => isStored);
  const oldestIndex = months.findLastIndex(({ isStored }) => isStored);
  const unservedMs: number[] = [];
  let run: Month[] = [];
  let isArchiveThere = false;
  const close = (): void => {
    const old = run.filter(
      ({ monthMs, missedCount }) =>
        nowMs >= monthAfter(monthMs) + PATIENCE_MS &&
        missedCount >= (isArchiveThere ? TWICE : FOR_A_MONTH),
    );
    unservedMs.push(...old.flatMap(({ openMs }) => openMs));
    run = [];
  };
  const result = (listedSinceMs?: number): MissingMonths => ({
    listedSinceMs,
    unservedMs: [...unservedMs].sort((a, b) => a - b),
  });
  for (const [index, month] of newestIndex < 0 ? [] : [...months.entries()].slice(newestIndex)) {
    if (!month.isMissing && !month.isStored) return result();
    if (month.isMissing) run.push(month);
    else close();
    isArchiveThere ||= month.isArchived;
    const canEnd = index > oldestIndex && isArchiveThere && !isListingKnown;
    const before = canEnd ? run.filter(isUnstored) : [];
    if (before.length < MONTHS_BEFORE_LISTING) continue;
    const isSure = before.every(({ missedCount }) => missedCount >= TWICE);
    return isSure ? result(monthAfter(before[0]?.monthMs ?? 0)) : result();
  }
  close();
  return result();
}

function isUnstored({ isStored }: Month): boolean {
  return !isStored;
}

interface Month {
  readonly monthMs: number;
  /** Whether a minute of it is stored. */
  readonly isStored: boolean;
  /** Whether the archive did not have it when it was asked last, or it has been declared a hole. */
  readonly isMissing: boolean;
  /** Whether a minute of it is stored from the archive. */
  readonly isArchived: boolean;
  /** Asks in a row, a day apart, that the archive did not have it at. */
  readonly missedCount: number;
  /** Its days that are not sealed. */
  readonly openMs: readonly number[];
}

/** Newest first. */
function monthsOf(days: readonly LedgerDay[]): Month[] {
  const byMonth = new Map<number, LedgerDay[]>();
  for (const day of days) {
    const monthMs = monthOf(day.dayMs);
    byMonth.set(monthMs, [...(byMonth.get(monthMs) ?? []), day]);
  }
  return [...byMonth]
    .sort(([a], [b]) => b - a)
    .map(([monthMs, ofMonth]) => ({
      monthMs,
      isStored: ofMonth.some(({ audit }) => (audit?.minuteCount ?? 0) > 0),
      isMissing: ofMonth.some((day) => isMissingNow(day) || isDeclared(day)),
      isArchived: ofMonth.some(({ audit }) => audit?.source === 'archive' && audit.minuteCount > 0),
      missedCount: Math.max(0, ...ofMonth.map(missedAsks)),
      openMs: ofMonth.filter((day) => !isSealed(day)).map(({ dayMs }) => dayMs),
    }));
}

function isMissingNow({ ask }: LedgerDay): boolean {
  return ask?.refusal === MISSING_MONTH;
}

/** Days of a month of which some have been declared unserved are not asked for again. */
function isDeclared({ audit }: LedgerDay): boolean {
  return audit?.source === 'archive' && audit.disputed && audit.minuteCount === 0;
}

function missedAsks(day: LedgerDay): number {
  if (isDeclared(day)) return FOR_A_MONTH;
  return isMissingNow(day) ? (day.ask?.askCount ?? 0) : 0;
}
