import type { PairsByExchange } from '../../lambdas/shared/adapters/pairs-file';
import type { ExchangeSetting } from './settings/exchange-settings';

/** Metadata of the fetch function in the template: what is in the file beside its code, so that a template says which pairs change. */
export const PAIRS_METADATA_KEY = 'Pairs';

/** The pairs of exchanges as their functions read them. */
export function pairsByExchange(exchanges: readonly ExchangeSetting[]): PairsByExchange {
  return Object.fromEntries(exchanges.map(({ kind, pairs }) => [kind, pairs]));
}
