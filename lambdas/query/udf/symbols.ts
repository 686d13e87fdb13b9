import * as v from 'valibot';
import type { Market } from '../../shared/domain/market';
import { type Answer, JSON_TYPE } from '../http/answer';
import { SymbolParameter } from '../http/texts';
import type { QueryContext, StoredCandle } from '../ports';
import { SYMBOL_TYPE } from './config';
import { INTRADAY, SUPPORTED } from './resolutions';
import { describedPair, marketOfSymbol, udfExchange, udfSymbol } from './symbol-names';

/** Parameters of `/udf/symbols`. */
export const SymbolsParameters = v.object({
  symbol: SymbolParameter,
});

/** Answer of `/udf/symbols`. It has no key `s`, which would say that it is an error. */
export const SymbolsAnswer = v.strictObject({
  name: v.string(),
  ticker: v.string(),
  full_name: v.string(),
  description: v.string(),
  type: v.literal(SYMBOL_TYPE),
  exchange: v.string(),
  listed_exchange: v.string(),
  session: v.literal('24x7'),
  timezone: v.literal('Etc/UTC'),
  minmov: v.literal(1),
  minmovement: v.literal(1),
  pricescale: v.pipe(v.number(), v.integer(), v.description('10 to the number of decimals')),
  has_intraday: v.literal(true),
  has_daily: v.literal(true),
  has_weekly_and_monthly: v.literal(true),
  intraday_multipliers: v.array(v.picklist(INTRADAY)),
  supported_resolutions: v.array(v.picklist(SUPPORTED)),
  volume_precision: v.pipe(v.number(), v.integer()),
  data_status: v.literal('streaming'),
  format: v.literal('price'),
});

/** The decimals of a pair are not stored: they are those of its newest days. */
const NEWEST_DAYS = 100;
/** Powers of ten up to this are exact as numbers, and written without an exponent. */
const MOST_DECIMALS = 20;

/**
 * One market's description.
 *
 * @throws Problem with status 404 if the market is not followed
 */
export async function answerSymbols(
  { symbol }: v.InferOutput<typeof SymbolsParameters>,
  context: QueryContext,
): Promise<Answer> {
  const { store, nowMs } = context;
  const market = await marketOfSymbol(context, symbol);
  const days = await store.readCandles({
    ...market,
    interval: '1d',
    fromMs: 0,
    toMs: nowMs,
    order: 'newest-first',
    limit: NEWEST_DAYS,
  });
  return { status: 200, contentType: JSON_TYPE, body: JSON.stringify(described(market, days)) };
}

function described(
  market: Market,
  days: readonly StoredCandle[],
): v.InferOutput<typeof SymbolsAnswer> {
  const prices = days.flatMap(({ open, high, low, close }) => [open, high, low, close]);
  const decimals = Math.min(MOST_DECIMALS, Math.max(0, ...prices.map(({ scale }) => scale)));
  const volumeDecimals = Math.max(0, ...days.map(({ baseVolume }) => baseVolume.scale));
  const exchange = udfExchange(market.exchange);
  return {
    ...{ name: udfSymbol(market), ticker: udfSymbol(market), full_name: udfSymbol(market) },
    ...{ description: describedPair(market), type: SYMBOL_TYPE },
    ...{ exchange, listed_exchange: exchange },
    ...{ session: '24x7', timezone: 'Etc/UTC' },
    ...{ minmov: 1, minmovement: 1, pricescale: 10 ** decimals },
    ...{ has_intraday: true, has_daily: true, has_weekly_and_monthly: true },
    intraday_multipliers: [...INTRADAY],
    supported_resolutions: [...SUPPORTED],
    ...{ volume_precision: volumeDecimals, data_status: 'streaming', format: 'price' },
  };
}
