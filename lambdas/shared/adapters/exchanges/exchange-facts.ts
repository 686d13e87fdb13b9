import { HOUR_MS, MINUTE_MS } from '../../domain/interval';

/** Name of an exchange in keys, tables, settings and logs. */
export type ExchangeName = 'gate-io' | 'binance' | 'okx' | 'coinbase';

/** Facts that an exchange decides, and nobody sets. */
export interface ExchangeFacts {
  readonly exchange: ExchangeName;
  /** Its name in messages. */
  readonly title: string;
  /** Base URL of its API. */
  readonly url: string;
  /** Base URL of its archive of past months; null if it has none. */
  readonly archiveUrl: string | null;
  /** It publishes late and corrects its newest candles: younger minutes are asked for again. */
  readonly settlingMs: number;
  /** Its silence about a minute is believed after this: a choice, to be safe. */
  readonly silenceMs: number;
  /** The most minutes that one request may ask for. */
  readonly pageMinutes: number;
  /** Number of minutes back from now that its API serves; null if it serves all of them. */
  readonly servedMinutes: number | null;
  /** Requests for candles of one address that it answers in 10 s. */
  readonly answeredPer10Seconds: number;
  /** Whether its candles have a quote volume. */
  readonly hasQuoteVolume: boolean;
}

const SILENCE_MS = HOUR_MS;

/**
 * The exchanges that can be followed.
 *
 * Sources: Gate.io API v4, "Market candlesticks" and "Frequency limit rule"; Binance Spot API,
 * "Kline/Candlestick data" and "Limits"; OKX API v5, "Get candlesticks" and "Get candlesticks
 * history"; Coinbase Advanced Trade API, "Get public product candles" and "Rate limits".
 */
export const EXCHANGE_FACTS = {
  'gate-io': {
    exchange: 'gate-io',
    title: 'Gate.io',
    url: 'https://api.gateio.ws/api/v4',
    archiveUrl: 'https://download.gatedata.org',
    settlingMs: 2 * MINUTE_MS,
    silenceMs: SILENCE_MS,
    pageMinutes: 1_000,
    servedMinutes: 10_000,
    answeredPer10Seconds: 200,
    hasQuoteVolume: true,
  },
  binance: {
    exchange: 'binance',
    title: 'Binance',
    url: 'https://data-api.binance.vision',
    archiveUrl: 'https://data.binance.vision',
    settlingMs: 2 * MINUTE_MS,
    silenceMs: SILENCE_MS,
    pageMinutes: 1_000,
    servedMinutes: null,
    // 6,000 of weight a minute; a request for candles weighs 2.
    answeredPer10Seconds: 500,
    hasQuoteVolume: true,
  },
  okx: {
    exchange: 'okx',
    title: 'OKX',
    url: 'https://www.okx.com',
    archiveUrl: null,
    settlingMs: 2 * MINUTE_MS,
    silenceMs: SILENCE_MS,
    pageMinutes: 300,
    servedMinutes: null,
    // 40 in 2 s for the newest day; half as many for older candles.
    answeredPer10Seconds: 200,
    hasQuoteVolume: true,
  },
  coinbase: {
    exchange: 'coinbase',
    title: 'Coinbase',
    url: 'https://api.coinbase.com',
    archiveUrl: null,
    // Its newest rows are up to seven minutes behind.
    settlingMs: 10 * MINUTE_MS,
    silenceMs: SILENCE_MS,
    // One less than the 300 rows that it answers: the end may be taken as inclusive or not.
    pageMinutes: 299,
    servedMinutes: null,
    answeredPer10Seconds: 100,
    hasQuoteVolume: false,
  },
} as const satisfies Readonly<Record<ExchangeName, ExchangeFacts>>;

/** Names of the exchanges that can be followed. */
export const EXCHANGE_NAMES = Object.keys(EXCHANGE_FACTS) as readonly ExchangeName[];

/** Whether a text names an exchange that can be followed. */
export function isKnownExchange(text: string): text is ExchangeName {
  return EXCHANGE_NAMES.some((name) => name === text);
}

/**
 * The time in which an exchange corrects its newest candles, in milliseconds; 0 for one that cannot
 * be followed: nothing is known of it.
 */
export function settlingMsOf(exchange: string): number {
  return isKnownExchange(exchange) ? EXCHANGE_FACTS[exchange].settlingMs : 0;
}
