import { MINUTE_MS } from '../../lambdas/shared/domain/interval';
import type { StatusReader } from '../../lambdas/shared/domain/ports';
import { ReplayAtWork } from './replay-at-work';

/** The parts of a run that a replay drives. */
export interface ReplayStage {
  /** Sets the exchange's time. */
  setExchangeTime(timeMs: number): void;
  /** Fires the schedule at a time; resolves once the fetch function has answered, or given up. */
  tick(timeMs: number): Promise<unknown>;
  readonly progress: StatusReader;
}

/** The recorded time to replay, `[fromMs, toMs)`, and the pairs. */
export interface ReplayRange {
  readonly pairs: readonly string[];
  readonly fromMs: number;
  readonly toMs: number;
}

/** Limits of a replay's waiting. */
export interface ReplayPatience {
  /** Time that storing may be behind the ticks. */
  readonly behindMs: number;
  /** Time that storing may stand still before the next tick asks for the same minutes again. */
  readonly standstillMs: number;
  /** Number of times that the last tick is repeated in vain before the replay gives up. */
  readonly lastTicks: number;
  /** Number of ticks in a row that may bring nothing before the replay gives up. @default 60 */
  readonly fruitlessTicks?: number;
}

/** Options of a replay. */
export interface ReplayOptions {
  /** @default 5 minutes behind, 2 s of standstill, 30 last ticks */
  readonly patience?: ReplayPatience | undefined;
  /** Aborting it ends the replay, which rejects with its reason. */
  readonly signal?: AbortSignal;
}

const PATIENCE: ReplayPatience = { behindMs: 5 * MINUTE_MS, standstillMs: 2_000, lastTicks: 30 };
const FRUITLESS_TICKS = 60;
/** The time of a tick has whole seconds, as EventBridge's has. */
const REPETITION_MS = 1_000;

/**
 * Replays recorded time: one tick a minute, at the recorded time, as fast as
 * storing keeps up. Resolves once every minute of the range is stored; the
 * exchange's time is then the end of the range.
 *
 * @returns how many ticks were fired, without the repetitions of the last one
 * @throws ReplayUnfinishedError
 * @throws the signal's reason
 */
export async function replay(
  stage: ReplayStage,
  range: ReplayRange,
  { patience = PATIENCE, signal }: ReplayOptions = {},
): Promise<number> {
  const { fromMs, toMs } = range;
  const { behindMs, standstillMs, fruitlessTicks = FRUITLESS_TICKS } = patience;
  const atWork = new ReplayAtWork({ stage, pairs: range.pairs, standstillMs, signal });
  let ticks = 0;
  for (let nowMs = fromMs + MINUTE_MS; nowMs <= toMs; nowMs += MINUTE_MS) {
    await atWork.tick(nowMs);
    ticks++;
    await atWork.reached(nowMs - behindMs);
    if (atWork.fruitlessTicks >= fruitlessTicks) {
      throw await atWork.unfinished(`${atWork.fruitlessTicks} ticks in a row`);
    }
  }
  await repeatLast(atWork, toMs, patience.lastTicks);
  return ticks;
}

/** A tick that is not later than a pair's stored time plans nothing: each repetition is a second later. */
async function repeatLast(atWork: ReplayAtWork, toMs: number, lastTicks: number): Promise<void> {
  atWork.countAnew();
  for (let nowMs = toMs; !(await atWork.reached(toMs));) {
    if (atWork.fruitlessTicks > lastTicks) {
      throw await atWork.unfinished(`${lastTicks} repetitions of the last tick`);
    }
    await atWork.tick((nowMs += REPETITION_MS));
  }
  atWork.setTime(toMs);
}
