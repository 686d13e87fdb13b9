import type { CoverageAnswer, MarketRow } from './answers/answers';
import type { QueryClient, TimeRange } from './answers/query-client';
import { CandleFeed, type MarketTime } from './chart/candle-feed';
import { openAt, type CandleWindow } from './chart/candle-window';
import { chartColors } from './chart/chart-colors';
import { type ChartInterval, openOf, slotOf } from './chart/chart-interval';
import { ChartView, type VisibleSlots } from './chart/chart-view';
import { coverageBands } from './chart/bands/coverage-bands';
import { currentStretches } from './chart/bands/current-stretches';

/** The place that the chart is opened at. */
export interface ChartPlace {
  readonly market: string;
  readonly interval: ChartInterval;
  /** Undefined for the newest candles. */
  readonly atMs: number | undefined;
}

/** What the chart needs to know, and tells. */
export interface ChartHost {
  readonly time: () => MarketTime;
  readonly row: () => MarketRow | undefined;
  readonly coverage: () => CoverageAnswer | undefined;
  /** The window or what is seen of it has changed. */
  readonly onChange: (window: CandleWindow, visible: VisibleSlots | undefined) => void;
  readonly onCrosshair: (openMs: number | undefined) => void;
  /** Runs a load, whose failure is the host's to show. */
  readonly attempt: (load: () => Promise<void>) => Promise<void>;
}

/** The chart of one market: its view, and the feed of its candles. */
export class MarketChart {
  readonly #client: QueryClient;
  readonly #host: ChartHost;
  #view: ChartView | undefined;
  #plot: HTMLElement | undefined;
  /** Of what is shown. */
  #feed: CandleFeed | undefined;
  #place: ChartPlace | undefined;
  /** Of what is to be shown as soon as it is there. */
  #opening: CandleFeed | undefined;
  /** Could not be had. */
  #failed: ChartPlace | undefined;

  constructor(client: QueryClient, host: ChartHost) {
    this.#client = client;
    this.#host = host;
  }

  /** Draws into an element from now on. */
  drawIn(plot: HTMLElement): void {
    if (plot === this.#plot) return;
    this.#plot = plot;
    this.#view = new ChartView(plot, chartColors(plot), {
      onView: () => this.#onView(),
      onCrosshair: (openMs) => this.#host.onCrosshair(openMs),
    });
    if (this.#feed !== undefined) this.#drawAfresh();
  }

  /** Loads another place and shows it. What is shown stays until that is there. */
  async open(place: ChartPlace): Promise<void> {
    this.#opening?.close();
    this.#failed = undefined;
    const { market, interval, atMs } = place;
    const feed = new CandleFeed(this.#client, { market, interval, time: this.#host.time });
    this.#opening = feed;
    await this.#host.attempt(async () => {
      if (!(await feed.open(atMs))) return;
      this.#feed?.close();
      this.#feed = feed;
      this.#place = place;
      this.#opening = undefined;
      this.#drawAfresh();
    });
    if (this.#opening === feed) this.#failed = place;
  }

  /** Moves to a time, which is loaded if it has to be. */
  async goTo(place: ChartPlace): Promise<void> {
    const window = this.#feed?.window;
    const slot = slotOf(place.interval, place.atMs ?? 0);
    const isLoaded = window !== undefined && slot >= window.fromSlot && slot < window.toSlot;
    if (place.atMs === undefined || !isLoaded) return this.open(place);
    this.#view?.showAround(place.atMs);
  }

  /** Asks again for the candles of a range: they are not what they were. */
  reload(range: TimeRange): Promise<void> {
    this.#feed?.noteChange(range);
    this.#opening?.noteChange(range);
    return this.refresh();
  }

  /** Asks again for the candles that can have changed, or for those that could not be had. */
  refresh(): Promise<void> {
    if (this.#failed !== undefined) return this.open(this.#failed);
    const feed = this.#opening === undefined ? this.#feed : undefined;
    return this.#host.attempt(async () => {
      if ((await feed?.refresh()) === true) this.#draw();
    });
  }

  /** Whether the newest candle is in sight: the chart follows it. */
  get followsNewest(): boolean {
    const visible = this.#view?.visible();
    if (this.#feed === undefined || visible === undefined) return true;
    const { fromSlot, toSlot } = this.#feed.window;
    return this.#feed.hasNewest && visible.to >= toSlot - fromSlot - 1;
  }

  /** The time in the middle of the chart. */
  get middleMs(): number | undefined {
    const visible = this.#view?.visible();
    const window = this.#feed?.window;
    if (visible === undefined || window === undefined) return undefined;
    return openAt(window, Math.round((visible.from + visible.to) / 2));
  }

  /** The open time so many candles beside another, within what is loaded. */
  step(openMs: number, count: number): number {
    const window = this.#feed?.window;
    if (window === undefined) return openMs;
    const slot = slotOf(window.interval, openMs) + count;
    return openOf(window.interval, Math.max(window.fromSlot, Math.min(window.toSlot - 1, slot)));
  }

  pointAt(openMs: number | undefined): void {
    if (openMs === undefined) this.#view?.removeCrosshair();
    else this.#view?.pointAt(openMs);
  }

  zoom(factor: number): void {
    this.#view?.zoom(factor);
  }

  pan(screens: number): void {
    this.#view?.pan(screens);
  }

  picture(): HTMLCanvasElement | undefined {
    return this.#view?.picture();
  }

  drawBands(): void {
    const row = this.#host.row();
    const window = this.#feed?.window;
    if (window === undefined || row === undefined) return;
    const stretches = currentStretches(this.#host.coverage(), row, this.#host.time().endMs);
    this.#view?.showBands(coverageBands(window, stretches));
  }

  /** Takes the colours again: light has become dark. */
  recolor(): void {
    if (this.#plot === undefined) return;
    this.#view?.recolor(chartColors(this.#plot));
    this.drawBands();
  }

  #drawAfresh(): void {
    this.#view?.clear();
    this.#draw();
    const atMs = this.#place?.atMs;
    if (atMs === undefined) this.#view?.showNewest();
    else this.#view?.showAround(atMs);
  }

  #draw(): void {
    if (this.#feed === undefined) return;
    this.#view?.show(this.#feed.window);
    this.drawBands();
    this.#host.onChange(this.#feed.window, this.#view?.visible());
    markDrawn();
  }

  #onView(): void {
    const [feed, visible] = [this.#feed, this.#view?.visible()];
    if (feed === undefined || visible === undefined) return;
    this.#host.onChange(feed.window, visible);
    if (this.#opening !== undefined) return;
    void this.#host.attempt(async () => {
      if (await feed.extend(visible)) this.#draw();
    });
  }
}

/** The browser's measure of the first chart. */
function markDrawn(): void {
  const name = 'chart-drawn';
  if (performance.getEntriesByName(name).length > 0) return;
  requestAnimationFrame(() => performance.mark(name));
}
