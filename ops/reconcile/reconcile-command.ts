import type { Archive, Exchange } from '../../lambdas/shared/domain/ports';
import { findMarket, followedMarkets, namesAll } from '../pipeline/find-market';
import {
  exchangeOf,
  type Pipeline,
  type PipelineAccess,
  type PipelineExchange,
  type PipelineStore,
} from '../pipeline/pipeline';
import { type Printer, runOperation } from '../run-operation';
import { daysOfRange } from './days-of-range';
import { dryRun } from './dry-run';
import { assertWanted, parseReconcileArguments } from './reconcile-request';
import { repair, type RepairSurroundings } from './repair';

/** The surroundings of `npm run reconcile`. */
export interface ReconcileSurroundings extends Printer, RepairSurroundings {
  readonly pipelines: PipelineAccess;
  /** An exchange of a pipeline, for a dry run. */
  readonly exchange: (exchange: PipelineExchange) => Pick<Exchange, 'candles'>;
  /** The archive of that exchange; undefined if it has none. */
  readonly archive: (exchange: PipelineExchange) => Archive | undefined;
}

/** Every followed market is in the command line's own list. */
const NOTHING_ELSE = { knownMarkets: () => Promise.resolve([]) };

/**
 * Has past days of a market asked for again, or compares them as a dry run.
 *
 * @returns the exit code: 0 if every day was audited, or with `--dry-run` none differs; 1 otherwise, or
 *   if it failed; 2 for invalid arguments
 * @throws any error that is a mistake in the program
 */
export function reconcileCommand(
  args: readonly string[],
  io: ReconcileSurroundings,
): Promise<number> {
  return runOperation(io, async () => {
    const request = parseReconcileArguments(args, io.clock());
    const pipeline = await io.pipelines.find(request.pipeline);
    const named = namesAll(pipeline)
      ? await findMarket(request.market, pipeline, NOTHING_ELSE)
      : undefined;
    assertWanted(request, pipeline);
    const store = io.pipelines.open(pipeline);
    try {
      const market = named ?? (await marketOfPattern(request.market, pipeline, store));
      const days = await daysOfRange(store, market, request);
      const exchange = exchangeOf(pipeline, market);
      const { retentionMs } = exchange;
      const isGood = request.dryRun
        ? await dryRun(
            { market, days, nowMs: io.clock(), retentionMs },
            { ...io, store, exchange: io.exchange(exchange), archive: io.archive(exchange) },
          )
        : await repair(
            { pipeline, store, market, days, timeLimitMs: request.timeLimitMs, retentionMs },
            io,
          );
      return isGood ? 0 : 1;
    } finally {
      await store.close();
    }
  });
}

/** The market of that name among those that are stored of a pattern. @throws OperationError if there is none */
async function marketOfPattern(name: string, pipeline: Pipeline, store: PipelineStore) {
  const markets = await followedMarkets(pipeline, store);
  return findMarket(name, { ...pipeline, markets }, NOTHING_ELSE);
}
