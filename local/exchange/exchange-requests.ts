import type { IncomingMessage, ServerResponse } from 'node:http';
import { MINUTE_MS } from '../../lambdas/shared/domain/interval';
import type { CandleSource } from './candles/candle-source';
import type { AnswerFault, ExchangeFaults } from './answer-fault';
import { archiveFile } from './archive/archive-file';
import { isArchivePath, monthOfPath } from './archive/archive-month';
import { type AnsweringExchange, answerOf, endpointOf, pairAskedFor } from './exchange-answers';
import {
  ExchangeRefusal,
  methodNotAllowed,
  notFound,
  serverError,
  tooManyRequests,
} from './exchange-refusal';
import { Faults } from './faults';
import { type RateLimitState, RateWindow } from './rate-window';
import { sendAnswer, sendFault, sendFile, sendRefusal } from './send-answer';

/** Options of the answers of an exchange. */
export interface ExchangeRequestsOptions {
  readonly source: CandleSource;
  /** The exchange's time in UTC milliseconds: which minute is open, what is retained. */
  readonly now: () => number;
  /**
   * The time by which requests are counted, in UTC milliseconds: in a replay the exchange's own
   * may stand still. @default the machine's clock
   */
  readonly limitNow?: () => number;
  /** Points of each interval that are served. @default 10,000, as Gate.io */
  readonly retentionPoints?: number;
  /** Requests a window and endpoint, a whole number. @default 200 */
  readonly requestsPerWindow?: number;
  /** The window's length. @default 10,000 */
  readonly windowMs?: number;
  /** Faults of the answers. @default none */
  readonly faults?: ExchangeFaults;
  /** Pairs that are listed but not traded, read on each request. @default none */
  readonly delistedPairs?: ReadonlySet<string>;
  /** The time from a month's end to its publication in the archive. @default an hour */
  readonly archiveDelayMs?: number;
}

/** Requests that an exchange has answered so far. */
export interface ExchangeCounts {
  /** All requests, those below included. */
  readonly requests: number;
  /** Requests beyond the limit: 429. */
  readonly limited: number;
  /** Requests that a scripted fault answered. */
  readonly faulted: number;
}

/** An origin for the paths of requests; it is not looked at. */
const ORIGIN = 'http://127.0.0.1';
/** How far a replica is behind that gives a stale answer. */
const REPLICA_LAG_MS = 5 * MINUTE_MS;

/** Answers requests, one after the other, and counts them. */
export class ExchangeRequests {
  readonly #exchange: Omit<AnsweringExchange, 'nowMs' | 'hasZeroRows'>;
  readonly #archiveDelayMs: number;
  readonly #now: () => number;
  readonly #limitNow: () => number;
  readonly #limit: { readonly requests: number; readonly windowMs: number };
  readonly #windows = new Map<string, RateWindow>();
  #counts: ExchangeCounts = { requests: 0, limited: 0, faulted: 0 };

  constructor(options: ExchangeRequestsOptions) {
    this.#exchange = {
      source: options.source,
      faults: options.faults ?? new Faults(),
      retentionPoints: options.retentionPoints ?? 10_000,
      delistedPairs: options.delistedPairs ?? new Set(),
    };
    this.#archiveDelayMs = options.archiveDelayMs ?? 60 * MINUTE_MS;
    this.#now = options.now;
    this.#limitNow = options.limitNow ?? Date.now;
    this.#limit = {
      requests: options.requestsPerWindow ?? 200,
      windowMs: options.windowMs ?? 10_000,
    };
  }

  counts(): ExchangeCounts {
    return this.#counts;
  }

  answer(request: IncomingMessage, response: ServerResponse): void {
    const url = parseUrl(request);
    this.#count('requests');
    if (isArchivePath(url.pathname)) {
      void this.#answerArchive(request, response, url.pathname);
      return;
    }
    const limit = this.#takeRequest(endpointOf(url.pathname));
    this.#setHeaders(request, response, limit);
    try {
      if (limit.allowed) this.#answerAllowed(request, response, url);
      else this.#refuseBeyondLimit();
    } catch (error) {
      sendRefusal(response, error instanceof ExchangeRefusal ? error : serverError(error));
    }
  }

  /** The archive stands elsewhere: the API's limit is not for it. */
  async #answerArchive(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
  ): Promise<void> {
    try {
      const month = monthOfPath(path);
      const fault = this.#takeFault(month?.pair, 'archive');
      if (request.method !== 'GET') throw methodNotAllowed(request.method);
      if (sendFault(response, fault)) return;
      if (month === undefined) throw notFound(path);
      const archive = {
        ...this.#exchange,
        nowMs: this.#now(),
        archiveDelayMs: this.#archiveDelayMs,
      };
      sendFile(response, await archiveFile(archive, month, fault));
    } catch (error) {
      sendRefusal(response, error instanceof ExchangeRefusal ? error : serverError(error));
    }
  }

  #takeFault(pair: string | undefined, endpoint: string): AnswerFault | undefined {
    const fault = this.#exchange.faults.takeAnswer(pair, endpoint);
    if (fault !== undefined) this.#count('faulted');
    return fault;
  }

  #answerAllowed(
    request: IncomingMessage,
    response: ServerResponse,
    { pathname, searchParams }: URL,
  ): void {
    const fault = this.#takeFault(pairAskedFor(pathname, searchParams), endpointOf(pathname));
    if (request.method !== 'GET') throw methodNotAllowed(request.method);
    sendAnswer(response, fault, () =>
      answerOf({ ...this.#exchange, ...momentOf(fault, this.#now()) }, pathname, searchParams),
    );
  }

  #refuseBeyondLimit(): never {
    this.#count('limited');
    throw tooManyRequests();
  }

  #takeRequest(endpoint: string): RateLimitState {
    const window =
      this.#windows.get(endpoint) ?? new RateWindow(this.#limit.requests, this.#limit.windowMs);
    this.#windows.set(endpoint, window);
    return window.take(this.#limitNow());
  }

  /**
   * The reset time is the window's end for a request beyond the limit, and the
   * current time for any other, as Gate.io documents it; in Unix seconds.
   */
  #setHeaders(
    request: IncomingMessage,
    response: ServerResponse,
    { allowed, remaining, resetMs }: RateLimitState,
  ): void {
    const resetSeconds = allowed
      ? Math.floor(this.#limitNow() / 1_000)
      : Math.ceil(resetMs / 1_000);
    response.setHeader('X-Gate-RateLimit-Requests-Remain', remaining);
    response.setHeader('X-Gate-RateLimit-Limit', this.#limit.requests);
    response.setHeader('X-Gate-RateLimit-Reset-Timestamp', resetSeconds);
    const requestId = request.headers['x-client-request-id'];
    if (requestId !== undefined) response.setHeader('X-Client-Request-Id', requestId);
  }

  #count(kind: keyof ExchangeCounts): void {
    this.#counts = { ...this.#counts, [kind]: this.#counts[kind] + 1 };
  }
}

function momentOf(fault: AnswerFault | undefined, nowMs: number) {
  const lagMs = fault === 'stale' ? REPLICA_LAG_MS : 0;
  return { nowMs: nowMs - lagMs, hasZeroRows: fault === 'zero-rows' };
}

/** An address that cannot be parsed is the root's, which is not found. */
function parseUrl({ url = '/' }: IncomingMessage): URL {
  return new URL(URL.canParse(ORIGIN + url) ? ORIGIN + url : ORIGIN);
}
