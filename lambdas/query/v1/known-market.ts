import { type FollowedStatus, followedStatus } from '../../shared/domain/followed/followed-status';
import { followedPairs, isPattern } from '../../shared/domain/followed/pair-patterns';
import { type Market, marketKey } from '../../shared/domain/market';
import type { MarketStatus } from '../../shared/domain/progress/progress';
import { unknownMarket } from '../http/problem';
import { canBeStored } from '../http/texts';
import type { QueriedExchange, QueryContext, QuerySettings, QueryStore } from '../ports';

/** The markets of exchanges that are followed, in the order of the stage: of a pattern those that are stored. */
export async function followedMarkets(
  store: Pick<QueryStore, 'readPairs'>,
  exchanges: readonly QueriedExchange[],
): Promise<Market[]> {
  const markets = await Promise.all(
    exchanges.map(async ({ exchange, pairs }) => {
      const stored = pairs.some(isPattern) ? await store.readPairs(exchange) : [];
      return followedPairs(pairs, stored).map((pair) => ({ exchange, pair }));
    }),
  );
  return markets.flat();
}

/** The followed markets with their status: one read an exchange, however many markets it has. */
export async function readFollowed({
  store,
  settings,
}: Pick<QueryContext, 'store' | 'settings'>): Promise<FollowedStatus[]> {
  const markets = await Promise.all(
    settings.exchanges.map(async ({ exchange, pairs }) =>
      followedStatus(exchange, pairs, await store.readExchangeStatus(exchange)),
    ),
  );
  return markets.flat();
}

/** Age of the oldest candles that the API of a market's exchange serves; as old as of the first one for an exchange that is no longer followed. */
export function retentionOf({ exchanges }: QuerySettings, { exchange }: Market): number {
  const followed = exchanges.find((one) => one.exchange === exchange) ?? exchanges[0];
  return followed?.retentionMs ?? 0;
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
  const isFollowed = settings.exchanges.some(
    ({ exchange, pairs }) => exchange === market.exchange && pairs.includes(market.pair),
  );
  if (!isFollowed && !canBeStored(market)) throw unknownMarket(marketKey(market));
  const status = (await store.readStatus([market])).get(marketKey(market));
  if (!isFollowed && status === undefined) throw unknownMarket(marketKey(market));
  return status;
}
