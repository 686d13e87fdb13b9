import type { CandleRow, StretchRow } from '../answers/answers';
import type { TimeRange } from '../answers/query-client';
import type { PageState } from '../page/page-state';
import { type CandleWindow, openAt } from './candle-window';

/** The candles and slots that are in sight. */
export interface Seen extends TimeRange {
  readonly window: CandleWindow;
  /** Indexes of the first slot in sight and of the first one after it. */
  readonly from: number;
  readonly to: number;
  /** Oldest first. */
  readonly candles: readonly CandleRow[];
}

type ChartState = Pick<PageState, 'window' | 'visible'>;

/** What is in sight; undefined before there is anything. */
export function seenCandles({ window, visible }: ChartState): Seen | undefined {
  if (window === undefined || visible === undefined) return undefined;
  const slots = window.toSlot - window.fromSlot;
  const from = Math.max(0, Math.ceil(visible.from));
  const to = Math.min(slots, Math.floor(visible.to) + 1);
  if (from >= to) return undefined;
  const candles: CandleRow[] = [];
  for (let slot = window.fromSlot + from; slot < window.fromSlot + to; slot++) {
    const candle = window.candles.get(slot);
    if (candle !== undefined) candles.push(candle);
  }
  return { window, from, to, candles, fromMs: openAt(window, from), toMs: openAt(window, to) };
}

/** The time that is in sight. */
export function seenRange(state: ChartState): TimeRange | undefined {
  return seenCandles(state);
}

/** The newest slots in sight, at most so many, and whether they are all of those in sight. */
export function newestRange(
  state: ChartState,
  most: number,
): (TimeRange & { readonly isAll: boolean }) | undefined {
  const seen = seenCandles(state);
  if (seen === undefined) return undefined;
  const { window, from, to, toMs } = seen;
  const first = Math.max(from, to - most);
  return { fromMs: openAt(window, first), toMs, isAll: first === from };
}

/** The stretches of coverage that touch a range. */
export function stretchesIn(
  stretches: readonly StretchRow[],
  { fromMs, toMs }: TimeRange,
): StretchRow[] {
  return stretches.filter(({ from, to }) => Date.parse(from) < toMs && Date.parse(to) > fromMs);
}
