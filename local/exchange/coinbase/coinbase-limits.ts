import type { EndpointLimits } from '../answers/endpoint-limit';
import { COINBASE_REFUSALS } from './coinbase-refusals';

/** Coinbase's limits: 10 requests a second of an address; no answer says how that stands. */
export const COINBASE_LIMITS: EndpointLimits = {
  limitOf: () => ({ name: 'address', requests: 10, windowMs: 1_000 }),
  tooManyRequests: () => COINBASE_REFUSALS.tooManyRequests(),
};
