import {
  EXCHANGE_FACTS,
  type ExchangeName,
} from '../../lambdas/shared/adapters/exchanges/exchange-facts';
import type { ExchangeAddress } from '../emulator/local-environment';
import type { RunningExchanges } from '../exchange/exchange-server';

/** Where an exchange is reached that a server stands for, with the path that its API has. */
export function addressOf(servers: RunningExchanges, exchange: ExchangeName): ExchangeAddress {
  const facts = EXCHANGE_FACTS[exchange];
  const { url, archiveUrl } = servers.of(exchange);
  const { pathname } = new URL(facts.url);
  return {
    url: pathname === '/' ? url : url + pathname,
    archiveUrl: facts.archiveUrl === null ? undefined : archiveUrl,
  };
}
