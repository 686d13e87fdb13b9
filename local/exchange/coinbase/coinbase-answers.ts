import type { ExchangeCandle } from '../candles/exchange-candle';
import type { AnsweringExchange, ApiRequest } from '../exchange-api';
import { listedPairs } from '../answers/listed-pairs';
import { minutesServed } from '../answers/served-candles';
import { readCandlesQuery } from './coinbase-candles-query';
import { COINBASE_REFUSALS, unknownProduct } from './coinbase-refusals';

const TIME_PATH = '/api/v3/brokerage/time';
const PRODUCTS_PATH = '/api/v3/brokerage/market/products';
const PRODUCT = /^\/api\/v3\/brokerage\/market\/products\/([^/]+)(\/candles)?$/;
/** The smallest steps of prices and volumes. */
const STEP = '0.00000001';

/** Coinbase's name of a pair: `BTC-USD` of `BTC_USD`. */
export function productOf(pair: string): string {
  return pair.replace('_', '-');
}

/** The endpoint of a path: `candles`, `products` or `time`. */
export function endpointOf(path: string): string {
  if (path === TIME_PATH) return 'time';
  const product = PRODUCT.exec(path);
  if (product?.[2] !== undefined) return 'candles';
  return product !== null || path === PRODUCTS_PATH ? 'products' : path;
}

/** The product that a request is about. */
export function productAskedFor({ path }: ApiRequest): string | undefined {
  return PRODUCT.exec(path)?.[1];
}

/**
 * The JSON text that answers `GET <path>?<parameters>` with status 200.
 *
 * @throws ExchangeRefusal if the answer has another status
 */
export function answerOf(exchange: AnsweringExchange, { path, parameters }: ApiRequest): string {
  if (path === TIME_PATH) return time(exchange);
  if (path === PRODUCTS_PATH) return products(exchange);
  const [, product, ofCandles] = PRODUCT.exec(path) ?? [];
  if (product === undefined) throw COINBASE_REFUSALS.notFound(path);
  const pair = exchange.pairsByName.get(product);
  if (pair === undefined) throw unknownProduct();
  if (ofCandles !== undefined) return candles(exchange, pair, parameters);
  return JSON.stringify(productInfo(exchange, pair));
}

/** Newest first. */
function candles(exchange: AnsweringExchange, pair: string, parameters: URLSearchParams): string {
  const { fromMs, toMs } = readCandlesQuery(parameters);
  if (exchange.delistedPairs.has(pair)) throw unknownProduct();
  const rows = minutesServed(exchange, pair, fromMs, toMs).map(rowText);
  return `{"candles":[${rows.reverse().join(',')}]}`;
}

/** Candles of Coinbase have no quote volume. */
function rowText({ openTimeMs, open, high, low, close, baseVolume }: ExchangeCandle): string {
  return `{"start":"${openTimeMs / 1_000}","low":"${low}","high":"${high}","open":"${open}","close":"${close}","volume":"${baseVolume}"}`;
}

function products(exchange: AnsweringExchange): string {
  const listed = listedPairs(exchange).map((pair) => productInfo(exchange, pair));
  return JSON.stringify({ products: listed, num_products: listed.length });
}

function productInfo({ delistedPairs }: AnsweringExchange, pair: string): object {
  const [base, quote] = pair.split('_');
  const isDelisted = delistedPairs.has(pair);
  return {
    product_id: productOf(pair),
    product_type: 'SPOT',
    base_currency_id: base,
    quote_currency_id: quote,
    base_increment: STEP,
    quote_increment: STEP,
    status: isDelisted ? 'delisted' : 'online',
    trading_disabled: isDelisted,
    is_disabled: isDelisted,
    view_only: false,
    cancel_only: false,
    limit_only: false,
    post_only: false,
    auction_mode: false,
  };
}

function time({ nowMs }: AnsweringExchange): string {
  return JSON.stringify({
    iso: new Date(nowMs).toISOString(),
    epochSeconds: String(Math.floor(nowMs / 1_000)),
    epochMillis: String(nowMs),
  });
}
