import type { ExchangeName } from '../../../../../../../lambdas/shared/adapters/exchanges/exchange-facts';
import type { ExchangeFailure } from '../../../../../../../lambdas/shared/adapters/exchanges/http/exchange-error';
import type { ListedPair } from '../../../../../../../lambdas/shared/domain/ports';
import type { ServerAnswer, ServerRequest } from '../../scripted-server';

/** A minute that an exchange has, its numbers as the exchange writes them. */
export interface ServedMinute {
  readonly openTimeMs: number;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly base: string;
  readonly quote: string;
  readonly tradeCount: number;
  readonly isClosed: boolean;
}

/** An error that an exchange documents, or is known for. */
export interface KnownError {
  readonly title: string;
  readonly answer: ServerAnswer;
  readonly failure: ExchangeFailure;
  /** Whether the request is to be sent again. */
  readonly isRepeated: boolean;
}

/**
 * All that the conformance suite knows of one exchange: its answers as it
 * documents them, written by hand, not by the adapter that is held against them.
 */
export interface ExchangeAnswers {
  readonly exchange: ExchangeName;
  /** A pair as users write it, and as the exchange does. */
  readonly pair: string;
  readonly symbol: string;
  /** An answer with one row as the exchange's documents show it, and what that row says. */
  readonly documented: { readonly answer: unknown; readonly minute: Partial<ServedMinute> };
  readonly hasQuoteVolume: boolean;
  /** Whether its rows say how many trades there were. */
  readonly hasTradeCount: boolean;
  /** Whether its rows say if their minute is over. */
  readonly hasClosedFlag: boolean;
  /** A row of a minute. */
  readonly row: (minute: ServedMinute) => unknown;
  /** The same with a JSON number, not a text, for its open price. */
  readonly rowOfNumbers: (minute: ServedMinute) => unknown;
  /** An answer with rows, in the order of time. */
  readonly rowsAnswer: (rows: readonly unknown[]) => unknown;
  /**
   * Answers as the exchange does: its ends of ranges, its order, the most rows. A minute that is not
   * among `minutes` has had no trade.
   */
  readonly serve: (
    request: ServerRequest,
    minutes: readonly ServedMinute[],
    nowMs: number,
  ) => ServerAnswer;
  /** The first minute that a request asks for. */
  readonly startOf: (request: ServerRequest) => number;
  /** Errors of its own: those that all exchanges share are in the suite. */
  readonly errors: readonly KnownError[];
  readonly unknownPair: ServerAnswer;
  /** The time in which it counts requests, in milliseconds. */
  readonly windowMs: number;
  /** A listing of one pair, and of all. */
  readonly listing: { readonly answer: unknown; readonly sinceMs: number | null };
  /** The answer about what is before a listing, if that is what a request is for; undefined if that is never asked. */
  readonly before?: (request: ServerRequest) => ServerAnswer | undefined;
  /** A listing of a pair that it does not have, if that is no error. */
  readonly noListing?: unknown;
  readonly listings: { readonly answer: unknown; readonly pairs: readonly ListedPair[] };
}

/** Whether a request is for a symbol, in its path or in its query. */
export function isFor(symbol: string, { path, query }: ServerRequest): boolean {
  return path.split('/').includes(symbol) || [...query.values()].includes(symbol);
}
