import type { Interval } from '../../../lambdas/shared/domain/interval';
import { unitsOf } from '../../oracle/recordings';

/** A candle as the API tells it: open time, prices and volumes in units of 10^-8, minutes. */
export type ToldCandle = string;

/** A stretch of time `[fromMs, toMs)` of a market. */
export interface AskedRange {
  readonly market: string;
  readonly interval: Interval;
  readonly fromMs: number;
  readonly toMs: number;
  /** The most candles of a page. */
  readonly limit: number;
}

interface JsonPage {
  readonly candles: readonly Readonly<Record<string, unknown>>[];
  readonly next: string | null;
}

/** The numbers of a candle, in the order in which the API names them. */
const NUMBERS = ['open', 'high', 'low', 'close', 'baseVolume', 'quoteVolume'] as const;

/** A candle of JSON or CSV in one line. */
function toldCandle(candle: Readonly<Record<string, unknown>>): ToldCandle {
  const numbers = NUMBERS.map((name) => unitsOf(String(candle[name])));
  const timeMs = Date.parse(String(candle['time']));
  return [timeMs, ...numbers, String(candle['minutes']), String(candle['closed'])].join(' ');
}

/** Asks the query API as a client would that reads everything of a range, page by page. */
export class QueryClient {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  ask(address: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`${this.#url}${address}`, init);
  }

  async json(address: string): Promise<unknown> {
    const response = await this.ask(address);
    if (!response.ok) throw new Error(`${address}: ${response.status} ${await response.text()}`);
    return response.json();
  }

  /** Forward, each page from where the one before says. */
  async allAsJson(range: AskedRange): Promise<ToldCandle[]> {
    const told: ToldCandle[] = [];
    let next: string | null = String(range.fromMs);
    while (next !== null) {
      const page = (await this.json(`${addressOf(range)}&from=${next}`)) as JsonPage;
      if (page.candles.length > range.limit) throw new Error(`${page.candles.length} in a page`);
      told.push(...page.candles.map(toldCandle));
      next = page.next;
    }
    return told;
  }

  /** Forward, by the links of the pages. */
  async allAsCsv(range: AskedRange): Promise<ToldCandle[]> {
    const told: ToldCandle[] = [];
    let address: string | undefined = `${addressOf(range)}&format=csv&from=${range.fromMs}`;
    while (address !== undefined) {
      const response: Response = await this.ask(address);
      if (!response.ok) throw new Error(`${address}: ${response.status}`);
      told.push(...csvCandles(await response.text()));
      address = /^<(.+)>; rel="next"$/.exec(response.headers.get('link') ?? '')?.[1];
    }
    return told;
  }

  /** Backward, newest first. */
  async allBackward(range: AskedRange): Promise<ToldCandle[]> {
    const told: ToldCandle[] = [];
    let next: string | null = String(range.toMs);
    while (next !== null) {
      const { market, interval, fromMs, limit } = range;
      const address: string = `/v1/candles?market=${market}&interval=${interval}&limit=${limit}&order=desc&from=${fromMs}&to=${next}`;
      const page = (await this.json(address)) as JsonPage;
      told.push(...page.candles.map(toldCandle));
      next = page.next;
    }
    return told.reverse();
  }
}

function addressOf({ market, interval, toMs, limit }: AskedRange): string {
  return `/v1/candles?market=${market}&interval=${interval}&to=${toMs}&limit=${limit}`;
}

function csvCandles(text: string): ToldCandle[] {
  const [header = '', ...lines] = text.split('\r\n');
  const names = header.split(',');
  return lines
    .filter((line) => line !== '')
    .map((line) => {
      const cells = line.split(',');
      return toldCandle(Object.fromEntries(names.map((name, index) => [name, cells[index]])));
    });
}
