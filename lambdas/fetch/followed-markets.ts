import { judgeListing, type ListingVerdict } from '../shared/domain/followed/listing-verdict';
import { isOfPattern, isPattern, pairsByName } from '../shared/domain/followed/pair-patterns';
import { isInShard } from '../shared/domain/followed/shard';
import { type Market, pairOfKey } from '../shared/domain/market';
import { isFirstOfHour } from '../shared/domain/plan';
import type { ListedPair, StatusByMarket } from '../shared/domain/ports';
import type { ObserveTickPorts, ObserveTickSettings, Tick } from './observe-tick';

/**
 * A market that is followed by its name is known by the answers to what it is
 * asked. Of one that a pattern names the exchange's listing says that it is
 * traded or gone. The listing is doubted if it lacks too many to be believed;
 * it is unheard if it was not given, or says nothing.
 */
export type Listing = 'by-answers' | 'traded' | 'gone' | 'doubted' | 'unheard';

/** A market that is followed at a tick. */
export interface FollowedMarket {
  readonly market: Market;
  readonly listing: Listing;
}

/** The time that a listing has. */
const LISTING_TIME_MS = 10_000;

/**
 * The markets of a tick's shard: those that are named, and those of patterns by
 * the exchange's listing of now. If that says nothing, they are those that are
 * stored and have not ended.
 */
export async function followedMarkets(
  ports: Pick<ObserveTickPorts, 'listings' | 'telemetry'>,
  settings: ObserveTickSettings,
  stored: StatusByMarket,
  tick: Tick,
): Promise<readonly FollowedMarket[]> {
  const { exchange, pairs } = settings;
  const named = pairsByName(pairs);
  const byPair = new Map<string, Listing>(named.map((pair) => [pair, 'by-answers']));
  if (pairs.some(isPattern)) {
    const before = followedBefore(settings, stored);
    const verdict = judgeListing(await askListing(ports, settings, tick), pairs, before);
    const doubt = verdict.kind === 'heard' ? verdict.doubt : verdict.reason;
    if (doubt !== null) reportDoubt(ports, settings, doubt);
    for (const [pair, listing] of listed(verdict, before)) {
      if (!byPair.has(pair)) byPair.set(pair, listing);
    }
  }
  reportUnexpected(ports, settings, byPair.size, tick);
  return [...byPair]
    .filter(([pair]) => isInShard(pair, settings))
    .map(([pair, listing]) => ({ market: { exchange, pair }, listing }));
}

/** Pairs of a pattern that are stored and have not ended, of all shards. */
function followedBefore({ pairs }: ObserveTickSettings, stored: StatusByMarket): readonly string[] {
  return [...stored]
    .filter(([, { endedAtMs }]) => endedAtMs === null)
    .map(([key]) => pairOfKey(key))
    .filter((pair) => isOfPattern(pair, pairs));
}

function listed(verdict: ListingVerdict, before: readonly string[]): [string, Listing][] {
  if (verdict.kind === 'unheard') return before.map((pair) => [pair, 'unheard']);
  const { trading, lacking, doubt } = verdict;
  return [
    ...trading.map((pair): [string, Listing] => [pair, 'traded']),
    ...lacking.map((pair): [string, Listing] => [pair, doubt === null ? 'gone' : 'doubted']),
  ];
}

/** Undefined if the exchange did not give its listing. */
async function askListing(
  { listings, telemetry }: Pick<ObserveTickPorts, 'listings' | 'telemetry'>,
  { exchange }: ObserveTickSettings,
  { remainingMs }: Tick,
): Promise<readonly ListedPair[] | undefined> {
  try {
    return await listings.pairs(Math.min(LISTING_TIME_MS, remainingMs() / 2));
  } catch (cause) {
    telemetry.error('listing not read', { exchange }, cause);
    return undefined;
  }
}

/** Once an hour says enough: more markets than the stage was checked for may not fit into a tick. */
function reportUnexpected(
  { telemetry }: Pick<ObserveTickPorts, 'telemetry'>,
  { exchange, expectedMarkets = Infinity, scheduleMs }: ObserveTickSettings,
  markets: number,
  { nowMs }: Tick,
): void {
  if (markets <= expectedMarkets || !isFirstOfHour(nowMs, scheduleMs)) return;
  const details = { exchange, markets, expectedMarkets };
  telemetry.warn('more markets than expected: raise expectedMarkets of the stage', details);
}

function reportDoubt(
  { telemetry }: Pick<ObserveTickPorts, 'telemetry'>,
  { exchange, shard }: ObserveTickSettings,
  reason: string,
): void {
  telemetry.warn('listing not believed: what was followed before is followed on', {
    exchange,
    reason,
  });
  // Every shard of an exchange asks for its listing: its doubt counts once a tick.
  if (shard === 0) telemetry.count('ListingsDoubted', 1);
}
