import { MINUTE_MS } from '../../shared/domain/interval';
import { type Market, marketKey } from '../../shared/domain/market';
import type { QueryContext } from '../ports';
import { type MarketLedger, readMarketLedger } from './market-coverage';

/** A ledger is read anew after so long. */
const KEPT_MS = MINUTE_MS;

/** The ledgers of markets as a process read them last: they are long, and change slowly. */
export class LedgerMemory {
  readonly #ledgers = new Map<
    string,
    { readonly readAtMs: number; readonly ledger: MarketLedger }
  >();

  /** The ledger of a market, at most a minute old. */
  async read(context: QueryContext, market: Market): Promise<MarketLedger> {
    const key = marketKey(market);
    const kept = this.#ledgers.get(key);
    if (kept !== undefined && context.nowMs - kept.readAtMs < KEPT_MS) return kept.ledger;
    const ledger = await readMarketLedger(context, market);
    this.#ledgers.set(key, { readAtMs: context.nowMs, ledger });
    return ledger;
  }
}
