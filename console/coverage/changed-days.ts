import type { DayRow } from '../answers/answers';
import type { TimeRange } from '../answers/query-client';
import { DAY_MS } from '../page/times';

/**
 * The range of the days whose candles may differ between two answers on the
 * ledger, from the oldest of them to the newest; undefined if there is none.
 */
export function changedDays(
  before: readonly DayRow[],
  now: readonly DayRow[],
): TimeRange | undefined {
  const known = new Map(before.map((row) => [row.day, candlesOf(row)]));
  const starts = now
    .filter((row) => known.get(row.day) !== candlesOf(row))
    .map(({ day }) => Date.parse(day));
  const [newest, oldest] = [starts[0], starts.at(-1)];
  if (newest === undefined || oldest === undefined) return undefined;
  return { fromMs: oldest, toMs: newest + DAY_MS };
}

/** All of a day's row that changes if its candles do. An ask alone changes none. */
function candlesOf({ state, minutes, gap, corrected, audits, sealedAt }: DayRow): string {
  return [state, minutes, gap, corrected, audits, sealedAt].join();
}
