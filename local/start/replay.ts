import { setTimeout as sleep } from 'node:timers/promises';
import type { ProgressReader } from '../../lambdas/shared/domain/ports';
import { MINUTE_MS } from '../../lambdas/shared/domain/interval';
import type { Progress } from '../../lambdas/shared/domain/progress';
import { UsageError } from '../../cli/command-line';
import { minuteText } from '../../cli/utc-time';

/** What a replay plays on. */
export interface ReplayStage {
  /** Sets the exchange's time. */
  setExchangeTime(timeMs: number): void;
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
  /** How often the last tick is repeated in vain before the replay gives up. */
  readonly lastTicks: number;
  /** How many ticks in a row may bring nothing before the replay gives up. @default 60 */
  readonly fruitlessTicks?: number;
}

/** How many one-minute candles of a pair there are in `[fromMs, toMs)`. */
export interface MinuteCounts {
  stored(pair: string, fromMs: number, toMs: number): Promise<number>;
  recorded(pair: string, fromMs: number, toMs: number): number;
}

/** A replay that could not be stored whole; the message says how far each pair came. */
export class ReplayUnfinishedError extends Error {
  override readonly name = 'ReplayUnfinishedError';
}

const PATIENCE: ReplayPatience = { behindMs: 5 * MINUTE_MS, standstillMs: 2_000, lastTicks: 30 };
const FRUITLESS_TICKS = 60;
/** The time of a tick has whole seconds, as EventBridge's has. */
const REPETITION_MS = 1_000;
const POLL_MS = 5;

/**
 * Checks that the range can be played on what is stored: a pair goes on from its
 * progress, and what lies before that is not asked for again. To go on with an
 * interrupted replay is fine, and so is one that is stored already.
 *
 * @throws UsageError for a pair whose progress passes over recorded minutes, or is of a later time
 */
export async function assertPlayable(
  progress: ProgressReader,
  minutes: MinuteCounts,
  { pairs, fromMs, toMs }: ReplayRange,
): Promise<void> {
  const known = await progress.read(pairs);
  for (const [pair, { seenToMs, observedAtMs }] of known) {
    const isOfLaterTime = seenToMs < toMs && observedAtMs >= toMs + MINUTE_MS;
    const passedToMs = Math.min(seenToMs, toMs);
    if (!isOfLaterTime && (await isStored(minutes, pair, fromMs, passedToMs))) continue;
    throw new UsageError(
      `${pair} is stored to ${minuteText(seenToMs)} (UTC) already, without what was recorded from ${minuteText(fromMs)} on: a replay would store nothing; start with --fresh, or set CANDLESTREAM_DATA_DIR to another folder`,
    );
  }
}

async function isStored(
  minutes: MinuteCounts,
  pair: string,
  fromMs: number,
  toMs: number,
): Promise<boolean> {
  if (toMs <= fromMs) return true;
  const recorded = minutes.recorded(pair, fromMs, toMs);
  return recorded === 0 || (await minutes.stored(pair, fromMs, toMs)) >= recorded;
}

/**
 * Plays recorded time: one tick a minute, whose time is the recorded time, as
 * fast as storing keeps up. Resolves once every minute of the range is stored;
 * the exchange's time is the end of the range then.
 *
 * @returns how many ticks were fired, repetitions of the last one aside
 * @throws ReplayUnfinishedError
 * @throws the signal's reason
 */
export async function replay(
  stage: ReplayStage,
  range: ReplayRange,
  patience: ReplayPatience = PATIENCE,
  signal?: AbortSignal,
): Promise<number> {
  const { fromMs, toMs } = range;
  const play = new Play(stage, range, patience, signal);
  let ticks = 0;
  for (let nowMs = fromMs + MINUTE_MS; nowMs <= toMs; nowMs += MINUTE_MS) {
    await play.tick(nowMs);
    ticks++;
    await play.reached(nowMs - patience.behindMs);
    if (play.fruitlessTicks >= (patience.fruitlessTicks ?? FRUITLESS_TICKS)) {
      throw await play.unfinished(`${play.fruitlessTicks} ticks in a row`);
    }
  }
  await repeatLast(play, range, patience);
  return ticks;
}

