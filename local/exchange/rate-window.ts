/** A request's place within its limit. Times are UTC milliseconds. */
export interface RateLimitState {
  readonly allowed: boolean;
  /** How many more requests the window admits. */
  readonly remaining: number;
  /** When the window ends and a full one begins. */
  readonly resetMs: number;
}

/** Counts requests in windows of `windowMs`: a window begins with the first request after the last one's end. */
export class RateWindow {
  readonly #requests: number;
  readonly #windowMs: number;
  #resetMs = -Infinity;
  #used = 0;

  constructor(requests: number, windowMs: number) {
    this.#requests = requests;
    this.#windowMs = windowMs;
  }

  /** Counts one request at `nowMs`; a refused one counts for nothing. */
  take(nowMs: number): RateLimitState {
    if (nowMs >= this.#resetMs) {
      this.#resetMs = nowMs + this.#windowMs;
      this.#used = 0;
    }
    const allowed = this.#used < this.#requests;
    if (allowed) this.#used += 1;
    return { allowed, remaining: this.#requests - this.#used, resetMs: this.#resetMs };
  }
}
