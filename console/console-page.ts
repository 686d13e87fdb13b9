import { render } from 'lit-html';
import { QueryClient } from './answers/query-client';
import type { MarketTime } from './chart/candle-feed';
import { openOf, slotOf } from './chart/chart-interval';
import { chartMove } from './chart/chart-keys';
import { gapBeside, middleOf } from './chart/bands/gap-steps';
import { candleSentence } from './chart/legend';
import { MarketChart } from './market-chart';
import { MarketReader } from './market-reader';
import { beginOf } from './markets/market-heading';
import { showCurrentMarket } from './markets/market-list';
import { queryOf, type View, viewOf } from './page/address';
import { ApiClock } from './page/api-clock';
import { page } from './page/page';
import { type PageActions, type PageState, shownMarket } from './page/page-state';
import { PageStore } from './page/page-store';
import { pollInSight } from './page/poll';
import { savePicture } from './page/save-picture';
import { applyTheme, nextTheme, onSystemTheme } from './page/theme';
import { SECOND_MS } from './page/times';
import { pairText } from './page/wording';

const POLL_MS = 5 * SECOND_MS;
/** A move of the chart is in the address once it has come to rest. */
const REST_MS = 250;

/** The page: what it shows, and what a user does with it. */
export class ConsolePage {
  readonly #root: HTMLElement;
  readonly #noticePath: string;
  readonly #clock = new ApiClock();
  readonly #store: PageStore;
  readonly #reader: MarketReader;
  readonly #chart: MarketChart;
  readonly #actions: PageActions;
  #restTimer: number | undefined;

