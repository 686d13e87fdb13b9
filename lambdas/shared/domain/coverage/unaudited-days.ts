import { DAY_MS, floorTo } from '../interval';
import { daysIn, type LedgerDay } from '../ledger/ledger';
import type { MarketStatus } from '../progress/progress';

/**
 * Start of the first day that the live loop has stored and no audit has seen:
 * from there on, the candles of days tell how many minutes are stored.
 * Undefined if nothing is stored of the market.
 */
export function firstUnaudited(
  status: MarketStatus | undefined,
  days: readonly LedgerDay[],
  nowMs: number,
): number | undefined {
  if (status?.progress === undefined) return undefined;
  const audited = new Set(days.flatMap(({ dayMs, audit }) => (audit === undefined ? [] : [dayMs])));
  const live = daysIn(status.progress.liveSinceMs, nowMs);
  return live.find((dayMs) => !audited.has(dayMs)) ?? floorTo(nowMs, DAY_MS);
}
