import type { DayRow, MarketRow } from './answers/answers';
import { NoAnswerError, type QueryClient } from './answers/query-client';
import { beginOf } from './markets/market-heading';
import type { ApiClock } from './page/api-clock';
import type { PageStore } from './page/page-store';
import { MINUTE_MS } from './page/times';

/** Coverage, gaps and days change rarely, and cost more to read. */
const KNOWLEDGE_MS = MINUTE_MS;

/** Reads all but candles from the API into the page's state. */
export class MarketReader {
  readonly #client: QueryClient;
  readonly #store: PageStore;
  readonly #clock: ApiClock;
  /** By the browser's monotonic clock. */
  #knownAtMs = -Infinity;
  #isStage = false;

  constructor(client: QueryClient, store: PageStore, clock: ApiClock) {
    this.#client = client;
    this.#store = store;
    this.#clock = clock;
  }

  /** Runs what asks the API. If that does not answer, the page says so, and keeps what it shows. */
  async attempt(ask: () => Promise<void>): Promise<void> {
    try {
      await ask();
    } catch (error) {
      if (!(error instanceof NoAnswerError)) throw error;
      const sinceMs = this.#store.state.outage?.sinceMs ?? this.#clock.nowMs;
      this.#store.set({ outage: { sinceMs, reason: error.message } });
    }
  }

  async readMarkets(): Promise<void> {
    const markets = await this.#client.markets();
    this.#clock.set(Date.parse(markets.now));
    this.#store.set({ markets, outage: undefined });
  }

  /** Whether what is known of the market is so old that it is to be read again. */
  get isDue(): boolean {
    return performance.now() - this.#knownAtMs > KNOWLEDGE_MS;
  }

  /** Reads coverage, gaps and the newest days of a market. */
  async readKnowledge({ market }: MarketRow): Promise<void> {
    this.#knownAtMs = performance.now();
    const year = yearOf(this.#clock.nowMs);
    const [coverage, { gaps }] = await Promise.all([
      this.#client.coverage(market),
      this.#client.gaps(market),
      this.#readYear(market, year),
    ]);
    if (this.#isShown(market)) this.#store.set({ coverage, gaps });
  }

  /** Reads the days of all years but the newest, a year at a time: the newer, the sooner. */
  async readOlderYears(row: MarketRow): Promise<void> {
    const { nowMs } = this.#clock;
    const begin = beginOf(row) ?? row.liveSince;
    const oldest = begin === null ? yearOf(nowMs) : yearOf(Date.parse(begin));
    for (let year = yearOf(nowMs) - 1; year >= oldest && this.#isShown(row.market); year--) {
      await this.#readYear(row.market, year);
    }
  }

  /** Reads the state of the local run, if there is one. */
  async readRun(): Promise<void> {
    if (this.#isStage) return;
    const run = await this.#client.run();
    this.#isStage = run === undefined;
    this.#store.set({ run });
  }

  async #readYear(market: string, year: number): Promise<void> {
    const range = { fromMs: Date.UTC(year, 0, 1), toMs: Date.UTC(year + 1, 0, 1) };
    const { days } = await this.#client.days(market, range);
    if (this.#isShown(market)) this.#setYear(year, days);
  }

  #setYear(year: number, days: readonly DayRow[]): void {
    if (days.length === 0) return;
    this.#store.set({ years: new Map([...this.#store.state.years, [year, days]]) });
  }

  #isShown(market: string): boolean {
    return this.#store.state.view.market === market;
  }
}

function yearOf(timeMs: number): number {
  return new Date(timeMs).getUTCFullYear();
}
