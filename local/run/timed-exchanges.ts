import type { ExchangeName } from '../../lambdas/shared/adapters/exchanges/exchange-facts';
import type { ExchangeCounts, ServedExchange } from '../exchange/exchange-requests';
import { startExchanges } from '../exchange/exchange-server';
import { addressesOf } from './exchange-address';
import type { TimedExchange } from './run-exchange';

/** An exchange to serve, by its name. */
export type NamedExchange = ServedExchange & { readonly exchange: ExchangeName };

/** Exchanges of one server whose common time is set from outside. */
export interface SeveralTimedExchanges extends TimedExchange {
  /** The requests of one of them so far. */
  counts(exchange: ExchangeName): ExchangeCounts;
}

/**
 * Several exchanges, Gate.io among them, each with its own candles, whose common time is set
 * from outside; it starts at the epoch.
 */
export async function openTimedExchanges(
  served: readonly NamedExchange[],
  description: string,
): Promise<SeveralTimedExchanges> {
  let timeMs = 0;
  const servers = await startExchanges(served, { port: 0, now: () => timeMs });
  const names = served.map(({ exchange }) => exchange);
  return {
    addresses: addressesOf(servers, names),
    description,
    isLive: false,
    pairs: served.find(({ exchange }) => exchange === 'gate-io')?.source.pairs() ?? [],
    counts: (exchange) => servers.of(exchange).counts(),
    setTime: (nowMs) => (timeMs = nowMs),
    stop: () => servers.stop(),
  };
}
