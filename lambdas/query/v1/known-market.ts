import { type Market, marketKey } from '../../shared/domain/market';
import type { MarketStatus } from '../../shared/domain/progress';
import { unknownMarket } from '../http/problem';
import { canBeStored } from '../http/texts';
import type { QueryContext, QuerySettings } from '../ports';

/** The markets that are followed, in the order of the stage. */
export function followedMarkets({ exchange, pairs }: QuerySettings): Market[] {
  return pairs.map((pair) => ({ exchange, pair }));
}

/**
 * The status of a market; undefined if it is followed, and nothing is stored of it yet.
 *
 * @throws Problem with status 404 for a market that is neither followed nor stored
 */
export async function statusOf(
  { store, settings }: QueryContext,
  market: Market,
): Promise<MarketStatus | undefined> {
  const isFollowed = market.exchange === settings.exchange && settings.pairs.includes(market.pair);
  if (!isFollowed && !canBeStored(market)) throw unknownMarket(marketKey(market));
  const status = (await store.readStatus([market])).get(marketKey(market));
  if (!isFollowed && status === undefined) throw unknownMarket(marketKey(market));
  return status;
}
