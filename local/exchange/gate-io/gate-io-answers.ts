import { DAY_MS, floorTo, MINUTE_MS } from '../../../lambdas/shared/domain/interval';
import type { ExchangeCandle } from '../candles/exchange-candle';
import type { AnsweringExchange, ApiRequest } from '../exchange-api';
import { listedPairs } from '../answers/listed-pairs';
import { minutesServed, rolledUp, windowsServed } from '../answers/served-candles';
import { readCandleQuery } from './candle-query';
import { GATE_IO_REFUSALS, invalidPair } from './gate-io-refusals';

const BASE_PATH = '/api/v4/spot/';
const LISTING_PATH = `${BASE_PATH}currency_pairs/`;
/** The points of each interval that Gate.io serves. */
const RETENTION_POINTS = 10_000;
/** The most digits that the local exchange writes behind a point. */
const PRECISION = 8;

type Answer = (exchange: AnsweringExchange, parameters: URLSearchParams) => string;

const ANSWERS: ReadonlyMap<string, Answer> = new Map<string, Answer>([
  ['candlesticks', candlesticks],
  ['time', ({ nowMs }) => JSON.stringify({ server_time: nowMs })],
  ['currency_pairs', listings],
  ['tickers', tickers],
]);

/** The first part of a path under `/api/v4/spot/`. */
export function endpointOf(path: string): string {
  return path.startsWith(BASE_PATH) ? (path.slice(BASE_PATH.length).split('/')[0] ?? '') : path;
}

/** The pair that a request is about, even if it does not exist; none for a request about all. */
export function pairAskedFor({ path, parameters }: ApiRequest): string | undefined {
  return pairOfPath(path) ?? parameters.get('currency_pair') ?? undefined;
}

/**
 * The JSON text that answers `GET <path>?<parameters>` with status 200.
 *
 * @throws ExchangeRefusal if the answer has another status
 */
export function answerOf(exchange: AnsweringExchange, { path, parameters }: ApiRequest): string {
  const pair = pairOfPath(path);
  if (pair !== undefined) return JSON.stringify(listing(exchange, pair));
  const answer = path.startsWith(BASE_PATH) ? ANSWERS.get(path.slice(BASE_PATH.length)) : undefined;
  if (answer !== undefined) return answer(exchange, parameters);
  throw GATE_IO_REFUSALS.notFound(path);
}

function pairOfPath(path: string): string | undefined {
  return path.startsWith(LISTING_PATH) ? path.slice(LISTING_PATH.length) : undefined;
}

function candlesticks(exchange: AnsweringExchange, parameters: URLSearchParams): string {
  const { nowMs, retentionPoints = RETENTION_POINTS } = exchange;
  const query = readCandleQuery(parameters, nowMs, retentionPoints);
  if (!isTraded(exchange, query.pair)) throw invalidPair(query.pair);
  const rows = windowsServed(exchange, query.pair, query).map((candle) =>
    rowText(candle, candle.openTimeMs + query.stepMs <= nowMs),
  );
  return `[${rows.join(',')}]`;
}

/** Written by hand because it is most of the exchange's work; digits and points need no escapes. */
function rowText(candle: ExchangeCandle, closed: boolean): string {
  const { openTimeMs, open, high, low, close, baseVolume, quoteVolume } = candle;
  return `["${openTimeMs / 1_000}","${quoteVolume}","${close}","${high}","${low}","${open}","${baseVolume}","${closed}"]`;
}

function isTraded({ pairsByName, delistedPairs }: AnsweringExchange, pair: string): boolean {
  return pairsByName.has(pair) && !delistedPairs.has(pair);
}

function listings(exchange: AnsweringExchange): string {
  return JSON.stringify(listedPairs(exchange).map((pair) => listing(exchange, pair)));
}

function listing(exchange: AnsweringExchange, pair: string): object {
  const { source, pairsByName, delistedPairs, nowMs } = exchange;
  if (!pairsByName.has(pair)) throw invalidPair(pair);
  const [base, quote] = pair.split('_');
  const delisted = delistedPairs.has(pair);
  return {
    id: pair,
    base,
    quote,
    precision: PRECISION,
    amount_precision: PRECISION,
    trade_status: delisted ? 'untradable' : 'tradable',
    buy_start: source.startMs(pair) / 1_000,
    sell_start: source.startMs(pair) / 1_000,
    delisting_time: delisted ? Math.floor(nowMs / 1_000) : 0,
  };
}

function tickers(exchange: AnsweringExchange, parameters: URLSearchParams): string {
  const asked = parameters.get('currency_pair');
  if (asked !== null && !isTraded(exchange, asked)) throw invalidPair(asked);
  const pairs = asked === null ? listedPairs(exchange) : [asked];
  return JSON.stringify(
    pairs.filter((pair) => isTraded(exchange, pair)).flatMap((pair) => ticker(exchange, pair)),
  );
}

/** The last 24 hours as one window; a pair without a trade in them has no ticker. */
function ticker(exchange: AnsweringExchange, pair: string): object[] {
  const toMs = floorTo(exchange.nowMs, MINUTE_MS) + MINUTE_MS;
  const day = rolledUp(minutesServed(exchange, pair, toMs - DAY_MS, toMs));
  if (day === undefined) return [];
  return [
    {
      currency_pair: pair,
      last: day.close,
      base_volume: day.baseVolume,
      quote_volume: day.quoteVolume,
      high_24h: day.high,
      low_24h: day.low,
    },
  ];
}
