import { firstStartFrom, shifted } from '../../shared/domain/calendar/calendar-windows';
import { windowsBy } from '../../shared/domain/roll-up';
import type { QueryStore, StoredCandle, TimeRange } from '../ports';
import type { CandlePage, PageQuery } from './candle-page';

/** The most kept candles that are rolled up for one page; a month of quarters of an hour has 2,976. */
const MOST_SOURCES = 12_000;

/** A page of windows that are rolled up. It begins with one that is not empty. */
export async function rolledPage(
  store: QueryStore,
  query: PageQuery,
  seenToMs: number,
): Promise<CandlePage> {
  const whole = wholeWindows(query);
  const first = await outermost(store, query, whole);
  if (first === undefined) return { candles: [], ...whole, nextMs: null };
  const span = spanFrom(query, query.windows.startOf(first.openTimeMs), whole);
  const rest =
    query.side === 'start'
      ? { fromMs: span.toMs, toMs: whole.toMs }
      : { fromMs: whole.fromMs, toMs: span.fromMs };
  const [candles, next] = await Promise.all([
    readWindows(store, query, { ...span, seenToMs }),
    outermost(store, query, rest),
  ]);
  if (next === undefined) {
    const end = query.side === 'start' ? { toMs: whole.toMs } : { fromMs: whole.fromMs };
    return { candles, ...span, ...end, nextMs: null };
  }
  return { candles, ...span, nextMs: query.side === 'start' ? span.toMs : span.fromMs };
}

/** The range of the windows that open in the range that is asked for. */
export function wholeWindows({
  windows,
  fromMs,
  toMs,
}: Pick<PageQuery, 'windows' | 'fromMs' | 'toMs'>): TimeRange {
  const startMs = firstStartFrom(windows, fromMs);
  return { fromMs: startMs, toMs: Math.max(startMs, firstStartFrom(windows, toMs)) };
}

/** The range of a page: as many windows as it may have, from the one that starts at `startMs`, to its side. */
export function spanFrom(query: PageQuery, startMs: number, whole: TimeRange): TimeRange {
  const { windows, side, limit } = query;
  const count = Math.max(1, Math.min(limit, Math.floor(MOST_SOURCES / windows.mostSources)));
  if (side === 'start') {
    return { fromMs: startMs, toMs: Math.min(whole.toMs, shifted(windows, startMs, count)) };
  }
  const backMs = shifted(windows, startMs, 1 - count);
  return { fromMs: Math.max(whole.fromMs, backMs), toMs: windows.endOf(startMs) };
}

/** The candle of a range that a page begins with. */
export async function outermost(
  store: QueryStore,
  { market, windows, side }: Pick<PageQuery, 'market' | 'windows' | 'side'>,
  range: TimeRange,
): Promise<StoredCandle | undefined> {
  if (range.fromMs >= range.toMs) return undefined;
  const order = side === 'start' ? ('oldest-first' as const) : ('newest-first' as const);
  const query = { ...market, interval: windows.source, ...range, order, limit: 1 };
  const [first] = await store.readCandles(query);
  return first;
}

/** All windows of a range, in time order. */
export async function readWindows(
  store: QueryStore,
  { market, windows }: Pick<PageQuery, 'market' | 'windows'>,
  { fromMs, toMs, seenToMs }: TimeRange & { readonly seenToMs: number },
): Promise<StoredCandle[]> {
  const sources = await store.readCandles({
    ...market,
    interval: windows.source,
    fromMs,
    toMs,
    order: 'oldest-first',
  });
  if (windows.areKept) return [...sources];
  return windowsBy(windows, sources).map((candle) => ({
    ...candle,
    closed: windows.endOf(candle.openTimeMs) <= seenToMs,
  }));
}
