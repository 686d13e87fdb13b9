import { UsageError } from '../../cli/command-line';
import type { PairsByExchange } from '../../lambdas/shared/adapters/pairs-file';
import { isPattern } from '../../lambdas/shared/domain/followed/pair-patterns';
import type { ExchangeSetting } from '../../lib/stages/settings/exchange-settings';
import {
  InvalidStageConfigError,
  type StageConfig,
  stageConfig,
} from '../../lib/stages/stage-config';
import { mostMarketsOfShard } from '../../lib/stages/stage-limits';

/**
 * The exchanges of a run with the pairs that are chosen of them.
 *
 * @throws UsageError if a stage could not follow them, such as more than a tick can ask for
 */
export function withPairs(
  stage: StageConfig,
  exchanges: readonly ExchangeSetting[],
  pairs: PairsByExchange = {},
): readonly ExchangeSetting[] {
  const chosen = exchanges.map((exchange) => {
    const { [exchange.kind]: ofExchange } = pairs;
    return ofExchange === undefined ? exchange : followingPairs(stage, exchange, ofExchange);
  });
  try {
    return stageConfig({ ...stage, exchanges: chosen }).exchanges;
  } catch (cause) {
    if (!(cause instanceof InvalidStageConfigError)) throw cause;
    throw new UsageError(cause.message, { cause });
  }
}

/** Nobody says how many markets the patterns of a run name: the stage's number, else as many as are sure to fit into a tick. */
function followingPairs(
  stage: StageConfig,
  exchange: ExchangeSetting,
  pairs: readonly string[],
): ExchangeSetting {
  const expectedMarkets = pairs.some(isPattern)
    ? (exchange.expectedMarkets ?? mostMarketsOfShard(exchange, stage))
    : undefined;
  return { ...exchange, pairs: [...pairs], expectedMarkets };
}
