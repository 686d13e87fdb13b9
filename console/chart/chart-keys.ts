/** Actions of keys on the chart. */
export type ChartMove =
  | { readonly kind: 'candle'; readonly step: number }
  | { readonly kind: 'zoom'; readonly factor: number }
  | { readonly kind: 'pan'; readonly screens: number }
  | { readonly kind: 'first' | 'newest' | 'away' };

/** Candles that a step with Shift takes. */
const LONG_STEP = 10;
const ZOOM = 1.4;

const MOVES: Readonly<Record<string, ChartMove>> = {
  '+': { kind: 'zoom', factor: 1 / ZOOM },
  '=': { kind: 'zoom', factor: 1 / ZOOM },
  '-': { kind: 'zoom', factor: ZOOM },
  PageUp: { kind: 'pan', screens: -0.9 },
  PageDown: { kind: 'pan', screens: 0.9 },
  Home: { kind: 'first' },
  End: { kind: 'newest' },
  Escape: { kind: 'away' },
};

/** The move of a key on the focused chart; undefined if it is not the chart's. */
export function chartMove(event: {
  readonly key: string;
  readonly shiftKey: boolean;
}): ChartMove | undefined {
  const step = event.shiftKey ? LONG_STEP : 1;
  if (event.key === 'ArrowLeft') return { kind: 'candle', step: -step };
  if (event.key === 'ArrowRight') return { kind: 'candle', step };
  return MOVES[event.key];
}
