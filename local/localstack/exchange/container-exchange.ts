import { EXCHANGE_NAMES } from '../../../lambdas/shared/adapters/exchanges/exchange-facts';
import { marketKey } from '../../../lambdas/shared/domain/market';
import type { ExchangeServerOptions } from '../../exchange/exchange-server';
import {
  type FollowedPairs,
  type LocalExchange,
  openExchange,
  type WantedExchange,
} from '../../run/run-exchange';
import { askedPairs } from '../../start/asked-pairs';

/** The exchanges that the container serves. */
export interface ContainerExchanges {
  /** The exchanges that are followed, with their pairs. */
  readonly followed: readonly FollowedPairs[];
  /** A folder with recorded candles; undefined for generated ones. */
  readonly recordings: string | undefined;
  /** The time at which the exchanges stand still, UTC; undefined for the clock's time. */
  readonly timeMs: number | undefined;
}

/** The same as variables of the compose file, which passes them to the container. */
export function containerVariables({
  followed,
  recordings = '',
  timeMs,
}: ContainerExchanges): Record<string, string> {
  const markets = followed.flatMap(({ exchange, pairs }) =>
    pairs.map((pair) => marketKey({ exchange, pair })),
  );
  return {
    EXCHANGE_PAIRS: markets.join(','),
    EXCHANGE_TIME: timeMs === undefined ? '' : new Date(timeMs).toISOString(),
    EXCHANGE_RECORDINGS: recordings,
  };
}

/** Opens the exchanges that variables describe, each at a base URL of its own. */
export function openContainerExchange(
  environment: Readonly<Record<string, string | undefined>>,
  listen: Partial<ExchangeServerOptions> = {},
): Promise<LocalExchange> {
  const {
    EXCHANGE_PAIRS: pairs = '',
    EXCHANGE_RECORDINGS: folder = '',
    EXCHANGE_TIME: time = '',
  } = environment;
  const choice = folder === '' ? 'simulated' : folder;
  const fixedTimeMs = time === '' ? undefined : Date.parse(time);
  return openExchange(choice, wantedIn(pairs), { ...listen, fixedTimeMs });
}

function wantedIn(markets: string): readonly WantedExchange[] {
  const keys = markets.split(',').filter((key) => key !== '');
  return EXCHANGE_NAMES.flatMap((exchange) => {
    const pairs = askedPairs(keys, exchange);
    return pairs === undefined ? [] : [{ exchange, pairs, asked: undefined }];
  });
}
