import { type Market, marketKey } from '../../lambdas/shared/domain/market';
import type {
  ExchangeStatus,
  ListingStore,
  UnreadableStatusError,
} from '../../lambdas/shared/domain/ports';
import type { MarketStatus } from '../../lambdas/shared/domain/progress/progress';

/** Progress as it is stored of a market that the exchange knows. */
export function statusOf(fields: Partial<MarketStatus> = {}): MarketStatus {
  return {
    progress: undefined,
    unknownSinceMs: null,
    endedAtMs: null,
    listedSinceMs: null,
    ...fields,
  };
}

/** The status of markets, by key; what is written of their listing is kept in it. */
export class FakeListings implements ListingStore {
  readonly status: Map<string, MarketStatus>;
  unreadable: readonly UnreadableStatusError[] = [];
  /** Ends of the bans that were noted, by exchange. */
  readonly bans = new Map<string, number>();
  readonly bansWritten: { exchange: string; untilMs: number; observedAtMs: number }[] = [];
  isBroken = false;
  readonly written: { key: string; observedAtMs: number }[] = [];

  constructor(status: Readonly<Record<string, MarketStatus>> = {}) {
    this.status = new Map(Object.entries(status));
  }
  readExchangeStatus(exchange: string): Promise<ExchangeStatus> {
    const own = [...this.status].filter(([key]) => key.startsWith(`${exchange}:`));
    const { unreadable } = this;
    const bannedUntilMs = this.bans.get(exchange) ?? null;
    return Promise.resolve({ status: new Map(own), unreadable, bannedUntilMs });
  }
  writeBan(exchange: string, untilMs: number, observedAtMs: number): Promise<void> {
    if (this.isBroken) return Promise.reject(new Error('no database'));
    this.bansWritten.push({ exchange, untilMs, observedAtMs });
    this.bans.set(exchange, untilMs);
    return Promise.resolve();
  }
  writeListing(
    market: Market,
    listing: Pick<MarketStatus, 'unknownSinceMs' | 'endedAtMs'>,
    observedAtMs: number,
  ): Promise<void> {
    const key = marketKey(market);
    this.status.set(key, { ...(this.status.get(key) ?? statusOf()), ...listing });
    this.written.push({ key, observedAtMs });
    return Promise.resolve();
  }
}
