import type { ExchangeName } from '../../lambdas/shared/adapters/exchanges/exchange-facts';
import type { ExchangeFaults } from '../exchange/answer-fault';
import { exchangeSeed } from '../exchange/candles/exchange-seed';
import { RandomLies } from '../exchange/random-lies';
import type { LocalExchange } from '../run/run-exchange';
import { type LiesRequest, lieText, LiveExchangeLiesError } from './start-request';

/** Each run tells the same lies. */
const SEED = 1;

/** The lies that were asked for of an exchange; undefined if none were. */
export function liesOf(
  request: LiesRequest | undefined,
  exchange: ExchangeName,
): ExchangeFaults | undefined {
  const asked = (request?.lies ?? []).filter(
    (lie) => lie.exchange === undefined || lie.exchange === exchange,
  );
  if (request === undefined || asked.length === 0) return undefined;
  const lies = asked.map(({ lie }) => lie);
  return new RandomLies({ lies, rate: request.rate, seed: exchangeSeed(exchange, SEED) });
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
  if (exchange.isLive) throw new LiveExchangeLiesError();
  const { lies, rate } = request;
  const said = lies.map(lieText).join(', ');
  return {
    ...exchange,
    description: `${exchange.description}, lies at a rate of ${rate}: ${said}`,
  };
}
