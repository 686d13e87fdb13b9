import * as v from 'valibot';
import {
  EXCHANGE_FACTS,
  type ExchangeName,
} from '../../../lambdas/shared/adapters/exchanges/exchange-facts';
import { isPattern, pairsByName } from '../../../lambdas/shared/domain/followed/pair-patterns';
import { writtenPairProblem } from '../../../lambdas/shared/adapters/exchanges/pair-name-facts';
import { DAY_MINUTES } from '../../../lambdas/shared/domain/interval';
import { LONGEST_PAIR } from '../../../lambdas/shared/domain/market';
import { group, oneOfKinds, wholeNumber } from './setting-values';

/** Requests and minutes that are left to others, and to the time that a request takes. */
const MARGIN = 10;

const PAIR_REMEDY = `give a pair as BASE_QUOTE, such as BTC_USDT, or a pattern such as *_USDT: at most ${LONGEST_PAIR} characters, without white space and punctuation but _ - . $ ! ~`;

/** A pair as it is written of an exchange, or a pattern. */
function pair(exchange: ExchangeName) {
  return v.pipe(
    v.string(PAIR_REMEDY),
    v.check(
      (text) => writtenPairProblem(exchange, text) === undefined,
      ({ input }) => `it ${writtenPairProblem(exchange, input)}: ${PAIR_REMEDY}`,
    ),
  );
}

/** Markets that a pattern is expected to name: the checks of the stage, and its cost, are of so many. */
const ExpectedMarkets = v.optional(wholeNumber(1, 20_000));

/** A pair, or several, or patterns. */
function pairs(exchange: ExchangeName) {
  return v.pipe(
    v.union([v.string(), v.array(v.unknown())], 'give a pair such as BTC_USDT, or a list of pairs'),
    v.transform((given) => (typeof given === 'string' ? [given] : given)),
    v.array(pair(exchange)),
    v.minLength(1, 'give at least one pair'),
    v.check((given) => new Set(given).size === given.length, 'give every pair once'),
  );
}

const Url = v.pipe(v.string('give a URL'), v.url('give a URL'));

/** Requests sent in 10 s, by fetch and reconcile together: fewer than the exchange answers. */
function requests(exchange: ExchangeName) {
  return wholeNumber(2, mostRequests(exchange));
}

/** The most requests in 10 s that may be sent to an exchange. */
export function mostRequests(exchange: ExchangeName): number {
  return EXCHANGE_FACTS[exchange].answeredPer10Seconds - MARGIN;
}

const GateIo = group({
  kind: v.literal('gate-io'),
  pairs: pairs('gate-io'),
  expectedMarkets: ExpectedMarkets,
  /** Base URL of its API. */
  url: v.pipe(Url, v.endsWith('/api/v4', 'end it with /api/v4')),
  /** Base URL of its archive of past months. */
  archiveUrl: Url,
  requestsPer10Seconds: requests('gate-io'),
  /** Minutes back from now that are requested: fewer than it serves. */
  retentionMinutes: wholeNumber(1, EXCHANGE_FACTS['gate-io'].servedMinutes - MARGIN),
});

const Binance = group({
  kind: v.literal('binance'),
  pairs: pairs('binance'),
  expectedMarkets: ExpectedMarkets,
  /** Base URL of its API: a host that serves market data alone needs no key. */
  url: Url,
  /** Base URL of its archive of past days and months. */
  archiveUrl: Url,
  requestsPer10Seconds: requests('binance'),
});

/** An exchange whose API has all years, and that has no archive. */
function withoutArchive<const Name extends ExchangeName>(name: Name) {
  return group({
    kind: v.literal(name),
    pairs: pairs(name),
    expectedMarkets: ExpectedMarkets,
    /** Base URL of its API. */
    url: Url,
    requestsPer10Seconds: requests(name),
  });
}

/** An exchange of a stage, with the pairs that are followed of it. */
const ExchangeSetting = oneOfKinds([
  GateIo,
  Binance,
  withoutArchive('okx'),
  withoutArchive('coinbase'),
]);

/** The settings of one exchange. */
export type ExchangeSetting = Readonly<v.InferOutput<typeof ExchangeSetting>>;

/** The exchanges of a stage, each once. */
export const ExchangesSettings = v.pipe(
  v.array(ExchangeSetting, "give a list of exchanges such as { kind: 'gate-io', ... }"),
  v.minLength(1, 'give at least one exchange'),
  v.check(
    (exchanges) => new Set(exchanges.map(({ kind }) => kind)).size === exchanges.length,
    'give every exchange once, with all of its pairs',
  ),
);

/** An exchange that serves all of its history is asked for this much of it, if the rest is in its archive: a file a month instead of requests. */
const DAYS_BEFORE_ARCHIVE = 45;
/** Longer than any market has been there. */
const ALL_DAYS = 36_500;

/** Minutes back from now that the API of an exchange is asked for. */
export function retentionMinutes(exchange: ExchangeSetting): number {
  if (exchange.kind === 'gate-io') return exchange.retentionMinutes;
  return DAY_MINUTES * (archiveUrl(exchange) === undefined ? ALL_DAYS : DAYS_BEFORE_ARCHIVE);
}

/** The number of markets of some exchanges. */
export function marketCount(exchanges: readonly ExchangeSetting[]): number {
  return exchanges.reduce((count, exchange) => count + marketsOf(exchange), 0);
}

/** The number of markets of an exchange: of patterns as many as are expected, and all that are named. */
export function marketsOf({ pairs: followed, expectedMarkets = 0 }: ExchangeSetting): number {
  return Math.max(pairsByName(followed).length, expectedMarkets);
}

/** A pattern does not say how many markets it names. */
export function patternProblem({
  kind,
  pairs,
  expectedMarkets,
}: Pick<ExchangeSetting, 'kind' | 'pairs' | 'expectedMarkets'>): string | undefined {
  const pattern = pairs.find(isPattern);
  if (pattern === undefined || expectedMarkets !== undefined) return undefined;
  return `the pattern ${pattern} of ${kind} names an unknown number of markets: give expectedMarkets too, the most that it will name`;
}

/** Base URL of the archive of an exchange; undefined if it has none. */
export function archiveUrl(exchange: ExchangeSetting): string | undefined {
  return 'archiveUrl' in exchange ? exchange.archiveUrl : undefined;
}

/** Settings of an exchange as it is by itself: its own addresses, and as many requests as it takes. */
export function usualExchange(kind: ExchangeName, pairs: readonly string[]): ExchangeSetting {
  const { url, answeredPer10Seconds } = EXCHANGE_FACTS[kind];
  const requestsPer10Seconds = answeredPer10Seconds - MARGIN * 2;
  const common = { pairs: [...pairs], url, requestsPer10Seconds };
  if (kind === 'gate-io') {
    const { archiveUrl, servedMinutes } = EXCHANGE_FACTS[kind];
    return { kind, ...common, archiveUrl, retentionMinutes: servedMinutes - MARGIN * 10 };
  }
  if (kind === 'binance') return { kind, ...common, archiveUrl: EXCHANGE_FACTS[kind].archiveUrl };
  return { kind, ...common };
}
