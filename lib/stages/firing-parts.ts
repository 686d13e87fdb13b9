import type { FiringPart } from '../../lambdas/shared/adapters/followed-exchanges';
import { type ExchangeSetting, marketsOf } from './settings/exchange-settings';

export type { FiringPart };

/** A tick of so many markets takes some 15 s of its minute, round trips and requests aside. */
export const MARKETS_PER_SHARD = 1_000;
/** Standard deviations that a shard may have more markets than the average one: one in a thousand has more. */
const DEVIATIONS = 3;

/** Number of shards of fetch's ticks with so many markets. */
export function shardsOf(markets: number): number {
  return Math.max(1, Math.ceil(markets / MARKETS_PER_SHARD));
}

/** The most markets that a shard is to be ready for: a hash does not spread them evenly. */
export function largestShard(markets: number): number {
  const shards = shardsOf(markets);
  const average = markets / shards;
  return Math.ceil(average + DEVIATIONS * Math.sqrt(average * (1 - 1 / shards)));
}

/** The parts of an exchange that each firing of fetch is of. */
export function fetchParts(exchange: ExchangeSetting): readonly FiringPart[] {
  const shards = shardsOf(marketsOf(exchange));
  return Array.from({ length: shards }, (_, shard) => ({
    exchange: exchange.kind,
    shard,
    shards,
  }));
}

/** The parts of an exchange that each firing of reconcile is of: one, as it has five minutes. */
export function reconcileParts({ kind }: ExchangeSetting): readonly FiringPart[] {
  return [{ exchange: kind, shard: 0, shards: 1 }];
}
