import type { ExchangesValue } from '../../lambdas/shared/adapters/followed-exchanges';
import {
  archiveUrl,
  type ExchangeSetting,
  marketsOf,
  retentionMinutes,
} from './settings/exchange-settings';

/**
 * The variable `EXCHANGES` of a function: the exchanges without their pairs, with its part of
 * the requests that each may be sent.
 */
export function exchangesVariable(
  exchanges: readonly ExchangeSetting[],
  partOf: (requestsPer10Seconds: number) => number,
): string {
  const entries = exchanges.map((exchange) => {
    const archive = archiveUrl(exchange);
    return [
      exchange.kind,
      {
        url: exchange.url,
        ...(archive === undefined ? {} : { archiveUrl: archive }),
        requestsPer10Seconds: partOf(exchange.requestsPer10Seconds),
        retentionMinutes: retentionMinutes(exchange),
        expectedMarkets: marketsOf(exchange),
      },
    ] as const;
  });
  return JSON.stringify(Object.fromEntries(entries) satisfies ExchangesValue);
}
