import type {
  IChartApi,
  IPrimitivePaneRenderer,
  IPrimitivePaneView,
  ISeriesPrimitive,
  Logical,
  SeriesAttachedParameter,
} from 'lightweight-charts';
import type { ChartColors } from '../chart-colors';

/** The states that the chart marks; sealed time has no band. */
export type BandKind = 'gap' | 'disputed' | 'unsealed' | 'behind' | 'missing' | 'before';

/** A band over the candles `[fromIndex, toIndex)` of the chart. */
export interface Band {
  readonly kind: BandKind;
  readonly fromIndex: number;
  readonly toIndex: number;
  /** Empty if the band goes on after a gap. */
  readonly label: string;
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly height: number;
  /** Device pixels a CSS pixel. */
  readonly scale: number;
}

type Target = Parameters<IPrimitivePaneRenderer['draw']>[0];
type Context = CanvasRenderingContext2D;

/** In CSS pixels. */
const HATCH_STEP = 8;
const HATCH_WIDTH = 1.6;
const EDGE = 3;
const LABEL_SIZE = 11;
const LABEL_PADDING = 8;

/** Draws the bands behind the candles. */
export class BandsPrimitive implements ISeriesPrimitive {
  #chart: IChartApi | undefined;
  #requestUpdate: (() => void) | undefined;
  #bands: readonly Band[] = [];
  #colors: ChartColors;

  constructor(colors: ChartColors) {
    this.#colors = colors;
  }

  attached({ chart, requestUpdate }: SeriesAttachedParameter): void {
    this.#chart = chart;
    this.#requestUpdate = requestUpdate;
  }

  show(bands: readonly Band[], colors: ChartColors): void {
    this.#bands = bands;
    this.#colors = colors;
    this.#requestUpdate?.();
  }

  paneViews(): readonly IPrimitivePaneView[] {
    const bands = (target: Target): void => this.#draw(target, drawBand);
    const labels = (target: Target): void => this.#draw(target, drawLabel);
    return [
      { zOrder: () => 'bottom', renderer: () => ({ draw: bands }) },
      { zOrder: () => 'top', renderer: () => ({ draw: labels }) },
    ];
  }

  #draw(target: Target, draw: typeof drawBand): void {
    target.useBitmapCoordinateSpace(({ context, bitmapSize, horizontalPixelRatio: scale }) => {
      for (const band of this.#bands) {
        const edges = this.#edgesOf(band);
        const left = Math.max(0, Math.round(edges.left * scale));
        const right = Math.min(bitmapSize.width, Math.round(edges.right * scale));
        if (left >= right) continue;
        context.save();
        draw(context, band, { left, right, height: bitmapSize.height, scale }, this.#colors);
        context.restore();
      }
    });
  }

  /** In CSS pixels; a candle's part of the axis is as wide as the step from one to the next. */
  #edgesOf({ fromIndex, toIndex }: Band): { readonly left: number; readonly right: number } {
    const timeScale = this.#chart?.timeScale();
    const at = (index: number): number => timeScale?.logicalToCoordinate(index as Logical) ?? 0;
    const half = (at(1) - at(0)) / 2;
    return { left: at(fromIndex) - half, right: at(toIndex) - half };
  }
}

function drawBand(context: Context, band: Band, box: Box, colors: ChartColors): void {
  const { left, right, height, scale } = box;
  const width = right - left;
  context.beginPath();
  context.rect(left, 0, width, height);
  context.clip();
  switch (band.kind) {
    case 'gap':
      hatch(context, box, colors.gap);
      context.fillRect(left, 0, width, EDGE * scale);
      break;
    case 'disputed':
      context.fillStyle = colors.disputed;
      context.fillRect(left, 0, width, EDGE * scale);
      break;
    case 'unsealed':
      fill(context, box, colors.unsealed);
      if (band.label !== '') boundary(context, box, colors.accent);
      break;
    case 'behind':
    case 'missing':
    case 'before':
      fill(context, box, colors.behind);
      if (band.label !== '') boundary(context, box, colors.quiet);
      break;
  }
}

function fill(context: Context, { left, right, height }: Box, color: string): void {
  context.fillStyle = color;
  context.fillRect(left, 0, right - left, height);
}

function hatch(context: Context, { left, right, height, scale }: Box, color: string): void {
  context.strokeStyle = color;
  context.fillStyle = color;
  context.lineWidth = HATCH_WIDTH * scale;
  const step = HATCH_STEP * scale;
  context.beginPath();
  // The lines of all bands are of one raster, so that they do not swim when the chart is moved by pixels.
  for (let x = Math.floor((left - height) / step) * step; x < right; x += step) {
    context.moveTo(x, height);
    context.lineTo(x + height, 0);
  }
  context.stroke();
}

function boundary(context: Context, { left, height, scale }: Box, color: string): void {
  if (left <= 0) return;
  context.strokeStyle = color;
  context.lineWidth = scale;
  context.setLineDash([3 * scale, 3 * scale]);
  context.beginPath();
  context.moveTo(left + scale / 2, 0);
  context.lineTo(left + scale / 2, height);
  context.stroke();
}

/** The reason, on ground of its own, if the band is wide enough for it. */
function drawLabel(context: Context, band: Band, box: Box, colors: ChartColors): void {
  const { left, right, scale } = box;
  const padding = LABEL_PADDING * scale;
  context.font = `${LABEL_SIZE * scale}px ${colors.fontFamily}`;
  const width = context.measureText(band.label).width;
  if (band.label === '' || width + 2 * padding > right - left) return;
  const isGap = band.kind === 'gap';
  const top = (EDGE + 7) * scale;
  if (isGap) {
    context.fillStyle = colors.ground;
    context.fillRect(
      left + padding / 2,
      top - 4 * scale,
      width + padding,
      (LABEL_SIZE + 8) * scale,
    );
  }
  context.fillStyle = isGap ? colors.ink : colors.quiet;
  context.textBaseline = 'top';
  context.fillText(band.label, left + padding, top);
}
