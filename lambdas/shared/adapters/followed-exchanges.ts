import { join } from 'node:path';
import * as v from 'valibot';
import type { Shard } from '../domain/followed/shard';
import { urlText } from './environment';
import { EXCHANGE_NAMES, type ExchangeName } from './exchanges/exchange-facts';
import { InvalidPairsFileError, PAIRS_FILE, readPairsFile } from './pairs-file';

const positive = v.pipe(v.number(), v.safeInteger(), v.minValue(1, 'expected at least 1'));

const ExchangeAccess = v.strictObject({
  /** Base URL of its API. */
  url: urlText,
  /** Base URL of its archive; not set if it has none. */
  archiveUrl: v.optional(urlText),
  /** Number of requests that the function may send it in 10 s, all of its shards together. */
  requestsPer10Seconds: positive,
  /** The most markets that its pairs are expected to name. */
  expectedMarkets: positive,
  /** Number of minutes back from now that are requested of its API, with a margin. */
  retentionMinutes: positive,
});

/** Access to a followed exchange: all of its settings but the pairs. */
export type ExchangeAccess = v.InferOutput<typeof ExchangeAccess>;

/** The variable `EXCHANGES` before it is JSON. */
export type ExchangesValue = Readonly<
  Partial<Record<ExchangeName, v.InferInput<typeof ExchangeAccess>>>
>;

/** A followed exchange, with its pairs, or patterns of pairs. */
export type FollowedExchange = ExchangeAccess & { readonly pairs: readonly string[] };

/** The exchanges that are followed, in the order of the stage. */
export type FollowedExchanges = ReadonlyMap<ExchangeName, FollowedExchange>;

/** The markets that a firing is of, as its event names them: a shard of a followed exchange. */
export interface FiringPart extends Shard {
  readonly exchange: ExchangeName;
}

/** The variable `EXCHANGES`: JSON, an exchange's name to how it is asked. */
export const exchangesJson = v.pipe(
  v.string(),
  v.parseJson(undefined, 'expected JSON'),
  v.record(
    v.picklist(EXCHANGE_NAMES, `expected exchanges of ${EXCHANGE_NAMES.join(', ')}`),
    ExchangeAccess,
    'expected an exchange with its settings',
  ),
  v.transform(
    (exchanges): ReadonlyMap<ExchangeName, ExchangeAccess> =>
      new Map(Object.entries(exchanges) as [ExchangeName, ExchangeAccess][]),
  ),
  v.check((exchanges) => exchanges.size > 0, 'expected at least one exchange'),
);

/**
 * Adds the pairs that stand beside the code of a function to the exchanges of its environment.
 *
 * @param folder of the function's code
 * @throws InvalidPairsFileError also if it lacks one of the exchanges
 */
export function followedExchanges(
  exchanges: ReadonlyMap<ExchangeName, ExchangeAccess>,
  folder: string,
): FollowedExchanges {
  const pairs = readPairsFile(folder);
  return new Map(
    [...exchanges].map(([name, access]) => {
      const { [name]: ofExchange } = pairs;
      if (ofExchange !== undefined) return [name, { ...access, pairs: ofExchange }];
      const has = Object.keys(pairs).join(', ');
      throw new InvalidPairsFileError(
        join(folder, PAIRS_FILE),
        `it has no pairs of ${name}, which EXCHANGES names (it has those of ${has})`,
      );
    }),
  );
}

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
