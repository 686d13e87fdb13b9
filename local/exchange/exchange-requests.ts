import type { IncomingMessage, ServerResponse } from 'node:http';
import { failureText } from '../../cli/failure-text';
import type { ExchangeName } from '../../lambdas/shared/adapters/exchanges/exchange-facts';
import { HOUR_MS, MINUTE_MS } from '../../lambdas/shared/domain/interval';
import type { AnswerFault, ExchangeFaults } from './answer-fault';
import { archiveBytes } from './archive/archive-file';
import { ARCHIVE_PATH, isArchivePath } from './archive/archive-format';
import type { CandleSource } from './candles/candle-source';
import type { AnsweringExchange, ApiRequest, ExchangeApi, RequestLimit } from './exchange-api';
import { EXCHANGE_APIS } from './exchange-apis';
import { ExchangeRefusal } from './exchange-refusal';
import { Faults } from './faults';
import { sendAnswer, sendFault, sendFile, sendRefusal } from './answers/send-answer';

/** Options of the answers of one exchange. */
export interface ServedExchange {
  /** The exchange whose API is spoken. @default gate-io */
  readonly exchange?: ExchangeName;
  readonly source: CandleSource;
  /** Points of each interval that are served. @default as many as the exchange serves */
  readonly retentionPoints?: number;
  /** Requests (for Binance their weight) of a window, a whole number. @default the exchange's own */
  readonly requestsPerWindow?: number;
  /** The window's length. @default the exchange's own */
  readonly windowMs?: number;
  /** Faults of the answers. @default none */
  readonly faults?: ExchangeFaults | undefined;
  /** Pairs that are not traded any more, read on each request. @default none */
  readonly delistedPairs?: ReadonlySet<string>;
  /** The time from the end of a month or day to its publication in the archive. @default an hour */
  readonly archiveDelayMs?: number;
}

/** The clocks of exchanges. */
export interface ExchangeClocks {
  /** The exchange's time in UTC milliseconds: which minute is open, what is retained. */
  readonly now: () => number;
  /**
   * The time by which requests are counted, in UTC milliseconds: in a replay the exchange's own
   * may stand still. @default the machine's clock
   */
  readonly limitNow?: () => number;
}

/** Requests that an exchange has answered so far. */
export interface ExchangeCounts {
  /** All requests, those below included. */
  readonly requests: number;
  /** Requests beyond the limit. */
  readonly limited: number;
  /** Requests that a fault answered. */
  readonly faulted: number;
}

/** The lag of a replica that gives a stale answer. */
const REPLICA_LAG_MS = 5 * MINUTE_MS;

/** Answers the requests of one exchange, one after the other, and counts them. */
export class ExchangeRequests {
  readonly #api: ExchangeApi;
  readonly #exchange: Omit<AnsweringExchange, 'nowMs' | 'hasZeroRows'>;
  readonly #archiveDelayMs: number;
  readonly #now: () => number;
  readonly #limitNow: () => number;
  readonly #limit: RequestLimit;
  #counts: ExchangeCounts = { requests: 0, limited: 0, faulted: 0 };