  constructor(root: HTMLElement, noticePath: string) {
    this.#root = root;
    this.#noticePath = noticePath;
    const client = new QueryClient();
    this.#store = new PageStore(viewOf(location.search), (state) => this.#draw(state));
    this.#reader = new MarketReader(client, this.#store, this.#clock);
    this.#chart = new MarketChart(client, {
      time: () => this.#marketTime(),
      row: () => shownMarket(this.#state),
      coverage: () => this.#state.coverage,
      onChange: (window, visible) => {
        this.#store.set({ window, visible });
        this.#rest();
      },
      onCrosshair: (pointedMs) => this.#store.set({ pointedMs }),
      attempt: (load) => this.#reader.attempt(load),
    });
    this.#actions = this.#pageActions();
  }

  start(): void {
    applyTheme(this.#state.theme);
    onSystemTheme(() => this.#chart.recolor());
    window.addEventListener('popstate', () => void this.#show(viewOf(location.search)));
    document.addEventListener('keydown', (event) => this.#onKey(event));
    window.setInterval(() => this.#tick(), SECOND_MS);
    pollInSight(() => this.#reader.poll(() => this.#poll()), POLL_MS);
    this.#store.set({});
  }

  get #state(): PageState {
    return this.#store.state;
  }

  async #poll(): Promise<void> {
    const isFirst = this.#state.markets === undefined;
    await this.#reader.readMarkets();
    this.#tick();
    if (isFirst) {
      const showing = this.#show(this.#state.view);
      requestAnimationFrame(showCurrentMarket);
      return showing;
    }
    const row = shownMarket(this.#state);
    await this.#chart.refresh();
    const changed = row && (await this.#reader.readLedger(row));
    if (changed !== undefined) await this.#chart.reload(changed);
    this.#chart.drawBands();
    await this.#reader.readRun();
  }

  /** Opens a view: its candles, and what is known of its market. */
  async #show(wanted: View): Promise<void> {
    const market = wanted.market ?? this.#state.markets?.markets[0]?.market;
    const isOther = market !== this.#state.view.market || this.#state.coverage === undefined;
    this.#store.set({ view: { ...wanted, market }, pointedMs: undefined });
    if (isOther) this.#store.set({ coverage: undefined, gaps: undefined, days: undefined });
    const row = shownMarket(this.#state);
    if (market === undefined || row === undefined) return;
    const { interval, atMs } = wanted;
    const chart = this.#chart.open({ market, interval, atMs });
    if (isOther) {
      await this.#reader.attempt(() => this.#reader.readLedger(row));
      this.#chart.drawBands();
    }
    await chart;
    await this.#reader.readRun();
  }

  #pageActions(): PageActions {
    const change = (view: Partial<View>): void => this.#go({ ...this.#state.view, ...view });
    return {
      chooseMarket: (market) => change({ market, atMs: undefined, dayMs: undefined }),
      chooseInterval: (interval) => change({ interval, atMs: this.#restingAt() }),
      chooseDay: (dayMs) => {
        this.#store.set({ view: { ...this.#state.view, dayMs } });
        this.#rest();
      },
      goTo: (timeMs) => this.#goTo(timeMs),
      goToNewest: () => change({ atMs: undefined }),
      goToGap: (direction) => this.#goToGap(direction),
      setFilter: (filter) => this.#store.set({ filter }),
      switchTheme: () => this.#switchTheme(),
      toggleTable: () => this.#store.set({ isTableShown: !this.#state.isTableShown }),
      toggleDayTable: () => this.#store.set({ isDayTableShown: !this.#state.isDayTableShown }),
      savePicture: () => savePicture(this.#chart.picture(), this.#state.view),
      onChartKey: (event) => this.#onChartKey(event),
    };
  }

  /** Shows another view, which the browser's Back leaves again. */
  #go(view: View): void {
    window.clearTimeout(this.#restTimer);
    history.pushState(null, '', queryOf(view));
    void this.#show(view);
  }

  #goTo(timeMs: number): void {
    const { market, interval } = this.#state.view;
    if (market === undefined) return;
    const { firstMs = 0, endMs } = this.#marketTime();
    const atMs = Math.max(firstMs, Math.min(timeMs, endMs));
    void this.#chart.goTo({ market, interval, atMs });
  }

  #goToGap(direction: 'previous' | 'next'): void {
    const { coverage, view, pointedMs } = this.#state;
    const { market, interval } = view;
    const timeMs = pointedMs ?? this.#chart.middleMs;
    if (coverage === undefined || timeMs === undefined || market === undefined) return;
    const gap = gapBeside(coverage.stretches, { interval, timeMs }, direction);
    if (gap === undefined) {
      this.#store.set({ announcement: `There is no ${direction} gap.` });
      return;
    }
    const openMs = openOf(interval, slotOf(interval, middleOf(gap)));
    void this.#chart.goTo({ market, interval, atMs: openMs }).then(() => this.#pointAt(openMs));
  }

  /** Moves the crosshair by keyboard: what it is at is said, too. */
  #pointAt(openMs: number): void {
    this.#chart.pointAt(openMs);
    this.#store.set({ pointedMs: openMs, announcement: candleSentence(this.#state, openMs) });
  }

  #onChartKey(event: KeyboardEvent): void {
    const move = chartMove(event);
    if (move === undefined || hasModifier(event)) return;
    event.preventDefault();
    if (move.kind === 'candle') this.#stepTo(move.step);
    else if (move.kind === 'zoom') this.#chart.zoom(move.factor);
    else if (move.kind === 'pan') this.#chart.pan(move.screens);
    else if (move.kind === 'first') this.#goTo(0);
    else if (move.kind === 'newest') this.#actions.goToNewest();
    else this.#leaveCrosshair();
  }

  #leaveCrosshair(): void {
    this.#chart.pointAt(undefined);
    this.#store.set({ pointedMs: undefined });
  }

  #stepTo(count: number): void {
    const { pointedMs } = this.#state;
    const fromMs = pointedMs ?? this.#chart.middleMs;
    if (fromMs === undefined) return;
    this.#pointAt(this.#chart.step(fromMs, pointedMs === undefined ? 0 : count));
  }

  #onKey(event: KeyboardEvent): void {
    if (event.target instanceof HTMLInputElement || hasModifier(event)) return;
    if (event.key === '[' || event.key === ']') {
      this.#goToGap(event.key === '[' ? 'previous' : 'next');
    } else if (event.key === '/' || event.key === 'c') {
      event.preventDefault();
      document.querySelector<HTMLElement>(event.key === '/' ? '#filter' : '#chart')?.focus();
    }
  }

  #switchTheme(): void {
    const theme = nextTheme(this.#state.theme);
    applyTheme(theme);
    this.#chart.recolor();
    this.#store.set({ theme });
  }

  /** Puts the view in the address when the chart has come to rest. */
  #rest(): void {
    window.clearTimeout(this.#restTimer);
    this.#restTimer = window.setTimeout(() => {
      const view = { ...this.#state.view, atMs: this.#restingAt() };
      this.#store.set({ view });
      history.replaceState(null, '', queryOf(view));
    }, REST_MS);
  }

  #restingAt(): number | undefined {
    return this.#chart.followsNewest ? undefined : this.#chart.middleMs;
  }

  #marketTime(): MarketTime {
    const row = shownMarket(this.#state);
    const { nowMs } = this.#clock;
    const endMs = timeOr(row?.endedAt, nowMs);
    return {
      firstMs: row === undefined ? undefined : beginOf(row),
      seenToMs: timeOr(row?.seenTo, nowMs),
      settledToMs: row?.endedAt == null ? timeOr(row?.settledTo, nowMs) : endMs,
      endMs,
    };
  }

  #tick(): void {
    if (this.#state.markets === undefined) return;
    this.#store.set({ nowMs: this.#clock.nowMs, ageMs: this.#clock.ageMs });
  }

  #draw(state: PageState): void {
    render(page(state, this.#actions, this.#noticePath), this.#root);
    const plot = this.#root.querySelector<HTMLElement>('.plot');
    if (plot !== null) this.#chart.drawIn(plot);
    const row = shownMarket(state);
    const name = row === undefined ? '' : `${pairText(row.pair)} ${row.close ?? ''} · `;
    document.title = `${name}Candlestream`;
  }
}

function timeOr(time: string | null | undefined, otherwiseMs: number): number {
  return time == null ? otherwiseMs : Date.parse(time);
}

function hasModifier({ ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  return ctrlKey || metaKey || altKey;
}
