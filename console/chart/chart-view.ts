import {
  type CandlestickData,
  CandlestickSeries,
  ColorType,
  createChart,
  CrosshairMode,
  type HistogramData,
  HistogramSeries,
  type IChartApi,
  type ISeriesApi,
  LineStyle,
  type Time,
  type UTCTimestamp,
  type WhitespaceData,
} from 'lightweight-charts';
import type { CandleRow } from '../answers/answers';
import { dayText, minuteText } from '../page/times';
import { axisTime } from './axis-time';
import { type Band, BandsPrimitive } from './bands/bands';
import { type CandleWindow, changedSlots, indexAt, openAt, priceDecimals } from './candle-window';
import type { ChartColors } from './chart-colors';

/** Calls of the chart. */
export interface ChartListener {
  /** The visible part of the axis has changed. */
  onView: () => void;
  /** The crosshair is at a candle's slot; undefined if it is nowhere. */
  onCrosshair: (openMs: number | undefined) => void;
}

/** A part of the axis, as indexes of the window's slots; fractions and indexes outside are possible. */
export interface VisibleSlots {
  readonly from: number;
  readonly to: number;
}

type CandlePoint = CandlestickData | WhitespaceData;
type VolumePoint = HistogramData | WhitespaceData;

/** Of a slot at first, in pixels. */
const FIRST_WIDTH = 8;
/** Slots that are seen at first, whatever the width. */
const FIRST_SLOTS = { least: 40, most: 140 };
/** Slots that are left free beyond the newest candle. */
const MARGIN_SLOTS = 4;
/** Slots that are seen of another time at most, however far the chart was zoomed out. */
const MOST_SEEN = 400;
/** Up to so many changed candles are drawn one by one; more of them, all at once. */
const MOST_UPDATES = 20;

/** The chart library, behind one file. It never prints a price: its floats only draw. */
export class ChartView {
  readonly #container: HTMLElement;
  readonly #chart: IChartApi;
  readonly #candles: ISeriesApi<'Candlestick'>;
  readonly #volumes: ISeriesApi<'Histogram'>;
  readonly #bands: BandsPrimitive;
  #window: CandleWindow | undefined;
  /** The candle that the keyboard has put the crosshair on. */
  #pointedMs: number | undefined;
  #colors: ChartColors;

