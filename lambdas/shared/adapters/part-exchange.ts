import type { Telemetry } from '../domain/ports';
import { createExchange } from './exchanges/exchange';
import { AddressBan } from './exchanges/http/address-ban';
import {
  type FiringPart,
  type FollowedExchanges,
  settingsOf,
  shardRequests,
} from './followed-exchanges';

/**
 * Creates the exchange of each part. The shards of an exchange have one address:
 * what one of them is refused, no other sends.
 */
export function createPartExchanges(exchanges: FollowedExchanges, telemetry: Telemetry) {
  const bans = new Map([...exchanges.keys()].map((name) => [name, new AddressBan()]));
  return (part: FiringPart) => {
    const { url, requestsPer10Seconds } = settingsOf(exchanges, part);
    return createExchange(part.exchange, {
      baseUrl: url,
      ban: bans.get(part.exchange),
      telemetry,
      requestsPer10Seconds: shardRequests(requestsPer10Seconds, part),
    });
  };
}
