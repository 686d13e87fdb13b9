import type { LimitedRequest, LimitOptions, RequestLimit } from '../exchange-api';
import { RateWindow } from '../answers/rate-window';
import { beyondLimit } from './binance-refusals';

const WEIGHT_PER_WINDOW = 6_000;
const WINDOW_MS = 60_000;
/** Of a request for candles, and for the listing; all others weigh 1. */
const WEIGHTS: ReadonlyMap<string, number> = new Map([
  ['klines', 2],
  ['exchangeInfo', 20],
]);
/** Who goes on for so many requests after a 429 is banned: a choice, for Binance names no number. */
const REFUSED_UNTIL_BAN = 10;
/** The first ban; each further one is twice as long. */
const FIRST_BAN_MS = 120_000;

/**
 * Counts requests by their weight, 6,000 a minute of the clock: a request beyond it is refused
 * with 429, and an address that goes on is banned with 418. Each answer has the
 * weight that was used.
 */
export function createWeightLimit({
  requestsPerWindow = WEIGHT_PER_WINDOW,
  windowMs = WINDOW_MS,
}: LimitOptions): RequestLimit {
  const window = new RateWindow(requestsPerWindow, windowMs, { isAligned: true });
  let refused = 0;
  let banMs = FIRST_BAN_MS;
  let bannedUntilMs = -Infinity;
  return {
    take(endpoint, nowMs): LimitedRequest {
      if (nowMs < bannedUntilMs) return bannedUntil(bannedUntilMs, nowMs);
      const state = window.take(nowMs, WEIGHTS.get(endpoint));
      const headers = weightHeaders(
        state.used * Math.min(1, WEIGHT_PER_WINDOW / requestsPerWindow),
      );
      if (state.allowed) {
        refused = 0;
        return { headers };
      }
      refused += 1;
      if (refused <= REFUSED_UNTIL_BAN) {
        return { headers, refusal: beyondLimit(429, secondsTo(state.resetMs, nowMs)) };
      }
      bannedUntilMs = nowMs + banMs;
      banMs *= 2;
      refused = 0;
      return bannedUntil(bannedUntilMs, nowMs);
    },
  };
}

/** Clients know the limit of 6,000: of a larger one they are told the share that is used. */
function weightHeaders(used: number): Record<string, string> {
  const weight = String(Math.floor(used));
  return { 'X-MBX-USED-WEIGHT': weight, 'X-MBX-USED-WEIGHT-1M': weight };
}

function bannedUntil(timeMs: number, nowMs: number): LimitedRequest {
  return { headers: {}, refusal: beyondLimit(418, secondsTo(timeMs, nowMs)) };
}

function secondsTo(timeMs: number, nowMs: number): number {
  return Math.max(1, Math.ceil((timeMs - nowMs) / 1_000));
}
