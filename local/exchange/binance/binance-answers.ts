import type { ExchangeCandle } from '../candles/exchange-candle';
import type { AnsweringExchange, ApiRequest } from '../exchange-api';
import { listedPairs } from '../answers/listed-pairs';
import { minutesServed } from '../answers/served-candles';
import { BINANCE_REFUSALS, invalidSymbol } from './binance-refusals';
import { klineColumns } from './kline';
import { readKlinesQuery } from './klines-query';

const BASE_PATH = '/api/v3/';
/** Digits behind the point of prices and volumes. */
const PRECISION = 8;

type Answer = (exchange: AnsweringExchange, parameters: URLSearchParams) => string;

const ANSWERS: ReadonlyMap<string, Answer> = new Map<string, Answer>([
  ['klines', klines],
  ['exchangeInfo', exchangeInfo],
  ['time', ({ nowMs }) => JSON.stringify({ serverTime: nowMs })],
]);

/** Binance's name of a pair: `BTCUSDT` of `BTC_USDT`. */
export function symbolOf(pair: string): string {
  return pair.replace('_', '');
}

/** The part of a path under `/api/v3/`. */
export function endpointOf(path: string): string {
  return path.startsWith(BASE_PATH) ? path.slice(BASE_PATH.length) : path;
}

/** The symbol that a request is about. */
export function symbolAskedFor({ parameters }: ApiRequest): string | undefined {
  return parameters.get('symbol') ?? undefined;
}

/**
 * The JSON text that answers `GET <path>?<parameters>` with status 200.
 *
 * @throws ExchangeRefusal if the answer has another status
 */
export function answerOf(exchange: AnsweringExchange, { path, parameters }: ApiRequest): string {
  const answer = path.startsWith(BASE_PATH) ? ANSWERS.get(endpointOf(path)) : undefined;
  if (answer !== undefined) return answer(exchange, parameters);
  throw BINANCE_REFUSALS.notFound(path);
}

/** A symbol that is not traded any more still has its klines. */
function klines(exchange: AnsweringExchange, parameters: URLSearchParams): string {
  const { nowMs, source } = exchange;
  const startMs = (symbol: string) => source.startMs(pairOf(exchange, symbol));
  const { symbol, fromMs, toMs } = readKlinesQuery(parameters, nowMs, startMs);
  const candles = minutesServed(exchange, pairOf(exchange, symbol), fromMs, toMs);
  return `[${candles.map(rowText).join(',')}]`;
}

function pairOf({ pairsByName }: AnsweringExchange, symbol: string): string {
  const pair = pairsByName.get(symbol);
  if (pair === undefined) throw invalidSymbol();
  return pair;
}

function rowText(candle: ExchangeCandle): string {
  const { openTime, prices, closeTime, trades, ...kline } = klineColumns(candle);
  const values = [...prices, kline.baseVolume].join('","');
  const takers = [...kline.takerVolumes, kline.unused].join('","');
  return `[${openTime},"${values}",${closeTime},"${kline.quoteVolume}",${trades},"${takers}"]`;
}

function exchangeInfo(exchange: AnsweringExchange, parameters: URLSearchParams): string {
  const { nowMs } = exchange;
  const symbols = pairsAskedFor(exchange, parameters).map((pair) => symbolInfo(exchange, pair));
  return JSON.stringify({ timezone: 'UTC', serverTime: nowMs, exchangeFilters: [], symbols });
}

function pairsAskedFor(exchange: AnsweringExchange, parameters: URLSearchParams): string[] {
  const symbol = parameters.get('symbol');
  if (symbol !== null) return [pairOf(exchange, symbol)];
  const symbols = parameters.get('symbols');
  if (symbols === null) return listedPairs(exchange);
  return namesIn(symbols).map((name) => pairOf(exchange, name));
}

/** The names of a list such as `["BTCUSDT","ETHUSDT"]`. */
function namesIn(text: string): string[] {
  return Array.from(text.matchAll(/"([^"]+)"/g), ([, name = '']) => name);
}

function symbolInfo({ delistedPairs }: AnsweringExchange, pair: string): object {
  const [baseAsset, quoteAsset] = pair.split('_');
  return {
    symbol: symbolOf(pair),
    status: delistedPairs.has(pair) ? 'BREAK' : 'TRADING',
    baseAsset,
    baseAssetPrecision: PRECISION,
    quoteAsset,
    quoteAssetPrecision: PRECISION,
    isSpotTradingAllowed: true,
    filters: [],
    permissions: [],
  };
}
