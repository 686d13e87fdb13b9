import { BINANCE_ANSWERS } from './binance-answers';
import { COINBASE_ANSWERS } from './coinbase-answers';
import type { ExchangeAnswers } from './exchange-answers';
import { GATE_IO_ANSWERS } from './gate-io-answers';
import { OKX_ANSWERS } from './okx-answers';

/** The exchanges that the suite is run for: one line each. */
export const EXCHANGES: readonly ExchangeAnswers[] = [
  GATE_IO_ANSWERS,
  BINANCE_ANSWERS,
  OKX_ANSWERS,
  COINBASE_ANSWERS,
];
