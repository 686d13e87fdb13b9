import type { CandleRow } from '../answers/answers';
import { PAGE_CANDLES, type QueryClient, type TimeRange } from '../answers/query-client';
import { type CandleWindow, emptyWindow, rangeBeside, withCandles } from './candle-window';
import { type ChartInterval, openOf, slotOf } from './chart-interval';
import type { VisibleSlots } from './chart-view';

/** The time of a market that can have candles. */
export interface MarketTime {
  /** Undefined if it is not known where the market begins. */
  readonly firstMs: number | undefined;
  /** The live loop has come so far. */
  readonly seenToMs: number;
  /** Candles that end before this are changed by audits alone. */
  readonly settledToMs: number;
  /** Now, or the end of the market. */
  readonly endMs: number;
}

/** Candles of one market and interval, loaded as the chart is moved. */
export interface CandleSource {
  readonly market: string;
  readonly interval: ChartInterval;
  /** Read whenever it is needed: time goes on. */
  readonly time: () => MarketTime;
}

/** The part of the query API that serves candles. */
export type CandlesClient = Pick<QueryClient, 'candles'>;

/** The first look has fewer candles, so that it is there at once. */
const FIRST_CANDLES = 600;
/** More is loaded if fewer slots than this are left beside what is seen. */
const SPARE_SLOTS = 150;
/** Candles at the end of what was settled that are asked for again at each look. */
const TAIL_CANDLES = 4;
/** A market that is behind by more than so many slots is shown where its candles end. */
const BLANK_SLOTS = 60;

/** Loads the window of candles that the chart shows: one load at a time. */
export class CandleFeed {
  readonly #client: CandlesClient;
  readonly #source: CandleSource;
  #window: CandleWindow;
  /** The market was settled up to here when the window's candles were last asked for. */
  #settledToMs = 0;
  /** Its candles have changed since they were loaded. */
  #changed: TimeRange | undefined;
  #isLoading = false;
  #isClosed = false;

  constructor(client: CandlesClient, source: CandleSource) {
    this.#client = client;
    this.#source = source;
    this.#window = emptyWindow(source.interval, 0);
  }

  get window(): CandleWindow {
    return this.#window;
  }

  /** Answers that are under way are thrown away: another market or interval is shown. */
  close(): void {
    this.#isClosed = true;
  }

  /** Whether the window has the newest slot. */
  get hasNewest(): boolean {
    return this.#window.toSlot > slotOf(this.#source.interval, this.#source.time().endMs - 1);
  }

  /** Whether the window has the market's first slot, before which there is nothing. */
  get hasFirst(): boolean {
    return this.#window.fromSlot <= this.#firstSlot();
  }

  /** Loads the candles around a time, or the newest ones. False if others are wanted by now. */
  open(atMs: number | undefined): Promise<boolean> {
    const { interval, time } = this.#source;
    const { endMs, seenToMs, settledToMs } = time();
    const endSlot = slotOf(interval, endMs - 1) + 1;
    const seenSlot = slotOf(interval, seenToMs - 1) + 1;
    const newest = endSlot - seenSlot > BLANK_SLOTS ? seenSlot + BLANK_SLOTS / 2 : endSlot;
    const middle = atMs === undefined ? newest : slotOf(interval, atMs) + FIRST_CANDLES / 2;
    const toSlot = Math.min(endSlot, Math.max(middle, this.#firstSlot() + 1));
    return this.#exclusively(async () => {
      const empty = emptyWindow(interval, openOf(interval, toSlot));
      const range = this.#clipped(rangeBeside(empty, -FIRST_CANDLES));
      const window = await this.#extended(empty, range);
      this.#settledToMs = settledToMs;
      return window;
    });
  }

