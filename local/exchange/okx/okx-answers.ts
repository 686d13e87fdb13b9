import { MINUTE_MS } from '../../../lambdas/shared/domain/interval';
import type { ExchangeCandle } from '../candles/exchange-candle';
import type { AnsweringExchange, ApiRequest } from '../exchange-api';
import { tradedPairs } from '../answers/listed-pairs';
import { minutesServed } from '../answers/served-candles';
import { readCandlesQuery } from './okx-candles-query';
import {
  invalidParameter,
  missingParameter,
  OKX_REFUSALS,
  unknownInstrument,
} from './okx-refusals';

/** The parts of the API that market data is in. */
const PATH = /^\/api\/v5\/(?:market|public)\/([a-z-]+)$/;
/** The smallest steps of prices and volumes. */
const STEP = '0.00000001';

/** What an answer has as its `data`. */
type Answer = (exchange: AnsweringExchange, parameters: URLSearchParams) => string;

const ANSWERS: ReadonlyMap<string, Answer> = new Map<string, Answer>([
  ['/api/v5/market/candles', (...asked) => candles(...asked, true)],
  ['/api/v5/market/history-candles', (...asked) => candles(...asked, false)],
  ['/api/v5/public/instruments', instruments],
  ['/api/v5/public/time', ({ nowMs }) => JSON.stringify([{ ts: String(nowMs) }])],
]);

/** OKX's name of a pair: `BTC-USDT` of `BTC_USDT`. */
export function instrumentOf(pair: string): string {
  return pair.replace('_', '-');
}

/** The last part of a path, such as `history-candles`. */
export function endpointOf(path: string): string {
  return PATH.exec(path)?.[1] ?? path;
}

/** The instrument that a request is about. */
export function instrumentAskedFor({ parameters }: ApiRequest): string | undefined {
  return parameters.get('instId') ?? undefined;
}

/**
 * The JSON text that answers `GET <path>?<parameters>` with code 0.
 *
 * @throws ExchangeRefusal if the answer has another code
 */
export function answerOf(exchange: AnsweringExchange, { path, parameters }: ApiRequest): string {
  const answer = ANSWERS.get(path);
  if (answer === undefined) throw OKX_REFUSALS.notFound(path);
  return `{"code":"0","msg":"","data":${answer(exchange, parameters)}}`;
}

/** Newest first. */
function candles(
  exchange: AnsweringExchange,
  parameters: URLSearchParams,
  isRecent: boolean,
): string {
  const { nowMs } = exchange;
  const { instrument, fromMs, toMs } = readCandlesQuery(parameters, nowMs, isRecent);
  const minutes = minutesServed(exchange, pairOf(exchange, instrument), fromMs, toMs);
  const rows = minutes.map((candle) => rowText(candle, candle.openTimeMs + MINUTE_MS <= nowMs));
  return `[${rows.reverse().join(',')}]`;
}

function pairOf(exchange: AnsweringExchange, instrument: string): string {
  const pair = exchange.pairsByName.get(instrument);
  if (pair === undefined || exchange.delistedPairs.has(pair)) throw unknownInstrument();
  return pair;
}

function rowText(candle: ExchangeCandle, confirmed: boolean): string {
  const { openTimeMs, open, high, low, close, baseVolume, quoteVolume } = candle;
  const values = [openTimeMs, open, high, low, close, baseVolume, quoteVolume, quoteVolume];
  return `["${values.join('","')}","${confirmed ? 1 : 0}"]`;
}

/** One that is delisted disappears. */
function instruments(exchange: AnsweringExchange, parameters: URLSearchParams): string {
  const type = parameters.get('instType') ?? '';
  if (type === '') throw missingParameter('instType');
  if (type !== 'SPOT') throw invalidParameter('instType');
  const asked = parameters.get('instId');
  const pairs = asked === null ? tradedPairs(exchange) : [pairOf(exchange, asked)];
  return JSON.stringify(pairs.map((pair) => instrumentInfo(exchange, pair)));
}

function instrumentInfo({ source }: AnsweringExchange, pair: string): object {
  const [baseCcy, quoteCcy] = pair.split('_');
  return {
    instType: 'SPOT',
    instId: instrumentOf(pair),
    baseCcy,
    quoteCcy,
    state: 'live',
    listTime: String(source.startMs(pair)),
    contTdSwTime: '',
    expTime: '',
    tickSz: STEP,
    lotSz: STEP,
    minSz: STEP,
  };
}
