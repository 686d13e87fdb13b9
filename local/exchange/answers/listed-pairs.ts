import type { AnsweringExchange } from '../exchange-api';

/** The pairs whose trading has started, sorted; those not traded any more included. */
export function listedPairs({ pairsByName, source, nowMs }: AnsweringExchange): string[] {
  return [...pairsByName.values()].filter((pair) => source.startMs(pair) <= nowMs);
}

/** Those of them that are traded. */
export function tradedPairs(exchange: AnsweringExchange): string[] {
  return listedPairs(exchange).filter((pair) => !exchange.delistedPairs.has(pair));
}
