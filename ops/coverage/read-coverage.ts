import pLimit from 'p-limit';
import { type Coverage, coverageOf } from '../../lambdas/shared/domain/coverage/coverage';
import { firstUnaudited } from '../../lambdas/shared/domain/coverage/unaudited-days';
import type { LedgerDay } from '../../lambdas/shared/domain/ledger/ledger';
import { type Market, marketKey } from '../../lambdas/shared/domain/market';
import type { MarketStatus } from '../../lambdas/shared/domain/progress/progress';
import { type Pipeline, type PipelineStore, retentionMsOf } from '../pipeline/pipeline';

/** A market with its coverage. */
export interface MarketCoverage {
  readonly market: Market;
  readonly coverage: Coverage;
}

/** The part of a pipeline's store that coverage is read from. */
export type CoverageStore = Pick<
  PipelineStore,
  'readStatus' | 'readDays' | 'readGaps' | 'readCandles'
>;

/** The part of a pipeline that coverage depends on. */
export type CoverageTerms = Pick<Pipeline, 'historyStartMs' | 'exchanges'>;

const CONCURRENT_MARKETS = 8;

/** Reads what is stored of markets, and accounts for each of their minutes. */
export async function readCoverage(
  store: CoverageStore,
  markets: readonly Market[],
  terms: CoverageTerms & { readonly nowMs: number },
): Promise<MarketCoverage[]> {
  const statuses = await store.readStatus(markets);
  return pLimit(CONCURRENT_MARKETS).map(markets, async (market) => {
    const status = statuses.get(marketKey(market));
    const range = { fromMs: terms.historyStartMs, toMs: terms.nowMs };
    const [days, gaps] = await Promise.all([
      store.readDays(market, range),
      // A gap ends with its day at the latest.
      store.readGaps(market, range),
    ]);
    const minutesByDay = await readUnaudited(store, market, { status, days, nowMs: terms.nowMs });
    const { historyStartMs, nowMs } = terms;
    const retentionMs = retentionMsOf(terms, market);
    const known = { historyStartMs, retentionMs, nowMs, status, days, gaps, minutesByDay };
    return { market, coverage: coverageOf(known) };
  });
}

interface LiveDays {
  readonly status: MarketStatus | undefined;
  readonly days: readonly LedgerDay[];
  readonly nowMs: number;
}

/** Number of minutes that are stored of each day since the first that the live loop has stored and no audit has seen. */
async function readUnaudited(
  store: CoverageStore,
  market: Market,
  { status, days, nowMs }: LiveDays,
): Promise<ReadonlyMap<number, number>> {
  const fromMs = firstUnaudited(status, days, nowMs);
  if (fromMs === undefined) return new Map();
  const { candles } = await store.readCandles(market, [{ interval: '1d', fromMs, toMs: nowMs }]);
  return new Map((candles['1d'] ?? []).map((day) => [day.openTimeMs, day.minuteCount]));
}
