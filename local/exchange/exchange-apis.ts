import type { ExchangeName } from '../../lambdas/shared/adapters/exchanges/exchange-facts';
import { BINANCE_API } from './binance/binance';
import { COINBASE_API } from './coinbase/coinbase';
import type { ExchangeApi } from './exchange-api';
import { GATE_IO_API } from './gate-io/gate-io';
import { OKX_API } from './okx/okx';

/** The APIs that the local exchange speaks. */
export const EXCHANGE_APIS: Readonly<Record<ExchangeName, ExchangeApi>> = {
  'gate-io': GATE_IO_API,
  binance: BINANCE_API,
  okx: OKX_API,
  coinbase: COINBASE_API,
};
