import type { Candle } from '../../shared/domain/candle';
import type { QueryStore, TimeRange } from '../ports';
import type { CandlePage, PageCandle, PageQuery } from './candle-page';
import { outermost, readWindows, spanFrom, wholeWindows } from './rolled-page';

/** What may be filled: a window of which it is known that nobody traded in it. */
export interface FillTerms {
  readonly seenToMs: number;
  readonly isUntraded: (window: TimeRange) => boolean;
}

/** The range of a page with its windows filled. */
export interface FilledSpan extends TimeRange {
  readonly nextMs: number | null;
  /** The last candle before it; undefined if there is none. */
  readonly before: Candle | undefined;
}

/** Finds the range of a page: as many windows as it may have, traded in or not, but none before the first candle. */
export async function filledSpan(store: QueryStore, query: PageQuery): Promise<FilledSpan> {
  const whole = wholeWindows(query);
  const { windows, side } = query;
  if (whole.fromMs >= whole.toMs) return { ...whole, nextMs: null, before: undefined };
  const startMs =
    side === 'start' ? await firstFilled(store, query, whole) : windows.startOf(whole.toMs - 1);
  if (startMs === undefined) return { ...whole, nextMs: null, before: undefined };
  const span = spanFrom(query, startMs, whole);
  const before = await lastBefore(store, query, span.fromMs);
  if (side === 'start') {
    return { ...span, before, nextMs: span.toMs < whole.toMs ? span.toMs : null };
  }
  const hasMore = span.fromMs > whole.fromMs && before !== undefined;
  return { ...span, before, nextMs: hasMore ? span.fromMs : null };
}

async function firstFilled(
  store: QueryStore,
  query: PageQuery,
  whole: TimeRange,
): Promise<number | undefined> {
  if ((await lastBefore(store, query, whole.fromMs)) !== undefined) return whole.fromMs;
  const first = await outermost(store, query, whole);
  return first === undefined ? undefined : query.windows.startOf(first.openTimeMs);
}

function lastBefore(
  store: QueryStore,
  query: PageQuery,
  toMs: number,
): Promise<Candle | undefined> {
  return outermost(store, { ...query, side: 'end' }, { fromMs: 0, toMs });
}

/** Reads the windows of a range, and fills those in which nobody traded with the close before them. */
export async function filledPage(
  store: QueryStore,
  query: PageQuery,
  span: FilledSpan,
  { seenToMs, isUntraded }: FillTerms,
): Promise<CandlePage> {
  const { windows } = query;
  const { fromMs, toMs, nextMs } = span;
  const traded = await readWindows(store, query, { fromMs, toMs, seenToMs });
  const byTime = new Map(traded.map((candle) => [candle.openTimeMs, candle]));
  const candles: PageCandle[] = [];
  let last = span.before;
  for (let startMs = fromMs; startMs < toMs; startMs = windows.endOf(startMs)) {
    const candle = byTime.get(startMs);
    const window = { fromMs: startMs, toMs: windows.endOf(startMs) };
    if (candle !== undefined) candles.push(candle);
    else if (last !== undefined && isUntraded(window)) candles.push(filledFrom(last, startMs));
    last = candle ?? last;
  }
  return { candles, fromMs, toMs, nextMs };
}

/** A window without a trade, at the close before it. */
function filledFrom({ close, baseVolume, quoteVolume }: Candle, openTimeMs: number): PageCandle {
  const nothing = { unscaled: 0n, scale: baseVolume.scale };
  return {
    openTimeMs,
    open: close,
    high: close,
    low: close,
    close,
    baseVolume: nothing,
    quoteVolume: quoteVolume === null ? null : { unscaled: 0n, scale: quoteVolume.scale },
    minuteCount: 0,
    closed: true,
    filled: true,
  };
}
