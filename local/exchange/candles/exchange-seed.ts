import { hash32 } from './random-numbers';

/**
 * The seed of an exchange's generated candles, so that two exchanges differ in a pair
 * that both have; Gate.io's is the seed itself.
 */
export function exchangeSeed(exchange: string, seed: number): number {
  return exchange === 'gate-io' ? seed : hash32(exchange, seed);
}
