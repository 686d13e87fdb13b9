import { setTimeout as sleep } from 'node:timers/promises';
import type { Console } from './console';
import type { RunWatch } from './watch-run';

const LOOK_EVERY_MS = 1_000;

/** Looks at a run every second and shows what it sees. */
export class StatusDisplay {
  readonly #watch: Pick<RunWatch, 'status'>;
  readonly #shown: Console;
  readonly #signal: AbortSignal;
  #said = '';

  /** @param signal aborted where the run is to end */
  constructor(watch: Pick<RunWatch, 'status'>, shown: Console, signal: AbortSignal) {
    this.#watch = watch;
    this.#shown = shown;
    this.#signal = signal;
  }

  /** One look; where the engines do not answer just now, that is said once. */
  async look(nowMs: number): Promise<void> {
    try {
      this.#shown.update(await this.#watch.status(), nowMs);
      this.#said = '';
    } catch (error) {
      if (this.#signal.aborted) return;
      const said = `no status just now: ${String(error)}`;
      if (said !== this.#said) this.#shown.note(said);
      this.#said = said;
    }
  }

  /** Looks until it is told to end. */
  until(nowMs: () => number): { end(): Promise<void> } {
    const ended = new AbortController();
    const looking = this.#lookUntil(AbortSignal.any([ended.signal, this.#signal]), nowMs);
    return {
      end: async () => {
        ended.abort();
        await looking;
      },
    };
  }

  /** Looks until the run is to end. @throws the reason, such as that it was asked to stop */
  async untilStopped(nowMs: () => number): Promise<never> {
    await this.#lookUntil(this.#signal, nowMs);
    throw this.#signal.reason;
  }

  async #lookUntil(signal: AbortSignal, nowMs: () => number): Promise<void> {
    while (!signal.aborted) {
      await this.look(nowMs());
      await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}
