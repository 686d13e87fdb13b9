import * as v from 'valibot';
import type { Shard } from '../domain/followed/shard';
import { pairList, urlText } from './environment';
import { EXCHANGE_NAMES, type ExchangeName } from './exchanges/exchange-facts';

const positive = v.pipe(v.number(), v.safeInteger(), v.minValue(1, 'expected at least 1'));

const FollowedExchange = v.strictObject({
  /** `BTC_USDT,*_USDC`: the pairs to follow, or patterns of pairs. */
  pairs: pairList,
  /** Base URL of its API. */
  url: urlText,
  /** Base URL of its archive; not set if it has none. */
  archiveUrl: v.optional(urlText),
  /** How many requests the function may send it in 10 s, all of its shards together. */
  requestsPer10Seconds: positive,
  /** The most markets that its patterns are expected to name; not set if it has none. */
  expectedMarkets: v.optional(positive),
  /** How many minutes back its API is asked, with a margin. */
  retentionMinutes: positive,
});

/** Settings of a followed exchange, as a function reads them. */
export type FollowedExchange = v.InferOutput<typeof FollowedExchange>;

/** The exchanges that are followed, in the order of the stage. */
export type FollowedExchanges = ReadonlyMap<ExchangeName, FollowedExchange>;

/** The markets that a firing is of, as its event names them: a shard of a followed exchange. */
export interface FiringPart extends Shard {
  readonly exchange: ExchangeName;
}

/** The followed exchanges as they are written into an environment: pairs are joined by commas. */
export type FollowedExchangesText = Readonly<
  Partial<Record<ExchangeName, v.InferInput<typeof FollowedExchange>>>
>;

/** The variable `EXCHANGES`: JSON, an exchange's name to its settings. */
export const followedExchanges = v.pipe(
  v.string(),
  v.parseJson(undefined, 'expected JSON'),
  v.record(
    v.picklist(EXCHANGE_NAMES, `expected exchanges of ${EXCHANGE_NAMES.join(', ')}`),
    FollowedExchange,
    'expected an exchange with its settings',
  ),
  v.transform(
    (exchanges): FollowedExchanges =>
      new Map(Object.entries(exchanges) as [ExchangeName, FollowedExchange][]),
  ),
  v.check((exchanges) => exchanges.size > 0, 'expected at least one exchange'),
);

/** The settings of the exchange of a part. */
export function settingsOf(
  exchanges: FollowedExchanges,
  { exchange }: { readonly exchange: ExchangeName },
): FollowedExchange {
  const settings = exchanges.get(exchange);
  if (settings !== undefined) return settings;
  throw new TypeError(`The exchange ${exchange} is not followed`);
}

/** The fixed part of a function's requests in 10 s that each of its shards may send. */
export function shardRequests(requestsPer10Seconds: number, { shards }: Shard): number {
  return Math.max(1, Math.floor(requestsPer10Seconds / shards));
}
