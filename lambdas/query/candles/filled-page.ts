import type { Candle } from '../../shared/domain/candle';
import type { QueryStore, TimeRange } from '../ports';
import type { CandlePage, PageCandle, PageQuery } from './candle-page';
import { outermost, readWindows, spanFrom, wholeWindows } from './rolled-page';

/** A window that may be filled, as it is known that nobody traded in it. */
export interface FillTerms {
  readonly seenToMs: number;
  readonly isUntraded: (window: TimeRange) => boolean;
}

/** Finds the range of a page: as many windows as it may have, traded in or not, but none before the first candle. */
export async function filledSpan(store: QueryStore, query: PageQuery): Promise<TimeRange> {
  const whole = wholeWindows(query);
  const { windows, side } = query;
  if (whole.fromMs >= whole.toMs) return whole;
  const startMs =
    side === 'start' ? await firstFilled(store, query, whole) : windows.startOf(whole.toMs - 1);
  return startMs === undefined ? whole : spanFrom(query, startMs, whole);
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
  { fromMs, toMs }: TimeRange,
  { seenToMs, isUntraded }: FillTerms,
): Promise<CandlePage> {
  const { windows } = query;
  const [traded, before] = await Promise.all([
    readWindows(store, query, { fromMs, toMs, seenToMs }),
    lastBefore(store, query, fromMs),
  ]);
  const nextMs = nextOf(query, { fromMs, toMs }, before);
  if (before === undefined && traded.length === 0) return { candles: [], fromMs, toMs, nextMs };
  const byTime = new Map(traded.map((candle) => [candle.openTimeMs, candle]));
  const candles: PageCandle[] = [];
  let last = before;
  for (let startMs = fromMs; startMs < toMs; startMs = windows.endOf(startMs)) {
    const candle = byTime.get(startMs);
    const window = { fromMs: startMs, toMs: windows.endOf(startMs) };
    if (candle !== undefined) candles.push(candle);
    else if (last !== undefined && isUntraded(window)) candles.push(filledFrom(last, startMs));
    last = candle ?? last;
  }
  return { candles, fromMs, toMs, nextMs };
}

function nextOf(query: PageQuery, span: TimeRange, before: Candle | undefined): number | null {
  const whole = wholeWindows(query);
  if (query.side === 'start') return span.toMs < whole.toMs ? span.toMs : null;
  return span.fromMs > whole.fromMs && before !== undefined ? span.fromMs : null;
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
