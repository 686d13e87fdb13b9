import type { Candle } from '../../../lambdas/shared/domain/candle';
import { formatDecimal } from '../../../lambdas/shared/domain/decimal';
import type { ExchangeName } from '../../../lambdas/shared/adapters/exchanges/exchange-facts';
import type { CandleSource } from '../../../local/exchange/candles/candle-source';
import type { ExchangeCandle } from '../../../local/exchange/candles/exchange-candle';
import {
  type AnsweredExchange,
  type ExchangeOptions,
  type RunningExchange,
  startExchange,
} from '../../../local/exchange/exchange-server';
import { RecordedCandles } from '../../../local/exchange/candles/recorded-candles';

export const MINUTE_MS = 60_000;
export const NOON_MS = Date.UTC(2024, 5, 1, 12);

/** A candle whose values all differ, so that none can be taken for another. */
export function candleAt(openTimeMs: number, close = '1.5'): ExchangeCandle {
  return {
    openTimeMs,
    open: '1.25',
    high: '2.00000001',
    low: '0.5',
    close,
    baseVolume: '10.00000000',
    quoteVolume: '15.00000000',
  };
}

export function everyMinute(fromMs: number, toMs: number): ExchangeCandle[] {
  const minutes = Array.from({ length: (toMs - fromMs) / MINUTE_MS }, (_, index) => index);
  return minutes.map((minute) => candleAt(fromMs + minute * MINUTE_MS));
}

export function sourceOf(byPair: Record<string, readonly ExchangeCandle[]>): CandleSource {
  return new RecordedCandles(new Map(Object.entries(byPair)));
}

/** A candle that came out of an adapter, in the texts that an exchange has. */
export function asTexts({ openTimeMs, quoteVolume, ...candle }: Candle) {
  return {
    openTimeMs,
    open: formatDecimal(candle.open),
    high: formatDecimal(candle.high),
    low: formatDecimal(candle.low),
    close: formatDecimal(candle.close),
    baseVolume: formatDecimal(candle.baseVolume),
    quoteVolume: quoteVolume === null ? null : formatDecimal(quoteVolume),
  };
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Starts exchanges and asks them; `stopAll` belongs into `afterEach`. */
export class ExchangesUnderTest {
  #running: RunningExchange[] = [];

  async start(
    options: Partial<ExchangeOptions> & Pick<ExchangeOptions, 'source'>,
  ): Promise<RunningExchange> {
    const exchange = await startExchange({ port: 0, now: () => NOON_MS, ...options });
    this.#running.push(exchange);
    return exchange;
  }

  async stopAll(): Promise<void> {
    await Promise.all(this.#running.map((exchange) => exchange.stop()));
    this.#running = [];
  }
}

/**
 * Starts an exchange on which A_B is traded in every minute, from so many minutes before noon to an
 * hour after it. What was started is stopped after each test.
 */
export function startsTraded(exchange: ExchangeName, minutesBeforeNoon: number) {
  const exchanges = new ExchangesUnderTest();
  afterEach(() => exchanges.stopAll());
  const source = sourceOf({
    A_B: everyMinute(NOON_MS - minutesBeforeNoon * MINUTE_MS, NOON_MS + 60 * MINUTE_MS),
  });
  return (options: Partial<ExchangeOptions> = {}) =>
    exchanges.start({ exchange, source, ...options });
}

/** Asks Gate.io. */
export function ask(
  exchange: AnsweredExchange,
  endpoint: string,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return askPath(exchange, `/api/v4/spot/${endpoint}`, headers);
}

/** Asks any exchange for a path below its base URL. */
export async function askPath(
  { url }: AnsweredExchange,
  path: string,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(url + path, { headers, signal: AbortSignal.timeout(10_000) });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** The path of a page of A_B's minutes, both ends inclusive. */
export function page(fromMs: number, toMs: number, interval = '1m', pair = 'A_B'): string {
  return `candlesticks?currency_pair=${pair}&interval=${interval}&from=${fromMs / 1000}&to=${toMs / 1000}`;
}

export function rowsOf(answer: Answer): string[][] {
  return JSON.parse(answer.text) as string[][];
}

export function refusalOf(answer: Answer): { status: number; label: string; message: string } {
  const body = JSON.parse(answer.text) as { label: string; message: string };
  return { status: answer.status, ...body };
}

export function jsonOf(answer: Answer): unknown {
  return JSON.parse(answer.text);
}
