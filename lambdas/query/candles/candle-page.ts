import type { CalendarWindows } from '../../shared/domain/calendar/calendar-windows';
import type { Market } from '../../shared/domain/market';
import type { QueryStore, StoredCandle, TimeRange } from '../ports';
import { keptPage } from './kept-page';
import { rolledPage } from './rolled-page';

/** Which candles of a market are asked for. */
export interface PageQuery extends TimeRange {
  readonly market: Market;
  readonly windows: CalendarWindows;
  /** The first candles of the range, or its last ones. */
  readonly side: 'start' | 'end';
  /** The most candles of a page. */
  readonly limit: number;
}

/** A candle of a page. */
export interface PageCandle extends StoredCandle {
  /** Whether it stands for a window without a trade. */
  readonly filled?: true;
}

/** Candles of a page, in time order, and the range that they are all the candles of. */
export interface CandlePage extends TimeRange {
  readonly candles: readonly PageCandle[];
  /**
   * The point at which the next page goes on: its start if pages come from the start of the
   * range, its end if they come from there; null if there is no more.
   */
  readonly nextMs: number | null;
}

/**
 * Reads a page of candles: those that are kept, or those rolled up from them.
 *
 * @param seenToMs what is rolled up and ends before this is closed
 */
export function readPage(
  store: QueryStore,
  query: PageQuery,
  seenToMs: number,
): Promise<CandlePage> {
  return query.windows.areKept ? keptPage(store, query) : rolledPage(store, query, seenToMs);
}
