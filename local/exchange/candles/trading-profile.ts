import { hash32 } from './random-numbers';

/** The trading of a generated pair. */
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

/** Believable prices of well-known currencies, in dollars. */
const DOLLARS: ReadonlyMap<string, number> = new Map([
  ['BTC', 67_000],
  ['ETH', 3_400],
  ['BNB', 580],
  ['SOL', 150],
  ['BCH', 390],
  ['LTC', 82],
  ['AVAX', 35],
  ['LINK', 15],
  ['ATOM', 8.5],
  ['UNI', 8],
  ['DOT', 6.8],
  ['NEAR', 6],
  ['XRP', 0.52],
  ['ADA', 0.45],
  ['TRX', 0.13],
  ['DOGE', 0.12],
  ['XLM', 0.11],
  ['SHIB', 0.000022],
  ['USDT', 1],
  ['USDC', 1],
  ['USD', 1],
]);

/** The profile of a pair: it follows from the seed and the pair's name alone. */
export function tradingProfile(seed: number, pair: string): TradingProfile {
  const known = wellKnownPrice(pair);
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

/** The price of a pair of two well-known currencies, in its quote currency. */
function wellKnownPrice(pair: string): number | undefined {
  const [base, quote] = pair.split('_').map((currency) => DOLLARS.get(currency));
  return base === undefined || quote === undefined ? undefined : base / quote;
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
