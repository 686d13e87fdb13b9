import { setTimeout as sleep } from 'node:timers/promises';
import type { Console } from './console';
import type { StatusReader } from './status-reader';

const READ_EVERY_MS = 1_000;

/** Reads the status of a run every second and shows it. */
export class StatusDisplay {
  readonly #reader: Pick<StatusReader, 'read'>;
  readonly #shown: Console;
  readonly #signal: AbortSignal;
  #said = '';

  /** @param signal is aborted when the run is to end */
  constructor(reader: Pick<StatusReader, 'read'>, shown: Console, signal: AbortSignal) {
    this.#reader = reader;
    this.#shown = shown;
    this.#signal = signal;
  }

  /** Shows the status once; engines that do not answer just now are reported once. */
  async show(nowMs: number): Promise<void> {
    try {
      this.#shown.update(await this.#reader.read(), nowMs);
      this.#said = '';
    } catch (error) {
      if (this.#signal.aborted) return;
      const said = `no status just now: ${String(error)}`;
      if (said !== this.#said) this.#shown.note(said);
      this.#said = said;
    }
  }

  /** Shows the status every second until `end` is called. */
  start(nowMs: () => number): { end(): Promise<void> } {
    const ended = new AbortController();
    const showing = this.#showUntil(AbortSignal.any([ended.signal, this.#signal]), nowMs);
    return {
      end: async () => {
        ended.abort();
        await showing;
      },
    };
  }

  /** Shows the status every second until the run is to end. @throws the reason of its end */
  async untilStopped(nowMs: () => number): Promise<never> {
    await this.#showUntil(this.#signal, nowMs);
    throw this.#signal.reason;
  }

  async #showUntil(signal: AbortSignal, nowMs: () => number): Promise<void> {
    while (!signal.aborted) {
      await this.show(nowMs());
      await sleep(READ_EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}
