import type { ArchiveFormat } from './archive/archive-format';
import type { ApiRefusals, ExchangeRefusal } from './exchange-refusal';
import type { ExchangeMoment } from './answers/served-candles';

/** A request, by its path below the exchange's base URL. */
export interface ApiRequest {
  readonly path: string;
  readonly parameters: URLSearchParams;
}

/** The exchange as it answers at one moment. */
export interface AnsweringExchange extends ExchangeMoment {
  /** The pairs that the exchange ever has, by the names that its API gives them. */
  readonly pairsByName: ReadonlyMap<string, string>;
  /** Pairs that are not traded any more. */
  readonly delistedPairs: ReadonlySet<string>;
  /** Number of points of each interval that are served, up to and with the open one; undefined for as many as the API has. */
  readonly retentionPoints: number | undefined;
}

/** A request's place within the limits of its exchange. */
export interface LimitedRequest {
  /** The headers that say how the limit stands. */
  readonly headers: Readonly<Record<string, string>>;
  /** The answer, if the request is beyond the limit. */
  readonly refusal?: ExchangeRefusal;
}

/** Counts the requests of one exchange against its limits. */
export interface RequestLimit {
  /** Counts a request of an endpoint; `nowMs` is UTC milliseconds. */
  take(endpoint: string, nowMs: number): LimitedRequest;
}

/** Limits in place of those that the exchange has. */
export interface LimitOptions {
  /** Requests (for Binance their weight) of a window; a whole number. @default the exchange's own */
  readonly requestsPerWindow?: number | undefined;
  /** The window's length. @default the exchange's own */
  readonly windowMs?: number | undefined;
}

/** The rows of an API's answers, for faults that change them. */
export interface AnswerRows {
  /** The members that hold the list of an answer, if it is not the list itself. */
  readonly listMembers: readonly string[];
  /** The place of the base volume in a row of candles: its index, or its member. */
  readonly baseVolume: number | string;
}

/** The API of an exchange: reads requests, and writes answers from candles. */
export interface ExchangeApi {
  /** The name by which the API knows a pair such as `BTC_USDT`. */
  nameOf(pair: string): string;
  /** The name that an endpoint's requests are counted by, such as `klines`. */
  endpointOf(path: string): string;
  /** The API's name of the pair that a request is about, even if there is no such pair; none for a request about all. */
  nameAskedFor(request: ApiRequest): string | undefined;
  /**
   * The JSON text that answers a GET request with status 200.
   *
   * @throws ExchangeRefusal if the request is refused
   */
  answer(exchange: AnsweringExchange, request: ApiRequest): string;
  createLimit(options: LimitOptions): RequestLimit;
  readonly refusals: ApiRefusals;
  readonly rows: AnswerRows;
  /** Headers of a request that its answer has too. */
  readonly echoedHeaders: readonly string[];
  /** True if minutes without a trade have rows. */
  readonly hasZeroRows: boolean;
  /** The files of past days; undefined if the exchange has none. */
  readonly archive: ArchiveFormat | undefined;
}
