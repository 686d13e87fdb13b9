import type { ExchangeName } from '../../lambdas/shared/adapters/exchanges/exchange-facts';
import { fetchParts } from '../../lib/stages/firing-parts';
import {
  type ExchangeSetting,
  mostRequests,
  usualExchange,
} from '../../lib/stages/settings/exchange-settings';
import { rateProblem } from '../../lib/stages/stage-limits';

/** Binance admits several times as many requests as Gate.io: of ten markets seven are Binance's. */
const SHARES: readonly (readonly [ExchangeName, number])[] = [
  ['gate-io', 0.3],
  ['binance', 0.7],
];
/** Markets are followed as those of a whole exchange are. */
const PATTERN = '*_USDT';

/** An exchange, with as many markets as a benchmark follows of it. */
export interface ExchangeOfMarkets {
  readonly setting: ExchangeSetting;
  /** `P0000_USDT`, `P0001_USDT`, ... */
  readonly pairs: readonly string[];
}

/** The exchanges of so many markets, each at the most requests that a stage may send to it. */
export function exchangesOfMarkets(markets: number): readonly ExchangeOfMarkets[] {
  return SHARES.map(([exchange, share]) => {
    const pairs = numberedPairs(Math.round(markets * share));
    const requestsPer10Seconds = mostRequests(exchange);
    return {
      setting: {
        ...usualExchange(exchange, [PATTERN]),
        requestsPer10Seconds,
        expectedMarkets: pairs.length,
      },
      pairs,
    };
  });
}

/** Of so many markets those that a tick a minute can follow, within the limits of each exchange. */
export function marketsWithinLimits(markets: number): number {
  let [fitting, beyond] = [0, markets + 1];
  while (beyond - fitting > 1) {
    const tried = Math.floor((fitting + beyond) / 2);
    if (fits(tried)) fitting = tried;
    else beyond = tried;
  }
  return fitting;
}

function fits(markets: number): boolean {
  const exchanges = exchangesOfMarkets(markets).map(({ setting }) => setting);
  return rateProblem({ exchanges, scheduleMinutes: 1 }) === undefined;
}

/** The invocations of fetch that one tick of so many markets has. */
export function invocationsOfTick(markets: number): number {
  return exchangesOfMarkets(markets).flatMap(({ setting }) => fetchParts(setting)).length;
}

/** Pairs for generated candles: `P0000_USDT`, `P0001_USDT`, ... */
export function numberedPairs(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `P${String(index).padStart(4, '0')}_USDT`);
}
