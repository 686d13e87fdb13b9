/** The API's clock, which goes on between its answers. It may be that of a replay, far from the browser's. */
export class ApiClock {
  /** When it was read last, by the browser's monotonic clock; undefined before the first answer. */
  #read: { readonly nowMs: number; readonly atMs: number } | undefined;

  /** Sets the clock by an answer. */
  set(nowMs: number): void {
    this.#read = { nowMs, atMs: performance.now() };
  }

  /** The browser's time before the first answer. */
  get nowMs(): number {
    return this.#read === undefined ? Date.now() : this.#read.nowMs + this.ageMs;
  }

  /** Time since the last answer. */
  get ageMs(): number {
    return this.#read === undefined ? 0 : performance.now() - this.#read.atMs;
  }
}
