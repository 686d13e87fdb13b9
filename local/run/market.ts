import { type Market, marketKey } from '../../lambdas/shared/domain/market';
import type { StatusReader } from '../../lambdas/shared/domain/ports';
import type { Progress } from '../../lambdas/shared/domain/progress/progress';

/** The market of a pair of Gate.io: replays and benchmarks are of these alone. */
export function marketOf(pair: string): Market {
  return { exchange: 'gate-io', pair };
}

/** Reads the progress of those of the pairs that have any. */
export async function readProgress(
  store: StatusReader,
  pairs: readonly string[],
): Promise<ReadonlyMap<string, Progress>> {
  const status = await store.readStatus(pairs.map(marketOf));
  return new Map(
    pairs.flatMap((pair) => {
      const progress = status.get(marketKey(marketOf(pair)))?.progress;
      return progress === undefined ? [] : [[pair, progress] as const];
    }),
  );
}
