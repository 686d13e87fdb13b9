import { setTimeout as sleep } from 'node:timers/promises';
import type { ProgressReader } from '../lambdas/shared/domain/ports';
import { MINUTE_MS } from '../lambdas/shared/domain/interval';

/** What a replay plays on. */
export interface ReplayStage {
  /** Sets the market's time. */
  setMarketTime(timeMs: number): void;
  /** Fires the schedule at a time; resolves once the fetch function has answered, or given up. */
  tick(timeMs: number): Promise<unknown>;
  readonly progress: ProgressReader;
}

/** Which recorded time is played, `[fromMs, toMs)`, for which pairs. */
export interface ReplayRange {
  readonly pairs: readonly string[];
  readonly fromMs: number;
  readonly toMs: number;
}

/** What is waited for, and how long. */
export interface ReplayPatience {
  /** How far storing may be behind the ticks. */
  readonly behindMs: number;
  /** How long storing may stand still before the next tick asks for the same minutes again. */
  readonly standstillMs: number;
  /** How often the last tick is repeated before the replay gives up. */
  readonly lastTicks: number;
}

/** A replay that could not be stored whole; the message says how far each pair came. */
export class ReplayUnfinishedError extends Error {
  override readonly name = 'ReplayUnfinishedError';
}

const PATIENCE: ReplayPatience = { behindMs: 5 * MINUTE_MS, standstillMs: 2_000, lastTicks: 30 };
const POLL_MS = 5;

/**
 * Plays recorded time: one tick a minute, whose time is the recorded time, as
 * fast as storing keeps up. Resolves once every minute of the range is stored.
 *
 * @returns how many ticks were fired
 * @throws ReplayUnfinishedError
 */
export async function replay(
  stage: ReplayStage,
  range: ReplayRange,
  patience: ReplayPatience = PATIENCE,
  signal?: AbortSignal,
): Promise<number> {
  let ticks = 0;
  for (let nowMs = range.fromMs + MINUTE_MS; nowMs <= range.toMs; nowMs += MINUTE_MS) {
    signal?.throwIfAborted();
    stage.setMarketTime(nowMs);
    await stage.tick(nowMs);
    ticks++;
    await reached(stage, range.pairs, nowMs - patience.behindMs, patience.standstillMs);
  }
  for (let repeated = 0; repeated < patience.lastTicks; repeated++) {
    signal?.throwIfAborted();
    if (await reached(stage, range.pairs, range.toMs, patience.standstillMs)) return ticks;
    await stage.tick(range.toMs);
  }
  throw new ReplayUnfinishedError(
    `The replay is not stored whole after ${patience.lastTicks} repetitions of its last tick: ${await standing(stage, range)}; the logs of the functions say why`,
  );
}

/** Whether every pair is stored up to a time before the patience ends. */
async function reached(
  { progress }: ReplayStage,
  pairs: readonly string[],
  timeMs: number,
  patienceMs: number,
): Promise<boolean> {
  const untilMs = performance.now() + patienceMs;
  for (;;) {
    const seen = await seenTo(progress, pairs);
    if (seen >= timeMs) return true;
    if (performance.now() >= untilMs) return false;
    await sleep(POLL_MS);
  }
}

/** Up to where all pairs were stored; nothing where the database does not answer just now. */
async function seenTo(progress: ProgressReader, pairs: readonly string[]): Promise<number> {
  const known = await progress.read(pairs).catch(() => new Map<string, never>());
  return Math.min(...pairs.map((pair) => known.get(pair)?.seenToMs ?? -Infinity));
}

async function standing({ progress }: ReplayStage, { pairs }: ReplayRange): Promise<string> {
  const known = await progress.read(pairs);
  return pairs
    .map((pair) => {
      const seenToMs = known.get(pair)?.seenToMs;
      return `${pair} ${seenToMs === undefined ? 'not at all' : `to ${new Date(seenToMs).toISOString()}`}`;
    })
    .join(', ');
}
