import { PAIRS_FILE } from '../../lambdas/shared/adapters/pairs-file';
import { pairsByExchange } from '../stages/followed-pairs';
import type { ExchangeSetting } from '../stages/settings/exchange-settings';
import type { FilesBeside } from './function-code';

/**
 * The file of the pairs beside the code of a function: its variables hold 4 KB, some two
 * hundred pairs.
 */
export function pairsFile(exchanges: readonly ExchangeSetting[]): FilesBeside {
  return { [PAIRS_FILE]: JSON.stringify(pairsByExchange(exchanges)) };
}
