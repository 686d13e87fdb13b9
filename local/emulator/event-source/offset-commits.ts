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
  #waiting = new Map<string, PartitionOffset>();
  #running: Promise<void> | null = null;

  constructor(feed: RecordFeed, ended: AbortSignal, onFailure: (error: unknown) => void) {
    this.#feed = feed;
    this.#ended = ended;
    this.#onFailure = onFailure;
  }

  /** True if no commit is under way. */
  get isIdle(): boolean {
    return this.#running === null;
  }

  add(offsets: readonly PartitionOffset[]): void {
    for (const offset of offsets) this.#waiting.set(partitionKey(offset), offset);
    this.#running ??= this.#commitAll();
  }

  /** Gives up what waits for a commit, and does not repeat the one under way if it fails. */
  forget(): void {
    this.#waiting = new Map();
  }

  /** Resolves once there is nothing left to commit, or it was given up at the end. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async #commitAll(): Promise<void> {
    try {
      while (this.#waiting.size > 0 && (await this.#commitWaiting()));
    } finally {
      // In the step that found nothing waiting: what is added after it starts anew.
      this.#running = null;
    }
  }

  /** Resolves with false if there is no point in going on. */
  async #commitWaiting(): Promise<boolean> {
    const waiting = this.#waiting;
    const offsets = [...waiting.values()];
    waiting.clear();
    try {
      await this.#feed.commit(offsets);
    } catch (error) {
      this.#onFailure(error);
      if (this.#ended.aborted) return false;
      putBack(waiting, offsets);
      await pause(RETRY_DELAY_MS, this.#ended);
    }
    return true;
  }
}

/** Into the map they came from, which nobody reads once it is forgotten. */
function putBack(waiting: Map<string, PartitionOffset>, offsets: readonly PartitionOffset[]): void {
  for (const offset of offsets) {
    const key = partitionKey(offset);
    if (!waiting.has(key)) waiting.set(key, offset);
  }
}
