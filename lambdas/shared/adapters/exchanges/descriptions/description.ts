import * as v from 'valibot';
import type { CandlesQuery, ListedPair } from '../../../domain/ports';
import type { ExchangeName } from '../exchange-facts';
import type { ExchangeFailure } from '../http/exchange-error';
import type { TradingTexts } from '../rows/read-candle';

/** The minutes of a pair that one request asks for: at most as many as a page has. */
export type CandlesPage = Omit<CandlesQuery, 'withinMs'>;

/** A request to an exchange. */
export interface ExchangeRequest {
  /** The part of the address that follows the base URL, with its query. */
  readonly path: string;
  /** An endpoint with a limit of its own. @default the one that all others share */
  readonly endpoint?: string;
}

/** A row of an answer, every number as it is written. */
export interface ExchangeRow extends TradingTexts {
  readonly openTimeMs: number;
  /** If the exchange says that the minute is over; undefined if it does not say. */
  readonly isClosed?: boolean;
  /** Undefined if the exchange does not say. */
  readonly tradeCount?: number;
}

/** The one-minute candles of an exchange. */
export interface CandlesDescription {
  readonly request: (page: CandlesPage, nowMs: number) => ExchangeRequest;
  /** The list of rows in an answer. */
  readonly rows: v.GenericSchema<unknown, readonly unknown[]>;
  /** A row, for the message of one that is none. */
  readonly expectedRow: string;
  readonly row: v.GenericSchema<unknown, ExchangeRow>;
  /** The open time of a row, even of one that is wrong otherwise, in milliseconds. */
  readonly rowTime: v.GenericSchema<unknown, number>;
  /** Rows outside a page that come as a matter of course. @default none */
  readonly mayComeToo?: (openTimeMs: number, page: CandlesPage) => boolean;
  /** If only the clock says whether the minute of a row is over. @default false: rows say it */
  readonly isClosedByClock?: boolean;
  /**
   * If each minute has a row, and the newest ones come first: then what is absent before the
   * oldest row is still to be asked for. @default false
   */
  readonly isWholeFromItsEnd?: boolean;
  /**
   * If the newest rows come first, and a minute without a trade has none: an answer that was cut
   * lacks its start. @default false
   */
  readonly isNewestFirst?: boolean;
}

/** The listing of a pair. */
export interface ListingTold {
  /** Undefined if the answer names none. */
  readonly pair?: string;
  /** The time from which on it is listed, in milliseconds; null if the exchange does not say. */
  readonly sinceMs: number | null;
}

/** Description of an exchange's listings: of one pair, and of all. */
export interface ListingsDescription {
  readonly request: (pair: string) => ExchangeRequest;
  /** Null for an answer that it has no such pair. */
  readonly since: v.GenericSchema<unknown, ListingTold | null>;
  /**
   * Asks for what is before the time that was told, answered in the same form: nothing, or, if it
   * is not of now, that time again. @default the time is not checked
   */
  readonly before?: ((pair: string, sinceMs: number) => ExchangeRequest) | undefined;
  /** The shape that `since` expects, for the message of an answer that is none. */
  readonly expected: string;
  readonly allRequest: ExchangeRequest;
  /** The list of entries in an answer. */
  readonly all: v.GenericSchema<unknown, readonly unknown[]>;
  /**
   * An entry. Null for one whose name does not say its pair. It fails only for one without a name:
   * a pair that is there is listed, whatever else is odd.
   */
  readonly listed: v.GenericSchema<unknown, ListedPair | null>;
}

/** The exchange's limit, as the headers of an answer have it. */
export interface LimitTold {
  /** Requests that it would still take. */
  readonly remaining?: number | undefined;
  /** Nothing is to be sent before. */
  readonly pauseUntilMs?: number | undefined;
}

/** The status and headers of an answer. */
export interface AnswerHead {
  readonly status: number;
  readonly headers: Headers;
}

/** An error as the body of an answer has it. */
export interface ToldError {
  readonly code: string;
  readonly message: string;
}

/**
 * All that is particular to an exchange: addresses, forms of answers, kinds of
 * errors, limits. How requests are sent, paced, repeated and counted is shared.
 */
export interface ExchangeDescription {
  readonly exchange: ExchangeName;
  /** The time in which the exchange counts requests, in milliseconds. */
  readonly windowMs: number;
  /** Shares of the limit that endpoints with a limit of their own have. @default none */
  readonly endpointShares?: Readonly<Record<string, number>>;
  readonly candles: CandlesDescription;
  readonly listings: ListingsDescription;
  /** An error in a body, whatever the status. Its output for a body without one: none, it fails. */
  readonly error: v.GenericSchema<unknown, ToldError>;
  /** Kinds of errors by the code in the body; the status says that of all others. */
  readonly failures: Readonly<Record<string, ExchangeFailure>>;
  /** Kinds of statuses whose body has no error that can be read. @default a 403 is a firewall's ban */
  readonly bareFailures?: Readonly<Record<number, ExchangeFailure>>;
  /** @default nothing is said: only `Retry-After` is obeyed */
  readonly limit?: (head: AnswerHead, nowMs: number) => LimitTold;
}

/** A whole number of seconds as a text, as milliseconds. */
export const secondsText = v.pipe(
  v.string(),
  v.regex(/^\d{1,12}$/),
  v.transform((text) => Number(text) * 1_000),
);

/** A whole number of milliseconds as a text. */
export const millisecondsText = v.pipe(
  v.string(),
  v.regex(/^\d{1,15}$/),
  v.transform((text) => Number(text)),
);

/** The time of a row that is a list, as its first column. */
export function firstColumn(time: v.GenericSchema<unknown, number>) {
  return v.pipe(
    v.looseTuple([time]),
    v.transform(([openTimeMs]) => openTimeMs),
  );
}

/** A path with its query. */
export function pathWith(path: string, query: Readonly<Record<string, string | number>>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) parameters.set(name, String(value));
  return `${path}?${parameters.toString()}`;
}
