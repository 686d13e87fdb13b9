import { DAY_MS } from './interval';
import { isSealed, type LedgerDay, monthAfter, monthOf } from './ledger';

/** The refusal of an archive that does not have the day's month. */
export const MISSING_MONTH = 'its month is missing in the archive';
/** A month that is missing so long after its end, with a later one there, does not come any more. */
const PATIENCE_MS = 60 * DAY_MS;
/** So many months in a row that are missing lie before the market was listed. */
const MONTHS_BEFORE_LISTING = 3;

/** What the months that the archive does not have say of a market. */
export interface MissingMonths {
  /** The first month of the market; undefined if that cannot be told. */
  readonly listedSinceMs: number | undefined;
  /** Days that nobody has any more, oldest first. */
  readonly unservedMs: readonly number[];
}

type MonthState = 'there' | 'missing' | 'not known';

/**
 * Tells missing months that lie before a market's listing from holes in the
 * archive. Below the newest month that the archive has, three missing months in
 * a row end the market's history; fewer are a hole, once the month below them is
 * there, or the ledger ends with them, and they are 60 days old.
 *
 * @param days all days of a market's ledger, in any order
 */
export function missingMonths(days: readonly LedgerDay[], nowMs: number): MissingMonths {
  const months = monthsOf(days);
  const newestFirst = [...months.keys()].sort((a, b) => b - a);
  const newestIndex = newestFirst.findIndex((month) => months.get(month)?.state === 'there');
  const unservedMs: number[] = [];
  let run: number[] = [];
  const close = (): void => {
    const old = run.filter((monthMs) => nowMs >= monthAfter(monthMs) + PATIENCE_MS);
    unservedMs.push(...old.flatMap((monthMs) => months.get(monthMs)?.openMs ?? []));
    run = [];
  };
  for (const monthMs of newestIndex < 0 ? [] : newestFirst.slice(newestIndex)) {
    const state = months.get(monthMs)?.state;
    if (state === 'not known') return { listedSinceMs: undefined, unservedMs: sorted(unservedMs) };
    if (state === 'there') close();
    else run.push(monthMs);
    if (run.length === MONTHS_BEFORE_LISTING) {
      return { listedSinceMs: monthAfter(run[0] as number), unservedMs: sorted(unservedMs) };
    }
  }
  close();
  return { listedSinceMs: undefined, unservedMs: sorted(unservedMs) };
}

function sorted(timesMs: readonly number[]): number[] {
  return [...timesMs].sort((a, b) => a - b);
}

interface Month {
  readonly state: MonthState;
  /** Its days that are not sealed. */
  readonly openMs: readonly number[];
}

function monthsOf(days: readonly LedgerDay[]): Map<number, Month> {
  const byMonth = new Map<number, LedgerDay[]>();
  for (const day of days) {
    const monthMs = monthOf(day.dayMs);
    byMonth.set(monthMs, [...(byMonth.get(monthMs) ?? []), day]);
  }
  return new Map(
    [...byMonth].map(([monthMs, ofMonth]) => {
      const openMs = ofMonth.filter((day) => !isSealed(day)).map(({ dayMs }) => dayMs);
      return [monthMs, { state: stateOf(ofMonth), openMs }];
    }),
  );
}

function stateOf(days: readonly LedgerDay[]): MonthState {
  if (days.some(({ audit }) => audit?.source === 'archive' && audit.minuteCount > 0)) {
    return 'there';
  }
  const isMissing = days.some(({ ask }) => ask?.refusal === MISSING_MONTH);
  // Days of a month of which some have been declared unserved are not asked for again.
  const isUnserved = days.some(({ audit }) => audit?.source === 'archive' && audit.disputed);
  return isMissing || isUnserved ? 'missing' : 'not known';
}
