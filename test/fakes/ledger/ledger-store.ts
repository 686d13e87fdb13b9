import {
  audited,
  type DayAsk,
  type LedgerDay,
  unknownDay,
} from '../../../lambdas/shared/domain/ledger/ledger';
import { type Market, marketKey } from '../../../lambdas/shared/domain/market';
import type {
  ExchangeStatus,
  LedgerStore,
  UnreadableStatusError,
} from '../../../lambdas/shared/domain/ports';
import type { MarketStatus } from '../../../lambdas/shared/domain/progress/progress';
import type { RolledSegment } from '../../../lambdas/shared/domain/segment';
import { statusOf } from '../listings';

/** A ledger in memory, with the status of markets. */
export class FakeLedger implements LedgerStore {
  readonly status = new Map<string, MarketStatus>();
  unreadable: readonly UnreadableStatusError[] = [];
  /** Ends of the bans that were noted, by exchange. */
  readonly bans = new Map<string, number>();
  readonly bansWritten: { exchange: string; untilMs: number; observedAtMs: number }[] = [];
  readonly reads: { key: string; fromMs: number; toMs: number }[] = [];
  readonly asks: { key: string; dayMs: number; ask: DayAsk }[] = [];
  brokenFor: ((call: 'ask' | 'days', market: Market) => boolean) | undefined;
  readonly #days = new Map<string, Map<number, LedgerDay>>();

  put(market: Market, ...days: readonly LedgerDay[]): void {
    for (const day of days) this.#of(market).set(day.dayMs, day);
  }
  day(market: Market, dayMs: number): LedgerDay {
    return this.#of(market).get(dayMs) ?? unknownDay(dayMs);
  }
  /** Enters an audit, as persist does once its rows are stored. */
  store(segment: RolledSegment): void {
    const day = this.day(segment, segment.fromMs);
    const audit = audited(day, segment);
    if (audit !== undefined) this.put(segment, { ...day, audit });
  }

  readExchangeStatus(exchange: string): Promise<ExchangeStatus> {
    const own = [...this.status].filter(([key]) => key.startsWith(`${exchange}:`));
    const { unreadable } = this;
    const bannedUntilMs = this.bans.get(exchange) ?? null;
    return Promise.resolve({ status: new Map(own), unreadable, bannedUntilMs });
  }
  writeBan(exchange: string, untilMs: number, observedAtMs: number): Promise<void> {
    this.bansWritten.push({ exchange, untilMs, observedAtMs });
    this.bans.set(exchange, untilMs);
    return Promise.resolve();
  }
  readDays(market: Market, { fromMs, toMs }: { fromMs: number; toMs: number }) {
    if (this.brokenFor?.('days', market) === true) return Promise.reject(new Error('no database'));
    this.reads.push({ key: marketKey(market), fromMs, toMs });
    const days = [...this.#of(market).values()].filter(
      (one) => one.dayMs >= fromMs && one.dayMs < toMs,
    );
    return Promise.resolve(days.sort((a, b) => b.dayMs - a.dayMs));
  }
  writeAsk(market: Market, dayMs: number, ask: DayAsk): Promise<void> {
    if (this.brokenFor?.('ask', market) === true) return Promise.reject(new Error('no database'));
    this.asks.push({ key: marketKey(market), dayMs, ask });
    this.put(market, { ...this.day(market, dayMs), ask });
    return Promise.resolve();
  }
  writeListedSince(market: Market, listedSinceMs: number): Promise<void> {
    const key = marketKey(market);
    this.status.set(key, { ...(this.status.get(key) ?? statusOf()), listedSinceMs });
    return Promise.resolve();
  }

  #of(market: Market): Map<number, LedgerDay> {
    const key = marketKey(market);
    const days = this.#days.get(key) ?? new Map<number, LedgerDay>();
    this.#days.set(key, days);
    return days;
  }
}
