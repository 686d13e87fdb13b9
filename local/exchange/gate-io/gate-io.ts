import { createEndpointLimit } from '../answers/endpoint-limit';
import type { ExchangeApi } from '../exchange-api';
import { answerOf, endpointOf, pairAskedFor } from './gate-io-answers';
import { GATE_IO_ARCHIVE } from './gate-io-archive';
import { GATE_IO_LIMITS } from './gate-io-limits';
import { GATE_IO_REFUSALS } from './gate-io-refusals';

/**
 * Gate.io's v4 spot market data: `candlesticks`, `time`, `currency_pairs`,
 * `currency_pairs/{pair}` and `tickers` under `/api/v4/spot/`.
 */
export const GATE_IO_API: ExchangeApi = {
  nameOf: (pair) => pair,
  endpointOf,
  nameAskedFor: pairAskedFor,
  answer: answerOf,
  createLimit: (options) => createEndpointLimit(GATE_IO_LIMITS, options),
  refusals: GATE_IO_REFUSALS,
  rows: { listMembers: [], baseVolume: 6 },
  echoedHeaders: ['X-Client-Request-Id'],
  hasZeroRows: false,
  archive: GATE_IO_ARCHIVE,
};
