import { type Market, marketKey } from '../../shared/domain/market';
import type { MarketStatus } from '../../shared/domain/progress/progress';

/** The state that an entry was read by. */
export interface EntryBasis {
  /** The minute at which it holds. */
  readonly nowMs: number;
  readonly status: MarketStatus | undefined;
}

/**
 * The entries that a process read last, by market. Progress is written after candles: as
 * long as the minute and the status are the same, there is no newer one to read.
 */
export class EntryMemory<Entry> {
  readonly #entries = new Map<string, { readonly basis: string; readonly entry: Entry }>();

  async entry(
    market: Market,
    { nowMs, status }: EntryBasis,
    read: () => Promise<Entry>,
  ): Promise<Entry> {
    const key = marketKey(market);
    const basis = JSON.stringify([nowMs, status]);
    const kept = this.#entries.get(key);
    if (kept?.basis === basis) return kept.entry;
    const entry = await read();
    this.#entries.set(key, { basis, entry });
    return entry;
  }
}
