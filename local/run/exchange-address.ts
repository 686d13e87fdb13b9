import {
  EXCHANGE_FACTS,
  type ExchangeName,
} from '../../lambdas/shared/adapters/exchanges/exchange-facts';
import type { ExchangeAddress, ExchangeAddresses } from '../emulator/local-environment';
import type { AnsweredExchange } from '../exchange/exchange-server';

/** The base URLs of the exchanges of a server. */
export interface ServedUrls {
  of(exchange: ExchangeName): Pick<AnsweredExchange, 'url' | 'archiveUrl'>;
}

/** Where exchanges are reached that a server stands for, each with the path that its API has. */
export function addressesOf(
  servers: ServedUrls,
  exchanges: readonly ExchangeName[],
): ExchangeAddresses {
  return Object.fromEntries(exchanges.map((exchange) => [exchange, addressOf(servers, exchange)]));
}

/** Where the real exchanges are reached. */
export function realAddresses(exchanges: readonly ExchangeName[]): ExchangeAddresses {
  return Object.fromEntries(
    exchanges.map((exchange) => {
      const { url, archiveUrl } = EXCHANGE_FACTS[exchange];
      return [exchange, { url, archiveUrl: archiveUrl ?? undefined }];
    }),
  );
}

function addressOf(servers: ServedUrls, exchange: ExchangeName): ExchangeAddress {
  const facts = EXCHANGE_FACTS[exchange];
  const { url, archiveUrl } = servers.of(exchange);
  const { pathname } = new URL(facts.url);
  return {
    url: pathname === '/' ? url : url + pathname,
    archiveUrl: facts.archiveUrl === null ? undefined : archiveUrl,
  };
}