  constructor(served: ServedExchange, { now, limitNow = Date.now }: ExchangeClocks) {
    const api = EXCHANGE_APIS[served.exchange ?? 'gate-io'];
    const { source } = served;
    this.#api = api;
    this.#exchange = {
      source,
      faults: served.faults ?? new Faults(),
      pairsByName: new Map(source.pairs().map((pair) => [api.nameOf(pair), pair])),
      retentionPoints: served.retentionPoints,
      delistedPairs: served.delistedPairs ?? new Set(),
    };
    this.#archiveDelayMs = served.archiveDelayMs ?? HOUR_MS;
    this.#now = now;
    this.#limitNow = limitNow;
    this.#limit = api.createLimit(served);
  }

  counts(): ExchangeCounts {
    return this.#counts;
  }

  /** Answers a request, whose path is that below the exchange's base URL. */
  answer(request: IncomingMessage, response: ServerResponse, asked: ApiRequest): void {
    this.#count('requests');
    // Clients tell by it which minute is open.
    response.setHeader('Date', new Date(this.#now()).toUTCString());
    if (isArchivePath(asked.path)) {
      void this.#answerArchive(request, response, asked.path);
      return;
    }
    this.#echoHeaders(request, response);
    const limited = this.#limit.take(this.#api.endpointOf(asked.path), this.#limitNow());
    for (const [name, value] of Object.entries(limited.headers)) response.setHeader(name, value);
    try {
      if (limited.refusal !== undefined) this.#refuseBeyondLimit(limited.refusal);
      this.#answerAllowed(request, response, asked);
    } catch (error) {
      sendRefusal(response, this.#refusalOf(error));
    }
  }

  /** The archive stands elsewhere: the API's limit is not for it. */
  async #answerArchive(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
  ): Promise<void> {
    const { archive: format, refusals } = this.#api;
    try {
      const file = format?.fileOf(path.slice(ARCHIVE_PATH.length));
      const pair = this.#pairNamed(file?.pairName);
      const fault = this.#takeFault(pair, 'archive');
      this.#assertGet(request);
      if (sendFault(response, refusals, fault)) return;
      if (format === undefined || file === undefined || pair === undefined) {
        throw refusals.notFound(path);
      }
      const archive = {
        ...this.#exchange,
        format,
        nowMs: this.#now(),
        hasZeroRows: this.#api.hasZeroRows,
        archiveDelayMs: this.#archiveDelayMs,
      };
      const bytes = await archiveBytes(archive, pair, file, fault);
      if (bytes === undefined) throw refusals.notFound(path);
      sendFile(response, bytes);
    } catch (error) {
      sendRefusal(response, this.#refusalOf(error));
    }
  }

  #takeFault(pair: string | undefined, endpoint: string): AnswerFault | undefined {
    const fault = this.#exchange.faults.takeAnswer(pair, endpoint);
    if (fault !== undefined) this.#count('faulted');
    return fault;
  }

  #answerAllowed(request: IncomingMessage, response: ServerResponse, asked: ApiRequest): void {
    const pair = this.#pairNamed(this.#api.nameAskedFor(asked));
    const fault = this.#takeFault(pair, this.#api.endpointOf(asked.path));
    this.#assertGet(request);
    const body = () =>
      this.#api.answer({ ...this.#exchange, ...this.#momentOf(fault, this.#now()) }, asked);
    sendAnswer(response, this.#api, { fault, body });
  }

  /** The pair of a name; the name itself if there is no such pair. */
  #pairNamed(name: string | undefined): string | undefined {
    return name === undefined ? undefined : (this.#exchange.pairsByName.get(name) ?? name);
  }

  #momentOf(fault: AnswerFault | undefined, nowMs: number) {
    const lagMs = fault === 'stale' ? REPLICA_LAG_MS : 0;
    const hasZeroRows = this.#api.hasZeroRows || fault === 'zero-rows';
    return { nowMs: nowMs - lagMs, hasZeroRows };
  }

  #assertGet({ method = '' }: IncomingMessage): void {
    if (method !== 'GET') throw this.#api.refusals.methodNotAllowed(method);
  }

  #refuseBeyondLimit(refusal: ExchangeRefusal): never {
    this.#count('limited');
    throw refusal;
  }

  #refusalOf(error: unknown): ExchangeRefusal {
    if (error instanceof ExchangeRefusal) return error;
    return this.#api.refusals.serverError(failureText(error));
  }

  #echoHeaders(request: IncomingMessage, response: ServerResponse): void {
    for (const name of this.#api.echoedHeaders) {
      const value = request.headers[name.toLowerCase()];
      if (value !== undefined) response.setHeader(name, value);
    }
  }

  #count(kind: keyof ExchangeCounts): void {
    this.#counts = { ...this.#counts, [kind]: this.#counts[kind] + 1 };
  }
}
