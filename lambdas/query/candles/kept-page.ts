import type { QueryStore } from '../ports';
import type { CandlePage, PageQuery } from './candle-page';

/**
 * A page of candles that are kept as they are asked for. One more than its limit
 * is read, to know whether there is more.
 */
export async function keptPage(store: QueryStore, query: PageQuery): Promise<CandlePage> {
  const { market, windows, side, limit, fromMs, toMs } = query;
  const read = await store.readCandles({
    ...market,
    interval: windows.source,
    fromMs,
    toMs,
    order: side === 'start' ? 'oldest-first' : 'newest-first',
    limit: limit + 1,
  });
  const page = read.slice(0, limit);
  const beyond = read[limit];
  if (side === 'start') {
    const nextMs = beyond?.openTimeMs ?? null;
    return { candles: page, fromMs, toMs: nextMs ?? toMs, nextMs };
  }
  const candles = page.reverse();
  const nextMs = beyond === undefined ? null : (candles[0]?.openTimeMs ?? null);
  return { candles, fromMs: nextMs ?? fromMs, toMs, nextMs };
}
