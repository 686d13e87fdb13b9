import type { ExchangeName } from '../../lambdas/shared/adapters/exchanges/exchange-facts';
import type { ExchangeSetting } from './settings/exchange-settings';

/** The markets that one firing of a rule is of. */
export interface FiringPart {
  readonly exchange: ExchangeName;
  readonly shard: number;
  readonly shards: number;
}

/** The parts of an exchange that each firing of fetch is of. */
export function fetchParts({ kind }: ExchangeSetting): readonly FiringPart[] {
  return [{ exchange: kind, shard: 0, shards: 1 }];
}

/** The parts of an exchange that each firing of reconcile is of. */
export function reconcileParts({ kind }: ExchangeSetting): readonly FiringPart[] {
  return [{ exchange: kind, shard: 0, shards: 1 }];
}
