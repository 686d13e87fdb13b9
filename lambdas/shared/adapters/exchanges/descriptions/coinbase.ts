import * as v from 'valibot';
import { type ExchangeDescription, pathWith, secondsText } from './description';

const PRODUCTS = '/api/v3/brokerage/market/products';

const text = v.string();
const Row = v.pipe(
  v.object({ start: secondsText, low: text, high: text, open: text, close: text, volume: text }),
  v.transform(({ start, low, high, open, close, volume }) => ({
    openTimeMs: start,
    open,
    high,
    low,
    close,
    baseVolume: volume,
    quoteVolume: null,
  })),
);
const RowTime = v.pipe(
  v.object({ start: secondsText }),
  v.transform(({ start }) => start),
);

const disabled = v.fallback(v.optional(v.boolean(), false), false);
const Product = v.pipe(
  v.object({ product_id: text, is_disabled: disabled, trading_disabled: disabled }),
  v.transform((product) => ({
    // The name is the identifier: two products may have the same currencies.
    pair: pairOf(product.product_id),
    isTrading: !product.is_disabled && !product.trading_disabled,
  })),
);

function pairOf(product: string): string {
  return product.replaceAll('-', '_');
}

function productPath(pair: string): string {
  return `${PRODUCTS}/${encodeURIComponent(pair.replaceAll('_', '-'))}`;
}

/**
 * Coinbase, by the public endpoints of Advanced Trade, whose numbers are texts: `BTC-USD`; rows
 * are objects, newest first, times in seconds. It has no quote volume, and no row for a minute
 * without a trade; only the clock says that the first row is open. Rows before the range may come,
 * and one at its end. 10 requests a second by address.
 *
 * Source: Coinbase Advanced Trade API, "Get public product candles", "Get public product", "List
 * public products", "Rate limits".
 */
export const COINBASE: ExchangeDescription = {
  exchange: 'coinbase',
  windowMs: 1_000,
  candles: {
    request: ({ pair, fromMs, toMs }) => ({
      path: pathWith(`${productPath(pair)}/candles`, {
        start: fromMs / 1_000,
        end: toMs / 1_000,
        granularity: 'ONE_MINUTE',
      }),
    }),
    rows: v.pipe(
      v.object({ candles: v.array(v.unknown()) }),
      v.transform(({ candles }) => candles),
    ),
    expectedRow: 'an object of texts',
    row: Row,
    rowTime: RowTime,
    isClosedByClock: true,
    isNewestFirst: true,
    mayComeToo: (openTimeMs, { fromMs, toMs }) => openTimeMs < fromMs || openTimeMs === toMs,
  },
  listings: {
    request: (pair) => ({ path: productPath(pair) }),
    since: v.pipe(
      v.object({ product_id: text }),
      v.transform(({ product_id: product }) => ({ pair: pairOf(product), sinceMs: null })),
    ),
    expected: 'its product_id',
    allRequest: { path: pathWith(PRODUCTS, { product_type: 'SPOT' }) },
    all: v.pipe(
      v.object({ products: v.array(v.unknown()) }),
      v.transform(({ products }) => products),
    ),
    listed: Product,
  },
  error: v.pipe(
    v.object({ error: text, message: v.optional(text, '') }),
    v.transform(({ error, message }) => ({ code: error, message })),
  ),
  failures: { NOT_FOUND: 'UnknownPair', RESOURCE_EXHAUSTED: 'RateLimited' },
};
