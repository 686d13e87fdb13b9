import type { EndpointLimit, EndpointLimits } from '../answers/endpoint-limit';
import type { RateLimitState } from '../answers/rate-window';
import { GATE_IO_REFUSALS } from './gate-io-refusals';

/** Gate.io's limits: 200 requests of an endpoint in 10 s; each answer says how that stands. */
export const GATE_IO_LIMITS: EndpointLimits = {
  limitOf: (endpoint) => ({ name: endpoint, requests: 200, windowMs: 10_000 }),
  tooManyRequests: () => GATE_IO_REFUSALS.tooManyRequests(),
  headers,
};

/**
 * The reset time is the window's end for a request beyond the limit, and the
 * current time for any other, as Gate.io documents it; in Unix seconds.
 */
function headers(
  { allowed, remaining, resetMs }: RateLimitState,
  { requests }: EndpointLimit,
  nowMs: number,
): Record<string, string> {
  const resetSeconds = allowed ? Math.floor(nowMs / 1_000) : Math.ceil(resetMs / 1_000);
  return {
    'X-Gate-RateLimit-Requests-Remain': String(remaining),
    'X-Gate-RateLimit-Limit': String(requests),
    'X-Gate-RateLimit-Reset-Timestamp': String(resetSeconds),
  };
}
