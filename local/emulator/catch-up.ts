import { WakeSignal } from './event-source/wake-signal';
import type { PartitionLag } from './kafka/pipeline-lag';

/** Records that are not processed in time. */
export class PipelineStuckError extends Error {
  override readonly name = 'PipelineStuckError';
}

/** The longest that a look at the lag waits for an invocation to end. */
const LAG_EVERY_MS = 50;

/** Waits until event sources have processed every record. */
export class CatchUp {
  readonly #lag: () => Promise<readonly PartitionLag[]>;
  readonly #invocationEnds = new WakeSignal();
  #invocations = 0;

  constructor(lag: () => Promise<readonly PartitionLag[]>) {
    this.#lag = lag;
  }

  /** To be called as each invocation ends. */
  invocationEnded(): void {
    this.#invocations += 1;
    // After the event source has taken the result: it waits for the same promise.
    setImmediate(() => this.#invocationEnds.notify());
  }

  /** @throws PipelineStuckError after `limitMs` */
  async within(limitMs: number): Promise<void> {
    const untilMs = performance.now() + limitMs;
    for (;;) {
      const before = this.#invocations;
      const behind = await this.#behind();
      // What ended while the topics were read may have written to one read before.
      if (behind.length === 0 && this.#invocations === before) return;
      if (performance.now() > untilMs) throw stuck(limitMs, behind);
      if (this.#invocations === before) await this.#invocationEnds.next(LAG_EVERY_MS);
    }
  }

  /** The partitions with records left to process, in words. */
  async #behind(): Promise<string[]> {
    try {
      const lags = await this.#lag();
      return lags
        .filter(({ records }) => records > 0)
        .map((lag) => `${lag.topic}-${lag.partition} at ${lag.processedTo} of ${lag.end}`);
    } catch (error) {
      // A broker that is down is not caught up with; it may come back before the limit.
      return [`Kafka does not answer (${String(error)})`];
    }
  }
}

function stuck(limitMs: number, behind: readonly string[]): PipelineStuckError {
  const where = behind.length === 0 ? 'invocations still end' : behind.join(', ');
  return new PipelineStuckError(
    `not caught up within ${limitMs} ms: ${where}; the functions' logs may say why`,
  );
}
