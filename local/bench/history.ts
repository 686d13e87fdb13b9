import { DAY_MS, dayText, MINUTE_MS } from '../../lambdas/shared/domain/interval';
import { daysIn } from '../../lambdas/shared/domain/ledger/ledger';
import type { CandleSource } from '../exchange/candles/candle-source';
import type { LocalRun } from '../run/local-run';
import { marketOf } from '../run/market';
import type { TimedExchange } from '../run/run-exchange';
import { BENCH_START_MS, usageOfEngines, usageOfFunctions, usedBetween } from './bench-run';
import type { CatchUpFigures } from './catch-up';

const LIMIT_MS = 30 * 60_000;
const MOST_FIRINGS = 50;
const FIRING_MS = 5 * MINUTE_MS;

/** The first day of a history of so many days before the benchmarks' start: `2024-03-01`. */
export function historyStart(days: number): string {
  return dayText(BENCH_START_MS - days * DAY_MS);
}

/** The history of new markets: from the first firing of reconcile to all of their days stored. */
export async function history(
  run: LocalRun<TimedExchange>,
  source: CandleSource,
  days: number,
): Promise<CatchUpFigures> {
  const fromMs = BENCH_START_MS - days * DAY_MS;
  run.exchange.setTime(BENCH_START_MS + DAY_MS / 2);
  const before = { ...usageOfFunctions(run.pipeline), ...usageOfEngines(run) };
  const startedMs = performance.now();
  await fireUntilStored(run, fromMs);
  const seconds = (performance.now() - startedMs) / 1_000;
  const after = { ...usageOfFunctions(run.pipeline), ...usageOfEngines(run) };
  const minutes = source.pairs().reduce((sum, pair) => sum + minutesOf(source, pair, fromMs), 0);
  const usage = usedBetween(before, after);
  return { minutes, seconds, minutesPerSecond: minutes / seconds, usage };
}

/** Counts day by day: the candles of years would be most of the memory. */
function minutesOf(source: CandleSource, pair: string, fromMs: number): number {
  return daysIn(fromMs, BENCH_START_MS).reduce(
    (sum, dayMs) => sum + source.candles(pair, dayMs, dayMs + DAY_MS).length,
    0,
  );
}

/** A firing out of time leaves the rest to the next one: there are as many as it takes. */
async function fireUntilStored(run: LocalRun<TimedExchange>, fromMs: number): Promise<void> {
  for (let firing = 0; firing < MOST_FIRINGS; firing++) {
    await run.pipeline.reconcile(BENCH_START_MS + DAY_MS / 2 + firing * FIRING_MS);
    await run.pipeline.caughtUp(LIMIT_MS);
    if (await allStored(run, fromMs)) return;
  }
  throw new Error(
    `Not all of the history is stored after ${MOST_FIRINGS} firings; see the functions' logs in ${run.logsDir}`,
  );
}

async function allStored(run: LocalRun<TimedExchange>, fromMs: number): Promise<boolean> {
  const wanted = daysIn(fromMs, BENCH_START_MS).length;
  const stored = await Promise.all(
    run.pairs.map(async (pair) => {
      const days = await run.store.readDays(marketOf(pair), { fromMs, toMs: BENCH_START_MS });
      return days.filter(({ audit }) => audit !== undefined).length;
    }),
  );
  return stored.every((count) => count >= wanted);
}
