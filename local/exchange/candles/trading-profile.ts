import { hash32 } from './random-numbers';

/** How a generated pair trades. */
export interface TradingProfile {
  /** The price around which its days lie, in its quote currency. */
  readonly basePrice: number;
  /** Digits behind the point of its prices. */
  readonly priceDecimals: number;
  /** Digits behind the point of its base volumes, before they are written with 8. */
  readonly amountDecimals: number;
  /** How much of the quote currency a middling minute trades. */
  readonly minuteTurnover: number;
  /** The share of its minutes without a trade: 0.02 to 0.15. */
  readonly emptyShare: number;
}

const WELL_KNOWN_PRICES: ReadonlyMap<string, number> = new Map([
  ['BTC_USDT', 67_000],
  ['ETH_USDT', 3_400],
  ['SOL_USDT', 150],
  ['XRP_USDT', 0.52],
  ['DOGE_USDT', 0.12],
  ['SHIB_USDT', 0.000022],
  ['ETH_BTC', 0.051],
]);

/** The profile of a pair: it follows from the seed and the pair's name alone. */
export function tradingProfile(seed: number, pair: string): TradingProfile {
  const known = WELL_KNOWN_PRICES.get(pair);
  const basePrice = known ?? inventedPrice(hash32(pair, seed, 1));
  const liquidity = known === undefined ? (hash32(pair, seed, 2) % 1000) / 1000 : 1;
  return {
    basePrice,
    priceDecimals: priceDecimals(basePrice),
    amountDecimals: basePrice >= 1 ? 8 : basePrice >= 0.01 ? 4 : 0,
    minuteTurnover: 50 + 20_000 * liquidity * liquidity,
    emptyShare: 0.15 - 0.13 * liquidity,
  };
}

/** Prices from 0.00001 up to 1,000, as many of each magnitude. */
function inventedPrice(hash: number): number {
  const magnitude = [0.00001, 0.0001, 0.001, 0.01, 0.1, 1, 10, 100][hash % 8] ?? 1;
  return magnitude * (1 + (9 * ((hash >>> 3) % 1000)) / 1000);
}

function priceDecimals(price: number): number {
  if (price >= 1_000) return 1;
  if (price >= 1) return 4;
  return price >= 0.01 ? 6 : 8;
}
