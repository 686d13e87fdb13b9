import { DAY_MS, floorTo } from '../../shared/domain/interval';
import { daysIn, isSealed } from '../../shared/domain/ledger/ledger';
import type { Market } from '../../shared/domain/market';
import type { MarketStatus } from '../../shared/domain/progress/progress';
import type { QueryContext, StoredGap, TimeRange } from '../ports';

/** The ledger of a range of a market's time. */
export interface RangeLedger extends TimeRange {
  readonly gaps: readonly StoredGap[];
  /** Times at which the last audit of each day that need not be requested again was observed, by the day's start. */
  readonly sealed: ReadonlyMap<number, number>;
  /** Starts of the days that an audit has stored. */
  readonly audited: ReadonlySet<number>;
}

/** Reads what the ledger says of a range. A day comes into the ledger once it is over. */
export async function readLedger(
  { store, nowMs }: Pick<QueryContext, 'store' | 'nowMs'>,
  market: Market,
  { fromMs, toMs }: TimeRange,
): Promise<RangeLedger> {
  if (fromMs >= toMs) return { fromMs, toMs, gaps: [], sealed: new Map(), audited: new Set() };
  // A gap ends with its day, so that none that starts before reaches in.
  const range = { fromMs: floorTo(fromMs, DAY_MS), toMs };
  const past = { ...range, toMs: Math.min(toMs, floorTo(nowMs, DAY_MS)) };
  const [days, gaps] = await Promise.all([
    past.fromMs < past.toMs ? store.readDays(market, past) : [],
    store.readGaps(market, range),
  ]);
  const audited = days.filter(({ audit }) => audit !== undefined);
  return {
    fromMs,
    toMs,
    gaps: gaps.filter((gap) => gap.toMs > fromMs),
    sealed: new Map(
      days.filter(isSealed).map(({ dayMs, audit }) => [dayMs, audit?.observedAtMs ?? 0]),
    ),
    audited: new Set(audited.map(({ dayMs }) => dayMs)),
  };
}

/** Whether all days that a range touches are sealed. */
export function isFinal({ sealed }: RangeLedger, { fromMs, toMs }: TimeRange): boolean {
  return fromMs < toMs && daysIn(fromMs, toMs).every((dayMs) => sealed.has(dayMs));
}

/**
 * Whether a range in which no candle is stored is known to have had no trade:
 * its days are stored, it is settled, and no gap is in it.
 */
export function isUntraded(
  { gaps, audited }: RangeLedger,
  status: MarketStatus | undefined,
  { fromMs, toMs }: TimeRange,
): boolean {
  const progress = status?.progress;
  if (progress === undefined || toMs > progress.settledToMs) return false;
  const isStored = (dayMs: number) => dayMs >= progress.liveSinceMs || audited.has(dayMs);
  if (!daysIn(fromMs, toMs).every(isStored)) return false;
  return !gaps.some((gap) => gap.fromMs < toMs && gap.toMs > fromMs);
}

/** The gaps that touch a range. */
export function gapsIn({ gaps }: RangeLedger, { fromMs, toMs }: TimeRange): readonly StoredGap[] {
  return gaps.filter((gap) => gap.fromMs < toMs && gap.toMs > fromMs);
}
