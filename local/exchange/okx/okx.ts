import { createEndpointLimit } from '../answers/endpoint-limit';
import type { ExchangeApi } from '../exchange-api';
import { answerOf, endpointOf, instrumentAskedFor, instrumentOf } from './okx-answers';
import { OKX_LIMITS } from './okx-limits';
import { OKX_REFUSALS } from './okx-refusals';

/**
 * OKX's spot market data: `candles` and `history-candles` of one minute under
 * `/api/v5/market/`, `instruments` and `time` under `/api/v5/public/`.
 */
export const OKX_API: ExchangeApi = {
  nameOf: instrumentOf,
  endpointOf,
  nameAskedFor: instrumentAskedFor,
  answer: answerOf,
  createLimit: (options) => createEndpointLimit(OKX_LIMITS, options),
  refusals: OKX_REFUSALS,
  rows: { listMembers: ['data'], baseVolume: 5 },
  echoedHeaders: [],
  hasZeroRows: true,
  archive: undefined,
};
