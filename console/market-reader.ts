import type { MarketRow } from './answers/answers';
import { NoAnswerError, type QueryClient, type TimeRange } from './answers/query-client';
import { changedDays } from './coverage/changed-days';
import type { ApiClock } from './page/api-clock';
import type { PageStore } from './page/page-store';
import { HOUR_MS } from './page/times';

/** The part of the query API that serves all but candles. */
export type LedgerClient = Pick<QueryClient, 'markets' | 'coverage' | 'gaps' | 'days' | 'run'>;

/** Reads all but candles from the API into the page's state. */
export class MarketReader {
  readonly #client: LedgerClient;
  readonly #store: Pick<PageStore, 'state' | 'set'>;
  readonly #clock: ApiClock;
  /** The market whose ledger was read last, as it was then. */
  #read = { ledger: '', atMs: 0 };
  #isStage = false;
  #failures = 0;

  constructor(client: LedgerClient, store: Pick<PageStore, 'state' | 'set'>, clock: ApiClock) {
    this.#client = client;
    this.#store = store;
    this.#clock = clock;
  }

  /** Runs what asks the API. If that does not answer, the page says so, and keeps what it shows. */
  async attempt(ask: () => Promise<unknown>): Promise<void> {
    try {
      await ask();
    } catch (error) {
      if (!(error instanceof NoAnswerError)) throw error;
      this.#failures++;
      const sinceMs = this.#store.state.outage?.sinceMs ?? this.#clock.nowMs;
      this.#store.set({ outage: { sinceMs, reason: error.message } });
    }
  }

  /** Runs all that asks the API regularly: the page says that it answers again once none of it fails. */
  async poll(ask: () => Promise<void>): Promise<void> {
    const before = this.#failures;
    await this.attempt(ask);
    if (this.#failures === before) this.#store.set({ outage: undefined });
  }

  async readMarkets(): Promise<void> {
    const markets = await this.#client.markets();
    this.#clock.set(Date.parse(markets.now));
    this.#store.set({ markets });
  }

  /**
   * Reads coverage, gaps and days of a market, if its row says that they have
   * changed: they are its whole ledger, and cost more to read than all else.
   *
   * @returns the time whose candles may have changed since the market's days
   *   were last read; undefined if there is none
   */
  async readLedger(row: MarketRow): Promise<TimeRange | undefined> {
    const ledger = ledgerOf(row);
    const isOld = performance.now() - this.#read.atMs > HOUR_MS;
    const isKnown = this.#store.state.coverage !== undefined;
    if (ledger === this.#read.ledger && isKnown && !isOld) return undefined;
    const { market } = row;
    const [coverage, { gaps }, { days }] = await Promise.all([
      this.#client.coverage(market),
      this.#client.gaps(market),
      this.#client.days(market),
    ]);
    const { view, days: before } = this.#store.state;
    if (view.market !== market) return undefined;
    this.#read = { ledger, atMs: performance.now() };
    this.#store.set({ coverage, gaps, days });
    return before && changedDays(before, days);
  }

  /** Reads the state of the local run, if there is one; if it has none to tell, the reason. */
  async readRun(): Promise<void> {
    if (this.#isStage) return;
    try {
      const run = await this.#client.run();
      this.#isStage = run === undefined;
      this.#store.set({ run });
    } catch (error) {
      if (!(error instanceof NoAnswerError)) throw error;
      this.#store.set({ run: error.message });
    }
  }
}

/** Parts of a market's row that change if its ledger does. */
function ledgerOf(row: MarketRow): string {
  const { market, sealedTo, gapCount, gapMinutes, disputedDays, historyDaysLeft } = row;
  const { unsealedDays, listedSince, liveSince, endedAt } = row;
  return [
    ...[market, sealedTo, gapCount, gapMinutes, disputedDays, historyDaysLeft],
    ...[unsealedDays, listedSince, liveSince, endedAt],
  ].join();
}
