import { type Coverage, coverageOf } from '../../shared/domain/coverage/coverage';
import type { CoverageInput } from '../../shared/domain/coverage/stretches';
import { firstUnaudited } from '../../shared/domain/coverage/unaudited-days';
import type { LedgerDay } from '../../shared/domain/ledger/ledger';
import type { Market } from '../../shared/domain/market';
import type { Gap } from '../../shared/domain/progress/gaps';
import type { MarketStatus } from '../../shared/domain/progress/progress';
import type { QueryContext } from '../ports';
import { retentionOf } from './known-market';

/** The ledger of a market: its days and its gaps. */
export interface MarketLedger {
  readonly days: readonly LedgerDay[];
  readonly gaps: readonly Gap[];
}

/** Reads the whole ledger of a market. */
export async function readMarketLedger(
  { store, settings, nowMs }: QueryContext,
  market: Market,
): Promise<MarketLedger> {
  const range = { fromMs: settings.historyStartMs, toMs: nowMs };
  const [days, gaps] = await Promise.all([
    store.readDays(market, range),
    store.readGaps(market, range),
  ]);
  return { days, gaps };
}

/** Accounts for every minute of a market, by its status and its ledger. */
export async function marketCoverage(
  { store, settings, nowMs }: QueryContext,
  market: Market,
  { status, days, gaps }: MarketLedger & { readonly status: MarketStatus | undefined },
): Promise<Coverage> {
  const { historyStartMs } = settings;
  const retentionMs = retentionOf(settings, market);
  const known = { status, days, gaps, historyStartMs, retentionMs, nowMs };
  const minutesByDay = await unauditedMinutes(store, market, known);
  return coverageOf({ ...known, minutesByDay });
}

async function unauditedMinutes(
  store: QueryContext['store'],
  market: Market,
  { status, days, nowMs }: Omit<CoverageInput, 'minutesByDay'>,
): Promise<ReadonlyMap<number, number>> {
  const fromMs = firstUnaudited(status, days, nowMs);
  if (fromMs === undefined) return new Map();
  const candles = await store.readCandles({
    ...market,
    interval: '1d',
    fromMs,
    toMs: nowMs,
    order: 'oldest-first',
  });
  return new Map(candles.map(({ openTimeMs, minuteCount }) => [openTimeMs, minuteCount]));
}