  /** Loads what the chart is about to show. False if nothing was to be loaded. */
  async extend({ from, to }: VisibleSlots): Promise<boolean> {
    const slots = this.#window.toSlot - this.#window.fromSlot;
    if (slots === 0) return false;
    const isOlder = from < SPARE_SLOTS && !this.hasFirst;
    const isNewer = to > slots - SPARE_SLOTS && !this.hasNewest;
    if (!isOlder && !isNewer) return false;
    const count = isOlder ? -PAGE_CANDLES : PAGE_CANDLES;
    return this.#exclusively(() =>
      this.#extended(this.#window, this.#clipped(rangeBeside(this.#window, count))),
    );
  }

  /** Candles of a range are not what they were: the next {@link refresh} asks again for them. */
  noteChange({ fromMs, toMs }: TimeRange): void {
    const { fromMs: changedFromMs, toMs: changedToMs } = this.#changed ?? { fromMs, toMs };
    this.#changed = {
      fromMs: Math.min(fromMs, changedFromMs),
      toMs: Math.max(toMs, changedToMs),
    };
  }

  /** Asks again for the window's candles that can have come or changed since. */
  async refresh(): Promise<boolean> {
    if (this.#window.fromSlot === this.#window.toSlot) return false;
    const changed = this.#changed;
    const { settledToMs } = this.#source.time();
    // Before the market's first segment it is not known: nothing of it was settled.
    if (settledToMs < this.#settledToMs) this.#settledToMs = 0;
    const ranges = [this.#changedRange(), this.#unsettledRange()].filter(
      ({ fromMs, toMs }) => fromMs < toMs,
    );
    return this.#exclusively(async () => {
      let window = this.#window;
      for (const range of ranges) window = await this.#extended(window, range);
      this.#settledToMs = settledToMs;
      if (this.#changed === changed) this.#changed = undefined;
      return window;
    });
  }

  /** The range of the window that has changed: empty if nothing has. */
  #changedRange(): TimeRange {
    const { interval, fromSlot, toSlot } = this.#window;
    const { fromMs, toMs } = this.#changed ?? { fromMs: 0, toMs: 0 };
    return {
      fromMs: openOf(interval, Math.max(fromSlot, slotOf(interval, fromMs))),
      toMs: openOf(interval, Math.min(toSlot, slotOf(interval, toMs - 1) + 1)),
    };
  }

  /**
   * What was not settled yet when it was loaded, and what is newer if the window
   * had the newest: empty for a window of older candles.
   */
  #unsettledRange(): TimeRange {
    const { interval, fromSlot, toSlot } = this.#window;
    const endSlot = slotOf(interval, this.#source.time().endMs - 1) + 1;
    const settledSlot = slotOf(interval, this.#settledToMs - 1) + 1;
    const isOlder = toSlot + BLANK_SLOTS < endSlot;
    const wasSettled = isOlder ? settledSlot : Math.min(settledSlot, toSlot);
    return {
      fromMs: openOf(interval, Math.max(fromSlot, wasSettled - TAIL_CANDLES)),
      toMs: openOf(interval, isOlder ? toSlot : Math.max(endSlot, toSlot)),
    };
  }

  #firstSlot(): number {
    const { firstMs } = this.#source.time();
    return firstMs === undefined ? 0 : slotOf(this.#source.interval, firstMs);
  }

  #clipped({ fromMs, toMs }: TimeRange): TimeRange {
    const { interval, time } = this.#source;
    const endMs = openOf(interval, slotOf(interval, time().endMs - 1) + 1);
    const firstMs = openOf(interval, this.#firstSlot());
    return { fromMs: Math.max(fromMs, firstMs), toMs: Math.min(toMs, endMs) };
  }

  async #extended(window: CandleWindow, range: TimeRange): Promise<CandleWindow> {
    if (range.fromMs >= range.toMs) return window;
    return withCandles(window, range, await this.#rows(range));
  }

  async #rows(range: TimeRange): Promise<readonly CandleRow[]> {
    const { market, interval } = this.#source;
    const { candles, next } = await this.#client.candles(market, interval, range);
    const nextMs = next === null ? range.toMs : Date.parse(next);
    if (nextMs >= range.toMs) return candles;
    return [...candles, ...(await this.#rows({ fromMs: nextMs, toMs: range.toMs }))];
  }

  async #exclusively(load: () => Promise<CandleWindow>): Promise<boolean> {
    if (this.#isLoading) return false;
    this.#isLoading = true;
    try {
      const window = await load();
      if (this.#isClosed || window === this.#window) return false;
      this.#window = window;
      return true;
    } finally {
      this.#isLoading = false;
    }
  }
}
