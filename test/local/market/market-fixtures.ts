import type { CandleSource } from '../../../local/market/candle-source';
import type { MarketCandle } from '../../../local/market/market-candle';
import {
  type MarketOptions,
  type RunningMarket,
  startMarket,
} from '../../../local/market/market-server';
import { RecordedCandles } from '../../../local/market/recorded-candles';

export const MINUTE_MS = 60_000;
export const NOON_MS = Date.UTC(2024, 5, 1, 12);

/** A candle whose values all differ, so that none can be taken for another. */
export function candleAt(openTimeMs: number, close = '1.5'): MarketCandle {
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

export function everyMinute(fromMs: number, toMs: number): MarketCandle[] {
  const minutes = Array.from({ length: (toMs - fromMs) / MINUTE_MS }, (_, index) => index);
  return minutes.map((minute) => candleAt(fromMs + minute * MINUTE_MS));
}

export function sourceOf(byPair: Record<string, readonly MarketCandle[]>): CandleSource {
  return new RecordedCandles(new Map(Object.entries(byPair)));
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Starts markets and asks them; `stopAll` belongs into `afterEach`. */
export class MarketsUnderTest {
  #running: RunningMarket[] = [];

  async start(
    options: Partial<MarketOptions> & Pick<MarketOptions, 'source'>,
  ): Promise<RunningMarket> {
    const market = await startMarket({ port: 0, now: () => NOON_MS, ...options });
    this.#running.push(market);
    return market;
  }

  async stopAll(): Promise<void> {
    await Promise.all(this.#running.map((market) => market.stop()));
    this.#running = [];
  }
}

export async function ask(
  market: RunningMarket,
  endpoint: string,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(`${market.url}/api/v4/spot/${endpoint}`, {
    headers,
    signal: AbortSignal.timeout(10_000),
  });
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
