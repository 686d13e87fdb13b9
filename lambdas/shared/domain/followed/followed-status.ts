import { type Market, marketKey, pairOfKey } from '../market';
import type { ExchangeStatus, UnreadableStatusError } from '../ports';
import type { MarketStatus } from '../progress/progress';
import { followedPairs } from './pair-patterns';

/** A market that is followed, with what is stored of it. */
export interface FollowedStatus {
  readonly market: Market;
  /** Undefined if nothing is stored yet, or if it cannot be read. */
  readonly status: MarketStatus | undefined;
  readonly unreadable: UnreadableStatusError | undefined;
}

/**
 * The followed markets of an exchange: those that are named, and of patterns those that are stored.
 *
 * @param pairs names such as `BTC_USDT`, and patterns such as `*_USDT`
 */
export function followedStatus(
  exchange: string,
  pairs: readonly string[],
  { status, unreadable }: ExchangeStatus,
): FollowedStatus[] {
  const causes = new Map(unreadable.map((cause) => [marketKey(cause.market), cause]));
  const stored = [...status.keys(), ...causes.keys()].map(pairOfKey);
  return followedPairs(pairs, stored).map((pair) => {
    const market = { exchange, pair };
    const key = marketKey(market);
    return { market, status: status.get(key), unreadable: causes.get(key) };
  });
}
