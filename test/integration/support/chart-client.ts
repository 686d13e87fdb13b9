import { unitsOf } from '../../oracle/recordings';

/** A bar of a chart: its time in seconds, then open, high, low, close and volume in units of 10^-8. */
export type Bar = string;

/** What a chart is answered. */
export type History =
  | { readonly kind: 'bars'; readonly bars: readonly Bar[] }
  | { readonly kind: 'no data'; readonly nextSeconds: number | undefined };

/** Times in seconds, half-open; the fewest bars that are to come. */
export interface BarsRequest {
  readonly symbol: string;
  readonly resolution: string;
  readonly from: number;
  readonly to: number;
  readonly countback?: number;
}

/**
 * A client of UDF that asks as a charting library does, and checks what such a
 * one relies on. Numbers are read as they are written: a float would lose digits.
 */
export class ChartClient {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** The configuration; a library refuses one that neither searches nor groups. */
  async config(): Promise<Readonly<Record<string, unknown>>> {
    return this.#json('/udf/config');
  }

  async symbol(symbol: string): Promise<Readonly<Record<string, unknown>>> {
    return this.#json(`/udf/symbols?symbol=${encodeURIComponent(symbol)}`);
  }

  /** The bars of a range. @throws Error if the answer is none of UDF's */
  async history(request: BarsRequest): Promise<History> {
    const parameters = new URLSearchParams();
    for (const [name, value] of Object.entries(request)) parameters.set(name, String(value));
    const response = await fetch(`${this.#url}/udf/history?${parameters.toString()}`);
    return historyOf(await response.text());
  }

  /** Scrolls back from a time until the chart is told that there is nothing older. */
  async scrolledBack(
    { symbol, resolution, to }: Pick<BarsRequest, 'symbol' | 'resolution' | 'to'>,
    bars: { readonly countback: number; readonly seconds: number },
  ): Promise<Bar[]> {
    const all: Bar[] = [];
    let endSeconds = to;
    for (;;) {
      const from = endSeconds - bars.countback * bars.seconds;
      const { countback } = bars;
      const answer = await this.history({ symbol, resolution, from, to: endSeconds, countback });
      if (answer.kind === 'no data') return all;
      all.unshift(...answer.bars);
      endSeconds = Number(answer.bars[0]?.split(' ')[0]);
    }
  }

  async #json(address: string): Promise<Readonly<Record<string, unknown>>> {
    const response = await fetch(`${this.#url}${address}`);
    return (await response.json()) as Readonly<Record<string, unknown>>;
  }
}

const NUMBERS = ['o', 'h', 'l', 'c', 'v'];

function historyOf(text: string): History {
  const { s, nextTime, errmsg } = JSON.parse(text) as Readonly<Record<string, unknown>>;
  if (s === 'no_data') {
    return { kind: 'no data', nextSeconds: typeof nextTime === 'number' ? nextTime : undefined };
  }
  if (s !== 'ok') throw new Error(`UDF answered ${String(errmsg)}`);
  const [times = [], ...numbers] = ['t', ...NUMBERS].map((name) => column(text, name));
  const lengths = new Set([times, ...numbers].map(({ length }) => length));
  const isOrdered = times.every((time, index) => Number(time) > Number(times[index - 1] ?? -1));
  if (lengths.size !== 1 || !isOrdered) throw new Error('The columns are no columns of bars');
  const bars = times.map((time, index) =>
    [time, ...numbers.map((cells) => String(unitsOf(cells[index] ?? '')))].join(' '),
  );
  return { kind: 'bars', bars };
}

/** The numbers of a column, as they are written. */
function column(text: string, name: string): string[] {
  const written = new RegExp(`"${name}":\\[([^\\]]*)\\]`).exec(text)?.[1] ?? '';
  return written === '' ? [] : written.split(',');
}
