import PQueue from 'p-queue';
import { isThrottle } from './cassandra-failures';

/** Writes under way at once, while the database takes them. */
const MOST_AT_ONCE = 48;

/**
 * Writes at the pace that the database takes. Each write that it throttles
 * halves the number that is under way at once, and each that it takes adds a
 * part of one, as TCP finds the bandwidth of a link.
 */
export class WritePace {
  readonly #queue: PQueue;
  readonly #most: number;
  #atOnce: number;
  /** Counts how often the pace was slowed: writes that began before the last time say nothing new. */
  #slowed = 0;

  /** @param most writes under way at once */
  constructor(most = MOST_AT_ONCE) {
    this.#most = most;
    this.#atOnce = most;
    this.#queue = new PQueue({ concurrency: most });
  }

  /** The number of writes that may be under way at once. */
  get atOnce(): number {
    return Math.floor(this.#atOnce);
  }

  /** Runs a write, with its repetitions, once its turn has come. */
  inTurn(write: () => Promise<void>): Promise<void> {
    return this.#queue.add(write);
  }

  /** Makes one attempt at a write, and sets the pace by how it ends. */
  async attempt<T>(call: () => Promise<T>): Promise<T> {
    const slowedBefore = this.#slowed;
    try {
      const result = await call();
      this.#allow(this.#atOnce + 1 / this.#atOnce);
      return result;
    } catch (error) {
      if (error instanceof Error && isThrottle(error) && slowedBefore === this.#slowed) {
        this.#slowed++;
        this.#allow(this.#atOnce / 2);
      }
      throw error;
    }
  }

  #allow(atOnce: number): void {
    this.#atOnce = Math.min(this.#most, Math.max(1, atOnce));
    this.#queue.concurrency = this.atOnce;
  }
}
