/** The colours of the chart, which draws on a canvas: those of the style sheet's custom properties. */
export interface ChartColors {
  readonly ground: string;
  readonly ink: string;
  readonly quiet: string;
  readonly line: string;
  readonly up: string;
  readonly down: string;
  readonly volume: string;
  readonly gap: string;
  readonly unsealed: string;
  readonly behind: string;
  readonly disputed: string;
  readonly accent: string;
  readonly fontFamily: string;
}

const PROPERTIES = {
  ground: '--ground',
  ink: '--ink',
  quiet: '--ink-quiet',
  line: '--line',
  up: '--up',
  down: '--down',
  volume: '--volume',
  gap: '--gap',
  unsealed: '--unsealed-tint',
  behind: '--behind-tint',
  disputed: '--disputed',
  accent: '--accent',
} as const;

/** The colours that an element is shown in, light or dark: resolved, as a canvas wants them. */
export function chartColors(element: HTMLElement): ChartColors {
  const style = getComputedStyle(element);
  const resolved = (property: string): string => {
    element.style.color = `var(${property})`;
    return style.color;
  };
  const colors = Object.entries(PROPERTIES).map(([name, property]) => [name, resolved(property)]);
  element.style.color = '';
  return { ...Object.fromEntries(colors), fontFamily: style.fontFamily } as ChartColors;
}
