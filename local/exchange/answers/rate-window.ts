import { floorTo } from '../../../lambdas/shared/domain/interval';

/** A request's place within its limit. Times are UTC milliseconds. */
export interface RateLimitState {
  readonly allowed: boolean;
  /** The part of the limit that is used. */
  readonly used: number;
  /** The part of the limit that is left. */
  readonly remaining: number;
  /** Time at which the window ends and a full one begins. */
  readonly resetMs: number;
}

/**
 * Counts requests in windows of `windowMs`: a window begins with the first request after the
 * last one's end, or, if it is aligned, at a whole multiple of its length.
 */
export class RateWindow {
  readonly #requests: number;
  readonly #windowMs: number;
  readonly #isAligned: boolean;
  #resetMs = -Infinity;
  #used = 0;

  constructor(requests: number, windowMs: number, { isAligned = false } = {}) {
    this.#requests = requests;
    this.#windowMs = windowMs;
    this.#isAligned = isAligned;
  }

  /** Counts one request at `nowMs`, by its weight; a refused one counts for nothing. */
  take(nowMs: number, weight = 1): RateLimitState {
    if (nowMs >= this.#resetMs) {
      const startMs = this.#isAligned ? floorTo(nowMs, this.#windowMs) : nowMs;
      this.#resetMs = startMs + this.#windowMs;
      this.#used = 0;
    }
    const allowed = this.#used + weight <= this.#requests;
    if (allowed) this.#used += weight;
    const used = this.#used;
    return { allowed, used, remaining: this.#requests - used, resetMs: this.#resetMs };
  }
}
