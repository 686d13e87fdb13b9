import { partitionKey } from './kafka-event';
import type { PartitionOffset, RecordFeed } from './record-feed';
import { pause } from './run-end';

const RETRY_DELAY_MS = 500;

/**
 * Commits offsets beside the next invocation, as a commit waits for the fetch
 * that is under way; one that fails is tried again until the run is at its end.
 */
export class OffsetCommits {
  readonly #feed: RecordFeed;
  readonly #ended: AbortSignal;
  readonly #onFailure: (error: unknown) => void;
  readonly #uncommitted = new Map<string, PartitionOffset>();
  #running: Promise<void> | null = null;

  constructor(feed: RecordFeed, ended: AbortSignal, onFailure: (error: unknown) => void) {
    this.#feed = feed;
    this.#ended = ended;
    this.#onFailure = onFailure;
  }

  add(offsets: readonly PartitionOffset[]): void {
    for (const offset of offsets) this.#uncommitted.set(partitionKey(offset), offset);
    this.#running ??= this.#commitAll().finally(() => (this.#running = null));
  }

  /** Resolves once there is nothing left to commit. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #commitAll(): Promise<void> {
    while (this.#uncommitted.size > 0) {
      const offsets = [...this.#uncommitted.entries()];
      this.#uncommitted.clear();
      try {
        await this.#feed.commit(offsets.map(([, offset]) => offset));
      } catch (error) {
        this.#onFailure(error);
        if (this.#ended.aborted) return;
        for (const [key, offset] of offsets) {
          if (!this.#uncommitted.has(key)) this.#uncommitted.set(key, offset);
        }
        await pause(RETRY_DELAY_MS, this.#ended);
      }
    }
  }
}
