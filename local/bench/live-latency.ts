import { readProgress } from '../run/market';
import { MINUTE_MS } from '../../lambdas/shared/domain/interval';
import type { TimedExchange } from '../run/run-exchange';
import type { LocalRun } from '../run/local-run';
import { BENCH_START_MS } from './bench-run';
import { percentiles } from './percentiles';

/** From a tick to a pair's newest minute stored and readable, over all ticks and pairs, in milliseconds. */
export interface LatencyFigures {
  readonly ticks: number;
  readonly pairs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

/** What a first tick brings, before those that are measured. */
const WARM_UP_TICKS = 10;

/** Ticks that each bring one new minute of every pair. */
export async function liveLatency(
  run: LocalRun<TimedExchange>,
  ticks: number,
): Promise<LatencyFigures> {
  const latencies: number[] = [];
  for (let tick = 1; tick <= WARM_UP_TICKS + ticks; tick++) {
    const ofTick = await latenciesOf(run, BENCH_START_MS + tick * MINUTE_MS);
    if (tick > WARM_UP_TICKS) latencies.push(...ofTick);
  }
  const [p50Ms = NaN, p95Ms = NaN, p99Ms = NaN] = percentiles(latencies, [0.5, 0.95, 0.99]);
  return { ticks, pairs: run.pairs.length, p50Ms, p95Ms, p99Ms };
}

/** Reads again and again until every pair is there; a pair's progress is written after its candles. */
async function latenciesOf(
  { exchange, pipeline, store, pairs }: LocalRun<TimedExchange>,
  nowMs: number,
): Promise<number[]> {
  exchange.setTime(nowMs);
  const startedMs = performance.now();
  const ticking = pipeline.tick(nowMs);
  const latencies = new Map<string, number>();
  while (latencies.size < pairs.length) {
    const waiting = pairs.filter((pair) => !latencies.has(pair));
    const progress = await readProgress(store, waiting);
    const readMs = performance.now() - startedMs;
    for (const pair of waiting) {
      if ((progress.get(pair)?.seenToMs ?? 0) >= nowMs) latencies.set(pair, readMs);
    }
  }
  await ticking;
  return [...latencies.values()];
}
