import { isOfPattern, pairsByName } from '../../shared/domain/followed/pair-patterns';
import type { Market } from '../../shared/domain/market';
import { unknownMarket } from '../http/problem';
import { canBeStored } from '../http/texts';
import type { QueriedExchange, QueryContext, QueryStore } from '../ports';

/** An exchange as UDF names it: `gate-io` is `GATEIO`. */
export function udfExchange(exchange: string): string {
  return exchange.replaceAll('-', '').toUpperCase();
}

/** A market as UDF names it: `GATEIO:BTC_USDT`. */
export function udfSymbol({ exchange, pair }: Market): string {
  return `${udfExchange(exchange)}:${pair}`;
}

/**
 * Finds a followed market by its symbol, or by its pair alone: one that is
 * followed by its name in any case, and one of a pattern as it is written or in
 * upper case. If several exchanges have the pair, it is of the first.
 *
 * @throws Problem with status 404 if it is not followed
 */
export async function marketOfSymbol(
  { store, settings }: Pick<QueryContext, 'store' | 'settings'>,
  symbol: string,
): Promise<Market> {
  const colon = symbol.indexOf(':');
  const name = symbol.slice(colon + 1);
  const exchange = colon < 0 ? undefined : symbol.slice(0, colon).toUpperCase();
  for (const one of settings.exchanges) {
    if (exchange !== undefined && udfExchange(one.exchange) !== exchange) continue;
    const pair = namedPair(one, name) ?? (await storedPair(store, one, name));
    if (pair !== undefined) return { exchange: one.exchange, pair };
  }
  throw unknownMarket(symbol);
}

function namedPair({ pairs }: QueriedExchange, name: string): string | undefined {
  return pairsByName(pairs).find((pair) => pair.toUpperCase() === name.toUpperCase());
}

/** The pair of a pattern of which something is stored: a read by its key, however many the pattern has. */
async function storedPair(
  store: Pick<QueryStore, 'isKnown'>,
  { exchange, pairs }: QueriedExchange,
  name: string,
): Promise<string | undefined> {
  for (const pair of new Set([name, name.toUpperCase()])) {
    const market = { exchange, pair };
    if (!canBeStored(market) || !isOfPattern(pair, pairs)) continue;
    if (await store.isKnown(market)) return pair;
  }
  return undefined;
}

/** The pair for people: `BTC / USDT`. */
export function describedPair({ pair }: Market): string {
  return pair.replaceAll('_', ' / ');
}