/** A tick that is not later than what a pair has stored plans nothing: each repetition is a second later. */
async function repeatLast(
  play: Play,
  { toMs }: ReplayRange,
  { lastTicks }: ReplayPatience,
): Promise<void> {
  play.countAnew();
  for (let nowMs = toMs; !(await play.reached(toMs));) {
    if (play.fruitlessTicks > lastTicks) {
      throw await play.unfinished(`${lastTicks} repetitions of the last tick`);
    }
    await play.tick((nowMs += REPETITION_MS));
  }
  play.setTime(toMs);
}

/** A replay at work. */
class Play {
  readonly #stage: ReplayStage;
  readonly #range: ReplayRange;
  readonly #standstillMs: number;
  readonly #signal: AbortSignal | undefined;
  /** The most that was seen of all pairs together: it grows where any of them gets on. */
  #total = 0;
  #leastMs = -Infinity;
  #fruitlessTicks = 0;

  constructor(
    stage: ReplayStage,
    range: ReplayRange,
    { standstillMs }: ReplayPatience,
    signal: AbortSignal | undefined,
  ) {
    this.#stage = stage;
    this.#range = range;
    this.#standstillMs = standstillMs;
    this.#signal = signal;
  }

  /** Waits in a row after which the pair that is furthest behind stood where it was. */
  get fruitlessTicks(): number {
    return this.#fruitlessTicks;
  }

  countAnew(): void {
    this.#fruitlessTicks = 0;
  }

  setTime(timeMs: number): void {
    this.#stage.setExchangeTime(timeMs);
  }

  async tick(timeMs: number): Promise<void> {
    this.#signal?.throwIfAborted();
    this.setTime(timeMs);
    await this.#stage.tick(timeMs);
  }

  /** Waits while storing gets on: whether every pair is stored up to a time. */
  async reached(timeMs: number): Promise<boolean> {
    let untilMs = performance.now() + this.#standstillMs;
    this.#fruitlessTicks++;
    for (;;) {
      this.#signal?.throwIfAborted();
      const { leastMs, total } = await this.#seen();
      if (total > this.#total) untilMs = performance.now() + this.#standstillMs;
      if (leastMs > this.#leastMs || leastMs >= timeMs) this.#fruitlessTicks = 0;
      this.#total = Math.max(total, this.#total);
      this.#leastMs = Math.max(leastMs, this.#leastMs);
      if (leastMs >= timeMs) return true;
      if (performance.now() >= untilMs) return false;
      await this.#pause();
    }
  }

  async unfinished(after: string): Promise<ReplayUnfinishedError> {
    return new ReplayUnfinishedError(
      `The replay is not stored whole, and ${after} brought nothing: ${await this.#standing()}; the logs of the functions say why`,
    );
  }

  async #pause(): Promise<void> {
    const options = this.#signal === undefined ? {} : { signal: this.#signal };
    await sleep(POLL_MS, undefined, options).catch(() => this.#signal?.throwIfAborted());
  }

  /** Nothing is seen where the database does not answer just now. */
  async #seen(): Promise<{ leastMs: number; total: number }> {
    const { pairs } = this.#range;
    const known = await this.#stage.progress
      .read(pairs)
      .catch((): ReadonlyMap<string, Progress> => new Map());
    const seen = pairs.map((pair) => known.get(pair)?.seenToMs);
    return {
      leastMs: Math.min(...seen.map((seenToMs) => seenToMs ?? -Infinity)),
      total: seen.reduce<number>((sum, seenToMs) => sum + (seenToMs ?? 0), 0),
    };
  }

  async #standing(): Promise<string> {
    try {
      const known = await this.#stage.progress.read(this.#range.pairs);
      return this.#range.pairs
        .map((pair) => standingOf(pair, known.get(pair)?.seenToMs))
        .join(', ');
    } catch (error) {
      return `how far it came is not known (${String(error)})`;
    }
  }
}

function standingOf(pair: string, seenToMs: number | undefined): string {
  return `${pair} ${seenToMs === undefined ? 'not at all' : `to ${new Date(seenToMs).toISOString()}`}`;
}
