import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CandleSource } from './candles/candle-source';
import { failureReason } from '../../cli/failure-reason';
import { type AnswerFault, Faults } from './faults';
import { type AnsweringExchange, answerOf, endpointOf, pairAskedFor } from './exchange-answers';
import { ExchangeRefusal } from './exchange-refusal';
import { type RateLimitState, RateWindow } from './rate-window';

const LOOPBACK = '127.0.0.1';
/** Longer than clients pause between two ticks, so that no connection closes under a request. */
const KEEP_ALIVE_MS = 120_000;

/** What an exchange is started with. */
export interface ExchangeOptions {
  /** The port; 0 for any free one. */
  readonly port: number;
  /** The address that it listens on; 127.0.0.1 if left out. */
  readonly host?: string;
  readonly source: CandleSource;
  /** The exchange's time in UTC milliseconds: which minute is open, what is retained. */
  readonly now: () => number;
  /** The time by which requests are counted, in UTC milliseconds; the machine's clock if left out, as in a replay the exchange's own may stand still. */
  readonly limitNow?: () => number;
  /** How many points of each interval are served; 10,000 if left out, as at Gate.io. */
  readonly retentionPoints?: number;
  /** Requests a window and endpoint, a whole number; 200 if left out. */
  readonly requestsPerWindow?: number;
  /** The window's length; 10,000 if left out. */
  readonly windowMs?: number;
  /** What goes wrong; nothing if left out. */
  readonly faults?: Faults;
  /** Pairs that are listed but not traded. Looked at on each request. */
  readonly delistedPairs?: ReadonlySet<string>;
}

/** What an exchange has answered so far. */
export interface ExchangeCounts {
  /** All requests, those below included. */
  readonly requests: number;
  /** Requests beyond the limit: 429. */
  readonly limited: number;
  /** Requests that a scripted fault answered. */
  readonly faulted: number;
}

/** An exchange that answers. */
export interface RunningExchange {
  /** Where it is, without the path: stands for `https://api.gateio.ws`. */
  readonly url: string;
  counts(): ExchangeCounts;
  /** Ends every connection, hanging ones too, and frees the port. */
  stop(): Promise<void>;
}

/** The exchange's port cannot be used. */
export class ExchangePortError extends Error {
  override readonly name = 'ExchangePortError';
  constructor(host: string, port: number, cause: unknown) {
    super(
      `The exchange cannot listen on ${host}:${port} (${failureReason(cause)}); stop what uses the port, or choose another`,
      { cause },
    );
  }
}

/**
 * Starts an HTTP server, on the loopback address unless told, that speaks Gate.io's v4 spot
 * exchange data: `candlesticks`, `time`, `currency_pairs`, `currency_pairs/{pair}`
 * and `tickers` under `/api/v4/spot/`.
 *
 * @throws ExchangePortError
 */
export async function startExchange(options: ExchangeOptions): Promise<RunningExchange> {
  const requests = new ExchangeRequests(options);
  const server = createServer((request, response) => requests.answer(request, response));
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  const { host = LOOPBACK } = options;
  await listening(server, host, options.port);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${port}`,
    counts: () => requests.counts(),
    stop: () => stopped(server),
  };
}

async function listening(server: Server, host: string, port: number): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw new ExchangePortError(host, port, cause);
  }
}

async function stopped(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

/** Answers requests, one after the other, and keeps count. */
class ExchangeRequests {
  readonly #exchange: Omit<AnsweringExchange, 'nowMs'>;
  readonly #now: () => number;
  readonly #limitNow: () => number;
  readonly #limit: { readonly requests: number; readonly windowMs: number };
  readonly #windows = new Map<string, RateWindow>();
  #counts: ExchangeCounts = { requests: 0, limited: 0, faulted: 0 };

  constructor(options: ExchangeOptions) {
    this.#exchange = {
      source: options.source,
      faults: options.faults ?? new Faults(),
      retentionPoints: options.retentionPoints ?? 10_000,
      delistedPairs: options.delistedPairs ?? new Set(),
    };
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
    const { pathname, searchParams } = urlOf(request);
    const limit = this.#takeRequest(endpointOf(pathname));
    setHeaders(request, response, limit, this.#limit.requests, this.#limitNow());
    this.#count('requests');
    if (!limit.allowed) {
      this.#count('limited');
      sendRefusal(response, tooManyRequests());
      return;
    }
    const fault = this.#exchange.faults.takeAnswer(pairAskedFor(pathname, searchParams));
    if (fault !== undefined) this.#count('faulted');
    try {
      if (request.method !== 'GET') throw methodNotAllowed(request.method);
      send(response, fault, () =>
        answerOf({ ...this.#exchange, nowMs: this.#now() }, pathname, searchParams),
      );
    } catch (error) {
      sendRefusal(response, error instanceof ExchangeRefusal ? error : serverError(error));
    }
  }

  #takeRequest(endpoint: string): RateLimitState {
    const window =
      this.#windows.get(endpoint) ?? new RateWindow(this.#limit.requests, this.#limit.windowMs);
    this.#windows.set(endpoint, window);
    return window.take(this.#limitNow());
  }

  #count(kind: keyof ExchangeCounts): void {
    this.#counts = { ...this.#counts, [kind]: this.#counts[kind] + 1 };
  }
}

/** An address that cannot be parsed is the root's, which is not found. */
function urlOf({ url = '/' }: IncomingMessage): URL {
  const origin = `http://${LOOPBACK}`;
  return new URL(URL.canParse(origin + url) ? origin + url : origin);
}

