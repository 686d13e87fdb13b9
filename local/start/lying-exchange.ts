import type { ExchangeOptions } from '../exchange/exchange-server';
import { RandomLies } from '../exchange/random-lies';
import type { LocalExchange } from '../run/run-exchange';
import { type LiesRequest, LiveExchangeLiesError } from './start-request';

/** Each run tells the same lies. */
const SEED = 1;

/** Options of an exchange that tells the lies that were asked for, if any were. */
export function lyingOptions(request: LiesRequest | undefined): Partial<ExchangeOptions> {
  return request === undefined ? {} : { faults: new RandomLies({ ...request, seed: SEED }) };
}

/**
 * The exchange, with a description that says how it lies.
 *
 * @throws LiveExchangeLiesError if it turned out to be the real one
 */
export function describedLiar<Exchange extends LocalExchange>(
  exchange: Exchange,
  request: LiesRequest | undefined,
): Exchange {
  if (request === undefined) return exchange;
  if (exchange.pairs === undefined) throw new LiveExchangeLiesError();
  const { lies, rate } = request;
  const description = `${exchange.description}, lies at a rate of ${rate}: ${lies.join(', ')}`;
  return { ...exchange, description };
}
