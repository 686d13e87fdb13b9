import type { LedgerDay } from './ledger';

/** So many days in a row without a candle, with nothing older, lie before the market was listed. */
const DAYS_BEFORE_LISTING = 92;

/**
 * The first day of a market, as its exchange's API tells it by silence: an API that serves all
 * years answers for the years before a listing too, with nothing. Below the oldest day with a
 * candle, 92 audited days in a row have none. The newest of those was found so by two audits, which
 * are a day apart: an API may be silent by mistake for hours.
 *
 * @param newestFirst all days of a market's ledger, newest first
 * @returns undefined if that cannot be told
 */
export function listedBySilence(newestFirst: readonly LedgerDay[]): number | undefined {
  const oldestIndex = newestFirst.findLastIndex(({ audit }) => (audit?.minuteCount ?? 0) > 0);
  if (oldestIndex < 0) return undefined;
  const below = newestFirst.slice(oldestIndex + 1, oldestIndex + 1 + DAYS_BEFORE_LISTING);
  const isSure = (below[0]?.audit?.auditCount ?? 0) >= 2;
  if (below.length < DAYS_BEFORE_LISTING || !isSure || !below.every(isSilent)) return undefined;
  return newestFirst[oldestIndex]?.dayMs;
}

function isSilent({ audit }: LedgerDay): boolean {
  return audit?.source === 'api' && audit.minuteCount === 0 && audit.rejectedCount === 0;
}
