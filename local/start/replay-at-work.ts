import { readProgress } from '../run/market';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Progress } from '../../lambdas/shared/domain/progress/progress';
import type { ReplayStage } from './replay';

/** A replay that could not be stored whole; the message says how far each pair came. */
export class ReplayUnfinishedError extends Error {
  override readonly name = 'ReplayUnfinishedError';
}

/** Options of a replay at work. */
export interface ReplayAtWorkOptions {
  readonly stage: ReplayStage;
  readonly pairs: readonly string[];
  /** Time that storing may stand still before a wait ends. */
  readonly standstillMs: number;
  readonly signal: AbortSignal | undefined;
}

const POLL_MS = 5;

/** Ticks of a replay, and waits for what they bring. */
export class ReplayAtWork {
  readonly #stage: ReplayStage;
  readonly #pairs: readonly string[];
  readonly #standstillMs: number;
  readonly #signal: AbortSignal | undefined;
  /** The most that was seen of all pairs together: it grows as any of them gets on. */
  #total = 0;
  #leastMs = -Infinity;
  #fruitlessTicks = 0;

  constructor({ stage, pairs, standstillMs, signal }: ReplayAtWorkOptions) {
    this.#stage = stage;
    this.#pairs = pairs;
    this.#standstillMs = standstillMs;
    this.#signal = signal;
  }

  /** Waits in a row after which the pair that is furthest behind had not moved. */
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

  /** Waits while storing gets on; resolves with whether every pair is stored up to a time. */
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

  /** The error of a replay that gives up after some vain ticks. */
  async unfinished(ticks: string): Promise<ReplayUnfinishedError> {
    return new ReplayUnfinishedError(
      `The replay is not stored whole, and ${ticks} brought nothing: ${await this.#standing()}; the logs of the functions say why`,
    );
  }

  async #pause(): Promise<void> {
    const options = this.#signal === undefined ? {} : { signal: this.#signal };
    await sleep(POLL_MS, undefined, options).catch(() => this.#signal?.throwIfAborted());
  }

  /** Nothing is seen while the database does not answer. */
  async #seen(): Promise<{ leastMs: number; total: number }> {
    const known = await readProgress(this.#stage.progress, this.#pairs).catch(
      (): ReadonlyMap<string, Progress> => new Map(),
    );
    const seen = this.#pairs.map((pair) => known.get(pair)?.seenToMs);
    return {
      leastMs: Math.min(...seen.map((seenToMs) => seenToMs ?? -Infinity)),
      total: seen.reduce<number>((sum, seenToMs) => sum + (seenToMs ?? 0), 0),
    };
  }

  async #standing(): Promise<string> {
    try {
      const known = await readProgress(this.#stage.progress, this.#pairs);
      return this.#pairs.map((pair) => standingOf(pair, known.get(pair)?.seenToMs)).join(', ');
    } catch (error) {
      return `how far it came is not known (${String(error)})`;
    }
  }
}

function standingOf(pair: string, seenToMs: number | undefined): string {
  return `${pair} ${seenToMs === undefined ? 'not at all' : `to ${new Date(seenToMs).toISOString()}`}`;
}
