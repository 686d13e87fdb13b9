import type { ExchangeName } from '../exchange-facts';
import { BINANCE } from './binance';
import { COINBASE } from './coinbase';
import type { ExchangeDescription } from './description';
import { GATE_IO } from './gate-io';
import { OKX } from './okx';

/** The description of each exchange that can be followed. */
export const DESCRIPTIONS: Readonly<Record<ExchangeName, ExchangeDescription>> = {
  'gate-io': GATE_IO,
  binance: BINANCE,
  okx: OKX,
  coinbase: COINBASE,
};
