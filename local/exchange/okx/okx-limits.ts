import type { EndpointLimits } from '../answers/endpoint-limit';
import { OKX_REFUSALS } from './okx-refusals';

const WINDOW_MS = 2_000;
const DEFAULT_REQUESTS = 20;
const REQUESTS: ReadonlyMap<string, number> = new Map([
  ['candles', 40],
  ['time', 10],
]);

/** OKX's limits: requests of an endpoint in 2 s; no answer says how they stand. */
export const OKX_LIMITS: EndpointLimits = {
  limitOf: (endpoint) => ({
    name: endpoint,
    requests: REQUESTS.get(endpoint) ?? DEFAULT_REQUESTS,
    windowMs: WINDOW_MS,
  }),
  tooManyRequests: () => OKX_REFUSALS.tooManyRequests(),
};
