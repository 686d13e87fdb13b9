import { UsageError } from '../../cli/command-line';
import { nearestFirst } from '../../cli/near-names';
import { followedPairs, isPattern } from '../../lambdas/shared/domain/followed/pair-patterns';
import { type Market, marketKey } from '../../lambdas/shared/domain/market';
import type { Pipeline, PipelineStore } from './pipeline';

const NAMED_MARKETS = 5;

/** Whether a pipeline names each market that it follows. */
export function namesAll({ exchanges }: Pipeline): boolean {
  return ![...exchanges.values()].some(({ pairs }) => pairs.some(isPattern));
}

/** The markets that a pipeline follows: those that are named, and of patterns those that are stored. */
export async function followedMarkets(
  pipeline: Pipeline,
  store: Pick<PipelineStore, 'knownMarkets'>,
): Promise<readonly Market[]> {
  if (namesAll(pipeline)) return pipeline.markets;
  const known = await store.knownMarkets();
  return [...pipeline.exchanges.values()].flatMap(({ name: exchange, pairs }) => {
    const stored = known.filter((market) => market.exchange === exchange);
    const names = stored.map(({ pair }) => pair);
    return followedPairs(pairs, names).map((pair) => ({ exchange, pair }));
  });
}

/**
 * Finds a market by its key `gate-io:BTC_USDT`, or by its pair if that is of one
 * market alone: one that is followed, or of which something is stored.
 *
 * @throws UsageError that lists the nearest ones
 */
export async function findMarket(
  text: string,
  { markets, name }: Pipeline,
  store: Pick<PipelineStore, 'knownMarkets'>,
): Promise<Market> {
  const followed = markets.filter((market) => isNamed(market, text));
  const named =
    followed.length > 0
      ? followed
      : (await store.knownMarkets()).filter((market) => isNamed(market, text));
  const [market, other] = named;
  if (market === undefined) throw new UsageError(unknown(text, name, markets));
  if (other === undefined) return market;
  throw new UsageError(
    `${text} is a pair of ${named.map(marketKey).join(' and ')}: give one of these`,
  );
}

function isNamed(market: Market, text: string): boolean {
  return marketKey(market) === text || market.pair === text;
}

function unknown(text: string, name: string, markets: readonly Market[]): string {
  const nearest = nearestFirst(
    text.includes(':') ? text : `${markets[0]?.exchange ?? ''}:${text}`,
    markets.map(marketKey),
  );
  const others = nearest.length - NAMED_MARKETS;
  const more = others > 0 ? ` and ${others} more` : '';
  return `There is no market ${JSON.stringify(text)} in ${name}: choose one of ${nearest.slice(0, NAMED_MARKETS).join(', ')}${more}`;
}
