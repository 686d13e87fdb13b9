import * as v from 'valibot';
import type { Market } from '../../shared/domain/market';
import { type Answer, jsonAnswer } from '../http/answer';
import type { QueryContext } from '../ports';
import { followedMarkets } from '../v1/known-market';
import { SYMBOL_TYPE } from './config';
import { describedPair, udfExchange, udfSymbol } from './symbol-names';

const DEFAULT_LIMIT = 30;
const MOST_SYMBOLS = 1_000;

/** Parameters of `/udf/search`: empty ones match all. */
export const SearchParameters = v.object({
  query: v.optional(v.pipe(v.string(), v.description('A part of the symbol, in any case')), ''),
  type: v.optional(v.string(), ''),
  exchange: v.optional(v.string(), ''),
  limit: v.optional(
    v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MOST_SYMBOLS)),
    DEFAULT_LIMIT,
  ),
});

/** Answer of `/udf/search`. */
export const SearchAnswer = v.array(
  v.strictObject({
    symbol: v.string(),
    full_name: v.string(),
    description: v.string(),
    exchange: v.string(),
    ticker: v.string(),
    type: v.literal(SYMBOL_TYPE),
  }),
);

/** The followed markets whose symbol has a text in it; those that begin with it come first. */
export async function answerSearch(
  { query, type, exchange, limit }: v.InferOutput<typeof SearchParameters>,
  context: QueryContext,
): Promise<Answer> {
  if (type !== '' && type !== SYMBOL_TYPE) return jsonAnswer([]);
  const wanted = query.toUpperCase();
  const exchanges = context.settings.exchanges.filter(
    (one) => exchange === '' || udfExchange(one.exchange) === exchange.toUpperCase(),
  );
  const matches = (await followedMarkets(context.store, exchanges))
    .filter((market) => udfSymbol(market).toUpperCase().includes(wanted))
    .sort((a, b) => rankOf(a, wanted) - rankOf(b, wanted));
  const answer: v.InferOutput<typeof SearchAnswer> = matches.slice(0, limit).map((market) => ({
    symbol: market.pair,
    full_name: udfSymbol(market),
    description: describedPair(market),
    exchange: udfExchange(market.exchange),
    ticker: udfSymbol(market),
    type: SYMBOL_TYPE,
  }));
  return jsonAnswer(answer);
}

function rankOf({ pair }: Market, wanted: string): number {
  return pair.toUpperCase().startsWith(wanted) ? 0 : 1;
}
