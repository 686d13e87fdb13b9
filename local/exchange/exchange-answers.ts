import { DAY_MS, floorTo, MINUTE_MS } from '../../lambdas/shared/domain/interval';
import { type CandleQuery, readCandleQuery } from './candle-query';
import type { ExchangeCandle } from './candles/exchange-candle';
import { withZeroCandles } from './candles/wrong-candles';
import { invalidPair, notFound } from './exchange-refusal';
import { type ExchangeMoment, minutesServed, rolledUp, windowsServed } from './served-candles';

const BASE_PATH = '/api/v4/spot/';
/** The most digits that the local exchange writes behind a point. */
const PRECISION = 8;

/** The exchange as it answers at one moment. */
export interface AnsweringExchange extends ExchangeMoment {
  /** How many points of each interval are served, up to and with the open one. */
  readonly retentionPoints: number;
  /** Pairs that are listed as untradable, and whose candles are refused. */
  readonly delistedPairs: ReadonlySet<string>;
  /** If minutes without a trade have a row too. */
  readonly hasZeroRows: boolean;
}

type Answer = (exchange: AnsweringExchange, parameters: URLSearchParams) => string;

const ANSWERS: ReadonlyMap<string, Answer> = new Map<string, Answer>([
  ['candlesticks', candlesticks],
  ['time', ({ nowMs }) => JSON.stringify({ server_time: nowMs })],
  [
    'currency_pairs',
    (exchange) => JSON.stringify(exchange.source.pairs().map((pair) => listing(exchange, pair))),
  ],
  ['tickers', tickers],
]);

/** The name that an endpoint's requests are counted by: the first part of its path under `/api/v4/spot/`. */
export function endpointOf(path: string): string {
  return path.startsWith(BASE_PATH) ? (path.slice(BASE_PATH.length).split('/')[0] ?? '') : path;
}

/** The pair that a request is about, even if it does not exist; none for a request about all. */
export function pairAskedFor(path: string, parameters: URLSearchParams): string | undefined {
  return pairOfPath(path) ?? parameters.get('currency_pair') ?? undefined;
}

/**
 * The JSON text that answers `GET <path>?<parameters>` with status 200.
 *
 * @throws ExchangeRefusal if the answer has another status
 */
export function answerOf(
  exchange: AnsweringExchange,
  path: string,
  parameters: URLSearchParams,
): string {
  const pair = pairOfPath(path);
  if (pair !== undefined) return JSON.stringify(listing(exchange, pair));
  const answer = path.startsWith(BASE_PATH) ? ANSWERS.get(path.slice(BASE_PATH.length)) : undefined;
  if (answer !== undefined) return answer(exchange, parameters);
  throw notFound(path);
}

function pairOfPath(path: string): string | undefined {
  const prefix = `${BASE_PATH}currency_pairs/`;
  return path.startsWith(prefix) ? path.slice(prefix.length) : undefined;
}

function candlesticks(exchange: AnsweringExchange, parameters: URLSearchParams): string {
  const query = readCandleQuery(parameters, exchange.nowMs, exchange.retentionPoints);
  if (!isTraded(exchange, query.pair)) throw invalidPair(query.pair);
  const rows = candlesOf(exchange, query).map((candle) =>
    rowText(candle, candle.openTimeMs + query.stepMs <= exchange.nowMs),
  );
  return `[${rows.join(',')}]`;
}

function candlesOf(exchange: AnsweringExchange, query: CandleQuery): readonly ExchangeCandle[] {
  const { source, nowMs, hasZeroRows } = exchange;
  const { pair, fromMs, stepMs } = query;
  const candles = windowsServed(exchange, pair, query);
  if (!hasZeroRows || stepMs !== MINUTE_MS) return candles;
  const toMs = Math.min(query.toMs, floorTo(nowMs, MINUTE_MS) + MINUTE_MS);
  const lastClose = source.candles(pair, fromMs - DAY_MS, fromMs).at(-1)?.close;
  return withZeroCandles(candles, { fromMs, toMs }, lastClose);
}

/** Written by hand because it is most of the exchange's work; digits and points need no escapes. */
function rowText(candle: ExchangeCandle, closed: boolean): string {
  const { openTimeMs, open, high, low, close, baseVolume, quoteVolume } = candle;
  return `["${openTimeMs / 1_000}","${quoteVolume}","${close}","${high}","${low}","${open}","${baseVolume}","${closed}"]`;
}

function isTraded({ source, delistedPairs }: AnsweringExchange, pair: string): boolean {
  return source.pairs().includes(pair) && !delistedPairs.has(pair);
}

function listing({ source, delistedPairs, nowMs }: AnsweringExchange, pair: string): object {
  if (!source.pairs().includes(pair)) throw invalidPair(pair);
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
  const pairs = asked === null ? exchange.source.pairs() : [asked];
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