/**
 * The reset time is when the window ends for a request beyond the limit, and the
 * time itself for any other, as Gate.io documents it; in Unix seconds.
 */
function setHeaders(
  request: IncomingMessage,
  response: ServerResponse,
  { allowed, remaining, resetMs }: RateLimitState,
  requestsPerWindow: number,
  nowMs: number,
): void {
  response.setHeader('X-Gate-RateLimit-Requests-Remain', remaining);
  response.setHeader('X-Gate-RateLimit-Limit', requestsPerWindow);
  response.setHeader(
    'X-Gate-RateLimit-Reset-Timestamp',
    allowed ? Math.floor(nowMs / 1_000) : Math.ceil(resetMs / 1_000),
  );
  const requestId = request.headers['x-client-request-id'];
  if (requestId !== undefined) response.setHeader('X-Client-Request-Id', requestId);
}

function send(response: ServerResponse, fault: AnswerFault | undefined, body: () => string): void {
  if (fault === 'hang') return;
  if (fault === 'reset') {
    response.socket?.resetAndDestroy();
  } else if (fault === 'bad-gateway') {
    sendText(response, 502, '<html><body><h1>502 Bad Gateway</h1></body></html>', 'text/html');
  } else {
    sendText(response, 200, faultyBody(fault, body));
  }
}

function faultyBody(
  fault: Exclude<AnswerFault, 'hang' | 'reset' | 'bad-gateway'> | undefined,
  body: () => string,
): string {
  switch (fault) {
    case undefined:
      return body();
    case 'rate-limited':
      throw tooManyRequests();
    case 'server-error':
      throw serverError('scripted');
    case 'malformed-json':
      return firstHalf(body());
    case 'wrong-row-shape':
      return withoutBaseVolumes(body());
  }
}

function firstHalf(body: string): string {
  return body.slice(0, Math.floor(body.length / 2));
}

/** Rows of seven strings: the base volume, the last but one, is left out. */
function withoutBaseVolumes(body: string): string {
  return body.replace(/,"[^"]*"(,"(?:true|false)"\])/g, '$1');
}

function sendRefusal(response: ServerResponse, refusal: ExchangeRefusal): void {
  sendText(response, refusal.status, refusal.body());
}

function sendText(
  response: ServerResponse,
  status: number,
  body: string,
  contentType = 'application/json',
): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, { 'Content-Type': contentType, 'Content-Length': bytes.length });
  response.end(bytes);
}

function tooManyRequests(): ExchangeRefusal {
  return new ExchangeRefusal(429, 'TOO_MANY_REQUESTS', 'Request Rate limit Exceeded');
}

function methodNotAllowed(method: string | undefined): ExchangeRefusal {
  return new ExchangeRefusal(
    405,
    'METHOD_NOT_ALLOWED',
    `Only GET is answered, not ${String(method)}`,
  );
}

function serverError(reason: unknown): ExchangeRefusal {
  return new ExchangeRefusal(
    500,
    'SERVER_ERROR',
    `Internal server error: ${failureReason(reason)}`,
  );
}
