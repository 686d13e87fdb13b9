import type { Market } from '../../shared/domain/market';
import { unknownMarket } from '../http/problem';
import type { QueryContext } from '../ports';
import { followedMarkets } from '../v1/known-market';

/** An exchange as UDF names it: `gate-io` is `GATEIO`. */
export function udfExchange(exchange: string): string {
  return exchange.replaceAll('-', '').toUpperCase();
}

/** A market as UDF names it: `GATEIO:BTC_USDT`. */
export function udfSymbol({ exchange, pair }: Market): string {
  return `${udfExchange(exchange)}:${pair}`;
}

/**
 * Finds a followed market by its symbol, or by its pair alone, in any case.
 *
 * @throws Problem with status 404 if it is not followed
 */
export async function marketOfSymbol(
  context: Pick<QueryContext, 'store' | 'settings'>,
  symbol: string,
): Promise<Market> {
  const wanted = symbol.toUpperCase();
  const market = (await followedMarkets(context)).find(
    (one) => udfSymbol(one).toUpperCase() === wanted || one.pair.toUpperCase() === wanted,
  );
  if (market === undefined) throw unknownMarket(symbol);
  return market;
}

/** The pair for people: `BTC / USDT`. */
export function describedPair({ pair }: Market): string {
  return pair.replaceAll('_', ' / ');
}
