import { EXCHANGE_FACTS } from '../../../../../../lambdas/shared/adapters/exchanges/exchange-facts';
import type { ExchangeClientOptions } from '../../../../../../lambdas/shared/adapters/exchanges/http/exchange-client';
import type { Candle } from '../../../../../../lambdas/shared/domain/candle';
import { formatDecimal } from '../../../../../../lambdas/shared/domain/decimal';
import { MINUTE_MS } from '../../../../../../lambdas/shared/domain/interval';
import type {
  CandlesQuery,
  Exchange,
  Listings,
} from '../../../../../../lambdas/shared/domain/ports';
import { FakeTelemetry } from '../../../../../fakes/telemetry';
import type { ScriptedServer } from '../scripted-server';
import type { ExchangeAnswers, ServedMinute } from './answers/exchange-answers';

/** Makes an adapter. */
export type Adapter = (options: ExchangeClientOptions) => Exchange & Listings;

/** An adapter that is held against the answers of its exchange. */
export interface Subject {
  readonly answers: ExchangeAnswers;
  readonly adapter: Adapter;
  readonly server: ScriptedServer;
}

/** Something that an adapter has to show. It throws where the adapter does not. */
export type Check = (subject: Subject) => Promise<void>;

/** The adapter of a subject, asking the subject's server, repeating a request once. */
export function prepare(
  { adapter, server }: Subject,
  options: Partial<ExchangeClientOptions> = {},
): { exchange: Exchange & Listings; telemetry: FakeTelemetry } {
  const telemetry = new FakeTelemetry();
  const exchange = adapter({
    baseUrl: server.url,
    telemetry,
    requestsPer10Seconds: 1_000,
    retries: 1,
    firstPauseMs: 1,
    ...options,
  });
  return { exchange, telemetry };
}

/** A query with time enough, that takes no candle as closed whose exchange does not say so. */
export function queryOf(
  { pair }: ExchangeAnswers,
  fromMs: number,
  toMs: number,
  fields: Partial<CandlesQuery> = {},
): CandlesQuery {
  return { pair, fromMs, toMs, closedBeforeMs: fromMs, withinMs: 60_000, ...fields };
}

/** A closed minute with prices of its own: no two of its numbers are equal, nor two minutes' closes. */
export function servedMinute(
  openTimeMs: number,
  changes: Partial<ServedMinute> = {},
): ServedMinute {
  const number = String((openTimeMs / MINUTE_MS) % 100_000).padStart(5, '0');
  return {
    openTimeMs,
    open: '100.1',
    high: '130.40',
    low: '90.2',
    close: `110.${number}`,
    base: '17.07790000',
    quote: '1850.12345678',
    tradeCount: 308,
    isClosed: true,
    ...changes,
  };
}

/** A minute without a trade, as exchanges have it that send one. */
export function quietMinute(openTimeMs: number): ServedMinute {
  const flat = { open: '100.1', high: '100.1', low: '100.1', close: '100.1' };
  const nothing = { base: '0.00000000', quote: '0', tradeCount: 0 };
  return servedMinute(openTimeMs, { ...flat, ...nothing });
}

/** A candle as texts, every digit of its scale written. */
export function textsOf(candle: Candle) {
  const { openTimeMs, open, high, low, close, baseVolume, quoteVolume } = candle;
  return {
    openTimeMs,
    open: formatDecimal(open),
    high: formatDecimal(high),
    low: formatDecimal(low),
    close: formatDecimal(close),
    base: formatDecimal(baseVolume),
    quote: quoteVolume === null ? null : formatDecimal(quoteVolume),
  };
}

/** The same of what an exchange has: without a quote volume if it sends none. */
export function textsOfServed({ hasQuoteVolume }: ExchangeAnswers, minute: Partial<ServedMinute>) {
  const { openTimeMs, open, high, low, close, base, quote = null } = minute;
  return { openTimeMs, open, high, low, close, base, quote: hasQuoteVolume ? quote : null };
}

/** Open times. */
export function timesOf(candles: readonly { readonly openTimeMs: number }[]): number[] {
  return candles.map(({ openTimeMs }) => openTimeMs);
}

/** The time that the pages of an exchange have, in milliseconds. */
export function pageMs({ exchange }: ExchangeAnswers): number {
  return EXCHANGE_FACTS[exchange].pageMinutes * MINUTE_MS;
}
