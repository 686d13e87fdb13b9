import type { MarketLedger } from '../shared/domain/ledger/due-days';
import {
  isDisputed,
  isSealed,
  isUnderWay,
  type LedgerDay,
  MISSING_MONTH,
  UNKNOWN_PAIR,
} from '../shared/domain/ledger/ledger';
import type { Market } from '../shared/domain/market';

/** The ledger of one market as far as it was read. */
export interface LedgerReading {
  /** Newest first, each day once. */
  readonly days: readonly LedgerDay[];
  /** If they are all of the ledger, read at this firing. */
  readonly isFull: boolean;
  /** If the last full reading found days that are not sealed before the newest. */
  readonly hasOldWork: boolean;
  /** If the exchange no longer has the market. */
  readonly hasEnded: boolean;
}

/**
 * The ledger of one market as it was read last. Nearly all of its days are sealed: those that are
 * not are held apart, as they alone are looked at again and again.
 */
export class ReadLedger {
  readonly market: Market;
  readonly isFull: boolean;
  readonly hasOldWork: boolean;
  readonly #hasEnded: boolean;
  readonly #days: Map<number, LedgerDay>;
  #open: readonly LedgerDay[] | undefined;

  constructor(market: Market, { days, isFull, hasOldWork, hasEnded }: LedgerReading) {
    this.market = market;
    this.isFull = isFull;
    this.hasOldWork = hasOldWork;
    this.#hasEnded = hasEnded;
    this.#days = new Map(days.map((day) => [day.dayMs, day]));
  }

  /** All days that were read. */
  whole(): MarketLedger {
    return { market: this.market, days: [...this.#days.values()] };
  }

  /** The days that are not sealed. */
  open(): MarketLedger {
    return { market: this.market, days: this.#openDays() };
  }

  /**
   * The days that are not sealed, and may still be answered for: once a market
   * has ended, its exchange no longer has those that it refuses as of a pair that
   * it does not know.
   */
  answerable(): readonly LedgerDay[] {
    const open = this.#openDays();
    return this.#hasEnded ? open.filter(({ ask }) => ask?.refusal !== UNKNOWN_PAIR) : open;
  }

  disputed(): readonly LedgerDay[] {
    return [...this.#days.values()].filter(isDisputed);
  }

  underWay(): readonly LedgerDay[] {
    return this.#openDays().filter(isUnderWay);
  }

  /** If the archive did not have the month of one of its days. */
  lacksMonth(): boolean {
    return this.#openDays().some(({ ask }) => ask?.refusal === MISSING_MONTH);
  }

  day(dayMs: number): LedgerDay | undefined {
    return this.#days.get(dayMs);
  }

  /** Takes over what is known of a day by now, if the day is of this ledger. */
  update(day: LedgerDay): void {
    if (!this.#days.has(day.dayMs)) return;
    this.#days.set(day.dayMs, day);
    this.#open = undefined;
  }

  /** Forgets the days before a time. */
  endAt(fromMs: number): void {
    for (const dayMs of this.#days.keys()) if (dayMs < fromMs) this.#days.delete(dayMs);
    this.#open = undefined;
  }

  #openDays(): readonly LedgerDay[] {
    this.#open ??= [...this.#days.values()].filter((day) => !isSealed(day));
    return this.#open;
  }
}
