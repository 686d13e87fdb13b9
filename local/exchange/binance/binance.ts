import type { ExchangeApi } from '../exchange-api';
import { BINANCE_ARCHIVE } from './binance-archive';
import { answerOf, endpointOf, symbolAskedFor, symbolOf } from './binance-answers';
import { BINANCE_REFUSALS } from './binance-refusals';
import { createWeightLimit } from './weight-limit';

/** Binance's spot market data: `klines` of one minute, `exchangeInfo` and `time` under `/api/v3/`. */
export const BINANCE_API: ExchangeApi = {
  nameOf: symbolOf,
  endpointOf,
  nameAskedFor: symbolAskedFor,
  answer: answerOf,
  createLimit: createWeightLimit,
  refusals: BINANCE_REFUSALS,
  rows: { listMembers: ['symbols'], baseVolume: 5 },
  echoedHeaders: [],
  hasZeroRows: true,
  archive: BINANCE_ARCHIVE,
};
