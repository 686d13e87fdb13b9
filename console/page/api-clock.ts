/** The API tells the minute: a clock that is as near as this to it is the same. */
const SAME_CLOCK_MS = 120_000;

/** The API's clock, which goes on between its answers. It may be that of a replay, far from the browser's. */
export class ApiClock {
  /** Time that it is ahead of the browser's. */
  #aheadMs = 0;
  /** By the browser's monotonic clock. */
  #readAtMs = performance.now();

  /** Sets the clock by an answer. */
  set(minuteMs: number): void {
    this.#readAtMs = performance.now();
    if (Math.abs(minuteMs - this.nowMs) > SAME_CLOCK_MS) this.#aheadMs = minuteMs - Date.now();
  }

  get nowMs(): number {
    return Date.now() + this.#aheadMs;
  }

  /** Time since the last answer. */
  get ageMs(): number {
    return performance.now() - this.#readAtMs;
  }
}
