import type { LimitedRequest, LimitOptions, RequestLimit } from '../exchange-api';
import type { ExchangeRefusal } from '../exchange-refusal';
import { type RateLimitState, RateWindow } from './rate-window';

/** Limits that some endpoints share, or that one has to itself. */
export interface EndpointLimit {
  /** Endpoints with the same name share a window. */
  readonly name: string;
  readonly requests: number;
  readonly windowMs: number;
}

/** An exchange's limits of requests. */
export interface EndpointLimits {
  /** The limit that an endpoint is counted against. */
  limitOf(endpoint: string): EndpointLimit;
  /** The answer to a request beyond a limit. */
  tooManyRequests(): ExchangeRefusal;
  /** The headers of an answer. @default none */
  headers?(state: RateLimitState, limit: EndpointLimit, nowMs: number): LimitedRequest['headers'];
}

/** Counts requests in a window of each limit. */
export function createEndpointLimit(limits: EndpointLimits, options: LimitOptions): RequestLimit {
  const windows = new Map<string, RateWindow>();
  return {
    take(endpoint, nowMs) {
      const own = limits.limitOf(endpoint);
      const { requestsPerWindow = own.requests, windowMs = own.windowMs } = options;
      const limit = { name: own.name, requests: requestsPerWindow, windowMs };
      const window = windows.get(limit.name) ?? new RateWindow(limit.requests, limit.windowMs);
      windows.set(limit.name, window);
      const state = window.take(nowMs);
      const headers = limits.headers?.(state, limit, nowMs) ?? {};
      return state.allowed ? { headers } : { headers, refusal: limits.tooManyRequests() };
    },
  };
}
