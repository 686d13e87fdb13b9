import { createEndpointLimit } from '../answers/endpoint-limit';
import type { ExchangeApi } from '../exchange-api';
import { answerOf, endpointOf, productAskedFor, productOf } from './coinbase-answers';
import { COINBASE_LIMITS } from './coinbase-limits';
import { COINBASE_REFUSALS } from './coinbase-refusals';

/**
 * Coinbase's public Advanced Trade market data: `products`, `products/{id}` and
 * `products/{id}/candles` of one minute under `/api/v3/brokerage/market/`, and `time`.
 */
export const COINBASE_API: ExchangeApi = {
  nameOf: productOf,
  endpointOf,
  nameAskedFor: productAskedFor,
  answer: answerOf,
  createLimit: (options) => createEndpointLimit(COINBASE_LIMITS, options),
  refusals: COINBASE_REFUSALS,
  rows: { listMembers: ['candles', 'products'], baseVolume: 'volume' },
  echoedHeaders: [],
  hasZeroRows: false,
  archive: undefined,
};
