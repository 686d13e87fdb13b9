import type {
  QueryStore,
  StoredCandle,
  StoredCandlesQuery,
  StoredGap,
  TimeRange,
} from '../../lambdas/query/ports';
import type { Candle, CandlesByInterval } from '../../lambdas/shared/domain/candle';
import { INTERVALS, type Interval } from '../../lambdas/shared/domain/interval';
import type { LedgerDay } from '../../lambdas/shared/domain/ledger/ledger';
import { type Market, marketKey, pairOfKey } from '../../lambdas/shared/domain/market';
import {
  type ExchangeStatus,
  type StatusByMarket,
  UnreadableStatusError,
} from '../../lambdas/shared/domain/ports';
import type { MarketStatus } from '../../lambdas/shared/domain/progress/progress';
import { windowsUpFrom } from '../../lambdas/shared/domain/roll-up';

/** The tables of some markets, in memory; they can be made to fail. */
export class FakeQueryStore implements QueryStore {
  readonly status = new Map<string, MarketStatus>();
  readonly days = new Map<string, readonly LedgerDay[]>();
  readonly gaps = new Map<string, readonly StoredGap[]>();
  readonly reads: StoredCandlesQuery[] = [];
  /** What was read of the table `progress`: markets one by one, or whole exchanges. */
  readonly progressReads: string[] = [];
  ledgerReads = 0;
  failure: Error | undefined;
  /** What all reads of a market fail with, by its key. */
  readonly failures = new Map<string, Error>();
  /** What is written right after candles were read. */
  afterCandles: (() => void) | undefined;
  readonly #candles = new Map<string, readonly StoredCandle[]>();

  /** Stores minutes with all of their windows. */
  storeMinutes(market: Market, minutes: readonly Candle[]): void {
    const windows: CandlesByInterval = windowsUpFrom(minutes);
    for (const interval of INTERVALS) this.store(market, interval, windows[interval] ?? []);
  }

  store(market: Market, interval: Interval, candles: readonly Candle[], closed = true): void {
    const stored = candles.map((candle) => ({ ...candle, closed }));
    this.#candles.set(`${marketKey(market)} ${interval}`, stored);
  }

  readStatus(markets: readonly Market[]): Promise<StatusByMarket> {
    const keys = new Set(markets.map(marketKey));
    this.progressReads.push(...keys);
    return this.#answer(markets, new Map([...this.status].filter(([key]) => keys.has(key))));
  }

  readExchangeStatus(exchange: string): Promise<ExchangeStatus> {
    this.progressReads.push(exchange);
    const unreadable = [...this.failures.values()].filter(
      (cause) => cause instanceof UnreadableStatusError,
    );
    const hidden = new Set(unreadable.map(({ market }) => marketKey(market)));
    const status = [...this.#ofExchange(exchange)].filter(([key]) => !hidden.has(key));
    return this.#answer([], {
      status: new Map(status),
      unreadable: unreadable.filter(({ market }) => market.exchange === exchange),
      bannedUntilMs: null,
    });
  }

  readPairs(exchange: string): Promise<readonly string[]> {
    this.progressReads.push(exchange);
    return this.#answer([], [...this.#ofExchange(exchange).keys()].map(pairOfKey));
  }

  isKnown(market: Market): Promise<boolean> {
    this.progressReads.push(marketKey(market));
    return this.#answer([], this.status.has(marketKey(market)));
  }

  readDays(market: Market, { fromMs, toMs }: TimeRange): Promise<readonly LedgerDay[]> {
    this.ledgerReads += 1;
    const days = this.days.get(marketKey(market)) ?? [];
    const wanted = days.filter(({ dayMs }) => dayMs >= fromMs && dayMs < toMs);
    return this.#answer(
      [market],
      wanted.toSorted((a, b) => b.dayMs - a.dayMs),
    );
  }

  readGaps(market: Market, range: TimeRange): Promise<readonly StoredGap[]> {
    const gaps = this.gaps.get(marketKey(market)) ?? [];
    return this.#answer(
      [market],
      gaps.filter((gap) => gap.fromMs >= range.fromMs && gap.fromMs < range.toMs),
    );
  }

  readCandles(query: StoredCandlesQuery): Promise<readonly StoredCandle[]> {
    this.reads.push(query);
    const stored = this.#candles.get(`${marketKey(query)} ${query.interval}`) ?? [];
    const wanted = stored.filter(
      ({ openTimeMs }) => openTimeMs >= query.fromMs && openTimeMs < query.toMs,
    );
    const ordered = query.order === 'newest-first' ? wanted.toReversed() : wanted;
    const answer = this.#answer([query], ordered.slice(0, query.limit));
    this.afterCandles?.();
    return answer;
  }

  #ofExchange(exchange: string): StatusByMarket {
    return new Map([...this.status].filter(([key]) => key.startsWith(`${exchange}:`)));
  }

  #answer<T>(markets: readonly Market[], value: T): Promise<T> {
    const failures = markets.map((market) => this.failures.get(marketKey(market)));
    const failure = this.failure ?? failures.find((one) => one !== undefined);
    return failure === undefined ? Promise.resolve(value) : Promise.reject(failure);
  }
}
