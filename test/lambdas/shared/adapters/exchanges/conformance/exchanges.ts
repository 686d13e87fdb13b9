import { BINANCE_ANSWERS } from './answers/binance-answers';
import { COINBASE_ANSWERS } from './answers/coinbase-answers';
import type { ExchangeAnswers } from './answers/exchange-answers';
import { GATE_IO_ANSWERS } from './answers/gate-io-answers';
import { OKX_ANSWERS } from './answers/okx-answers';

/** The exchanges that the suite is run for: one line each. */
export const EXCHANGES: readonly ExchangeAnswers[] = [
  GATE_IO_ANSWERS,
  BINANCE_ANSWERS,
  OKX_ANSWERS,
  COINBASE_ANSWERS,
];