  constructor(container: HTMLElement, colors: ChartColors, listener: ChartListener) {
    this.#container = container;
    this.#colors = colors;
    this.#chart = createChart(container, {
      ...chartOptions(colors),
      autoSize: true,
      handleScale: { axisPressedMouseMove: { price: false, time: true } },
    });
    this.#candles = this.#chart.addSeries(CandlestickSeries, { priceLineStyle: LineStyle.Dotted });
    this.#volumes = this.#chart.addSeries(HistogramSeries, {
      priceScaleId: 'volume',
      lastValueVisible: false,
      priceLineVisible: false,
    });
    this.#volumes.priceScale().applyOptions({ scaleMargins: { top: 0.84, bottom: 0 } });
    this.#candles.priceScale().applyOptions({ scaleMargins: { top: 0.1, bottom: 0.22 } });
    this.#bands = new BandsPrimitive(colors);
    this.#candles.attachPrimitive(this.#bands);
    this.recolor(colors);
    this.#chart.timeScale().subscribeVisibleLogicalRangeChange(() => {
      this.#placeCrosshair();
      listener.onView();
    });
    this.#chart.subscribeCrosshairMove(({ time, point, sourceEvent }) => {
      // A crosshair that stands still while the chart moves below it points at nothing new.
      if (point !== undefined && sourceEvent === undefined) return;
      this.#pointedMs = undefined;
      listener.onCrosshair(typeof time === 'number' ? time * 1_000 : undefined);
    });
  }

  /** Shows other candles. What is seen stays in place if the window is the same one, longer or later. */
  show(window: CandleWindow): void {
    const previous = this.#window;
    this.#window = window;
    const isSame = previous?.interval === window.interval;
    if (isSame && this.#updateTail(previous, window)) return;
    const view = isSame ? this.visible() : undefined;
    this.#setData(window);
    if (view === undefined || previous === undefined) return;
    const shift = indexAt(window, openAt(previous, 0));
    this.#setVisible({ from: view.from + shift, to: view.to + shift });
    this.#placeCrosshair();
  }

  /** Nothing is shown: the next window is another market's, or another place's. */
  clear(): void {
    this.#window = undefined;
    this.removeCrosshair();
  }

  showBands(bands: readonly Band[]): void {
    this.#bands.show(bands, this.#colors);
  }

  recolor(colors: ChartColors): void {
    this.#colors = colors;
    this.#chart.applyOptions(chartOptions(colors));
    this.#candles.applyOptions({
      // Hollow and filled, as well as two colours.
      upColor: 'transparent',
      borderUpColor: colors.up,
      wickUpColor: colors.up,
      downColor: colors.down,
      borderDownColor: colors.down,
      wickDownColor: colors.down,
      priceLineColor: colors.quiet,
    });
    this.#volumes.applyOptions({ color: colors.volume });
  }

  /** The newest candles, at the zoom of a fresh chart. */
  showNewest(): void {
    if (this.#window === undefined) return;
    const to = this.#window.toSlot - this.#window.fromSlot + MARGIN_SLOTS;
    this.#setVisible({ from: to - this.#firstCount(), to });
  }

  /** Moves a time to the middle, and leaves the zoom as it is. */
  showAround(timeMs: number): void {
    if (this.#window === undefined) return;
    const { from, to } = this.visible() ?? { from: 0, to: this.#firstCount() };
    const half = Math.min(to - from, MOST_SEEN) / 2;
    const index = indexAt(this.#window, timeMs);
    this.#setVisible({ from: index - half, to: index + half });
  }

  /** Moves by a part of what is seen: 1 is a whole screen later. */
  pan(screens: number): void {
    const { from, to } = this.visible() ?? { from: 0, to: this.#firstCount() };
    const step = (to - from) * screens;
    this.#setVisible({ from: from + step, to: to + step });
  }

  /** Shows more or fewer candles: 0.5 is half as many. The middle stays. */
  zoom(factor: number): void {
    const { from, to } = this.visible() ?? { from: 0, to: this.#firstCount() };
    const [middle, half] = [(from + to) / 2, Math.max(5, ((to - from) * factor) / 2)];
    this.#setVisible({ from: middle - half, to: middle + half });
  }

  /** What is seen; undefined before there is anything. */
  visible(): VisibleSlots | undefined {
    return this.#chart.timeScale().getVisibleLogicalRange() ?? undefined;
  }

  /** Puts the crosshair on a candle, and scrolls to it if it is out of sight. */
  pointAt(openMs: number): void {
    const window = this.#window;
    if (window === undefined) return;
    const index = indexAt(window, openMs);
    const { from, to } = this.visible() ?? { from: 0, to: 0 };
    if (index < from + 1 || index > to - 1) this.showAround(openMs);
    this.#pointedMs = openMs;
    this.#placeCrosshair();
  }

  removeCrosshair(): void {
    this.#pointedMs = undefined;
    this.#chart.clearCrosshairPosition();
  }

  /** A picture of the chart as it is seen. */
  picture(): HTMLCanvasElement {
    return this.#chart.takeScreenshot();
  }

  /** Puts the crosshair on its candle, wherever that is now. */
  #placeCrosshair(): void {
    const openMs = this.#pointedMs;
    if (openMs === undefined || this.#window === undefined) return;
    const price = Number(nearestCandle(this.#window, indexAt(this.#window, openMs))?.close ?? 0);
    // Where no candle is in sight there is no price scale to be placed on.
    if (this.#candles.priceToCoordinate(price) === null) return;
    this.#chart.setCrosshairPosition(price, (openMs / 1_000) as UTCTimestamp, this.#candles);
  }

  #firstCount(): number {
    const { least, most } = FIRST_SLOTS;
    return Math.max(least, Math.min(most, this.#container.clientWidth / FIRST_WIDTH));
  }

  #setVisible(range: VisibleSlots): void {
    this.#chart.timeScale().setVisibleLogicalRange(range);
  }

  #setData(window: CandleWindow): void {
    const decimals = priceDecimals(window);
    const formatter = (price: number): string => price.toFixed(decimals);
    this.#candles.applyOptions({
      priceFormat: { type: 'custom', formatter, base: 10 ** decimals, minMove: 10 ** -decimals },
    });
    const points = Array.from({ length: window.toSlot - window.fromSlot }, (_, index) =>
      pointsAt(window, index),
    );
    this.#candles.setData(points.map(([candle]) => candle));
    this.#volumes.setData(points.map(([, volume]) => volume));
  }

  /** Whether the two windows differ in a few of the newest candles only, which are drawn one by one. */
  #updateTail(previous: CandleWindow, window: CandleWindow): boolean {
    if (previous.toSlot === previous.fromSlot) return false;
    if (priceDecimals(previous) !== priceDecimals(window)) return false;
    const changed = changedSlots(previous, window);
    if (changed === undefined || changed.length > MOST_UPDATES) return false;
    for (const slot of changed) {
      const [candle, volume] = pointsAt(window, slot - window.fromSlot);
      const isOlder =
        slot < Math.max(previous.toSlot, ...changed) - 1 && slot < previous.toSlot - 1;
      this.#candles.update(candle, isOlder);
      this.#volumes.update(volume, isOlder);
    }
    return true;
  }
}

function pointsAt(window: CandleWindow, index: number): readonly [CandlePoint, VolumePoint] {
  const time = (openAt(window, index) / 1_000) as UTCTimestamp;
  const row = window.candles.get(window.fromSlot + index);
  if (row === undefined) return [{ time }, { time }];
  const { open, high, low, close, baseVolume } = row;
  return [
    { time, open: Number(open), high: Number(high), low: Number(low), close: Number(close) },
    { time, value: Number(baseVolume) },
  ];
}

/** The candle at an index, or else the last one before it. */
function nearestCandle(window: CandleWindow, index: number): CandleRow | undefined {
  for (let slot = window.fromSlot + index; slot >= window.fromSlot; slot--) {
    const candle = window.candles.get(slot);
    if (candle !== undefined) return candle;
  }
  return window.candles.values().next().value;
}

function chartOptions(colors: ChartColors): Parameters<IChartApi['applyOptions']>[0] {
  const line = { color: colors.line };
  const label = { color: colors.quiet, labelBackgroundColor: colors.ink };
  return {
    layout: {
      background: { type: ColorType.Solid, color: colors.ground },
      textColor: colors.quiet,
      fontFamily: colors.fontFamily,
      fontSize: 11,
      // Its style element is blocked by the content security policy: the page's footer has the text and the link.
      attributionLogo: false,
    },
    grid: { vertLines: { visible: false }, horzLines: line },
    rightPriceScale: { borderVisible: false },
    timeScale: {
      borderColor: colors.line,
      timeVisible: true,
      minBarSpacing: 0.8,
      tickMarkFormatter: axisTime,
    },
    crosshair: { mode: CrosshairMode.Normal, vertLine: label, horzLine: label },
    localization: { locale: 'en-GB', timeFormatter: timeLabel },
  };
}

function timeLabel(time: Time): string {
  if (typeof time !== 'number') return '';
  const timeMs = time * 1_000;
  const text = minuteText(timeMs);
  return text.endsWith(' 00:00') ? dayText(timeMs) : text;
}
