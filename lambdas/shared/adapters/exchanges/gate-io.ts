import { randomUUID } from 'node:crypto';
import PQueue from 'p-queue';
import pRetry from 'p-retry';
import * as v from 'valibot';
import { MINUTE_MS } from '../../domain/interval';
import { missingEnd } from '../../domain/plan';
import {
  type CandlesQuery,
  type Exchange,
  type ExchangeAnswer,
  joinedAnswers,
  type Telemetry,
  UnknownPairError,
} from '../../domain/ports';
import { newestOf } from '../../domain/segment';
import { GATE_IO } from './gate-io-facts';
import { readRows, type ReadRows } from './gate-io-rows';

/** What kind of failure a request met. The first five may pass; the others will not by themselves. */
export type GateIoFailure =
  | 'RateLimited'
  | 'ServerError'
  | 'NetworkError'
  | 'TimedOut'
  | 'Malformed'
  | 'UnknownPair'
  | 'Refused';

const PASSING: readonly GateIoFailure[] = [
  'RateLimited',
  'ServerError',
  'NetworkError',
  'TimedOut',
  'Malformed',
];

/** A request to Gate.io that did not bring candles. */
export class GateIoError extends Error {
  override readonly name = 'GateIoError';
  readonly failure: GateIoFailure;
  constructor(failure: GateIoFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.failure = failure;
  }
}

/** How Gate.io is reached. */
export interface GateIoOptions {
  /** Up to and with `/api/v4`. */
  readonly baseUrl: string;
  readonly telemetry: Telemetry;
  /** How many requests may be sent in any 10 s: public endpoints allow 200 by IP. */
  readonly requestsPerWindow: number;
  /** The longest wait for one answer, in milliseconds. */
  readonly timeoutMs?: number;
  /** How often a request that met a passing failure is sent again. */
  readonly retries?: number;
  /** The first pause before a repetition; each further one is about twice as long, with jitter. */
  readonly firstPauseMs?: number;
}

const WINDOW_MS = 10_000;
/** With fewer requests left than this, the rest of the window is left to others. */
const REMAINING_MARGIN = 10;
const SHORTEST_PAUSE_MS = 1_000;
const CONCURRENT_REQUESTS = 16;

/** More than this no page of 1,000 rows has, in characters. */
const LONGEST_ANSWER = 4_000_000;
const Rows = v.array(v.unknown());
const ErrorAnswer = v.object({ label: v.string(), message: v.optional(v.string(), '') });

/**
 * Gate.io's one-minute candles: `GET /spot/candlesticks`, one request a page of
 * 1,000 minutes, within the public rate limit, each answer waited for at most
 * `timeoutMs`, passing failures retried. Every failed request is counted by its
 * kind, as `Exchange<kind>`.
 * Source: the Gate.io API v4 documentation, "Market candlesticks" and "Frequency limit rule".
 */
export function createGateIo(options: GateIoOptions): Exchange {
  const queue = new PQueue({
    concurrency: CONCURRENT_REQUESTS,
    interval: WINDOW_MS,
    intervalCap: options.requestsPerWindow,
    strict: true,
  });
  const pause = createPause(queue);
  const headroom = createHeadroom();
  const client = { queue, pause, headroom, options };
  return {
    takeHeadroom: headroom.take,
    candles: (query) => answerTo(client, query),
  };
}

async function answerTo(client: GateIoClient, query: CandlesQuery): Promise<ExchangeAnswer> {
  const failed = new AbortController();
  const outOfTime = AbortSignal.timeout(Math.max(0, query.withinMs));
  const signal = AbortSignal.any([failed.signal, outOfTime]);
  try {
    const pages = pagesOf(query);
    const answers = await Promise.all(pages.map((page) => requestPage(client, page, signal)));
    const again = await Promise.all(
      missingEnds(pages, answers).map((page) => requestAgain(client, page, signal)),
    );
    return joinedAnswers([...answers, ...again]);
  } catch (cause) {
    // The other pages would be thrown away.
    failed.abort();
    throw explained(client, query, { cause, isOutOfTime: outOfTime.aborted });
  }
}

function explained(
  { options }: GateIoClient,
  { pair, withinMs }: CandlesQuery,
  { cause, isOutOfTime }: { cause: unknown; isOutOfTime: boolean },
): unknown {
  if (isOutOfTime) {
    const message = `Gate.io did not give all minutes of ${pair} in ${withinMs} ms`;
    const error = new GateIoError('TimedOut', message, { cause });
    countFailure(options.telemetry, error);
    return error;
  }
  const isUnknown = cause instanceof GateIoError && cause.failure === 'UnknownPair';
  return isUnknown ? new UnknownPairError(cause.message, { cause }) : cause;
}

/** The ends of pages that their answers lack, although a later page has candles. */
function missingEnds(pages: readonly Page[], answers: readonly ExchangeAnswer[]): Page[] {
  const lastIndex = answers.findLastIndex(({ candles }) => candles.length > 0);
  return pages.slice(0, Math.max(0, lastIndex)).flatMap((page, index) => {
    const newestMs = newestOf(answers[index]?.candles ?? []);
    const fromMs = missingEnd(page, newestMs);
    return fromMs === undefined ? [] : [{ ...page, fromMs }];
  });
}

function requestAgain(client: GateIoClient, page: Page, signal: AbortSignal) {
  client.options.telemetry.count('RangesAskedAgain', 1);
  return requestPage(client, page, signal);
}

/** What the requests of an exchange share. */
interface GateIoClient {
  readonly queue: PQueue;
  readonly pause: Pause;
  readonly headroom: Headroom;
  readonly options: GateIoOptions;
}

/** The fewest requests that answers said remain. */
interface Headroom {
  /** Keeps what an answer said. */
  readonly told: (remaining: number) => void;
  /** The fewest since this was last called. */
  readonly take: () => number | undefined;
}

function createHeadroom(): Headroom {
  let fewest: number | undefined;
  return {
    told: (remaining) => {
      fewest = Math.min(fewest ?? Infinity, remaining);
    },
    take: () => {
      const taken = fewest;
      fewest = undefined;
      return taken;
    },
  };
}

type Page = Omit<CandlesQuery, 'withinMs'>;

function pagesOf({ pair, fromMs, toMs, closedBeforeMs }: CandlesQuery): Page[] {
  const pageMs = GATE_IO.pageMinutes * MINUTE_MS;
  const count = Math.ceil((toMs - fromMs) / pageMs);
  return Array.from({ length: count }, (_, index) => ({
    pair,
    fromMs: fromMs + index * pageMs,
    toMs: Math.min(toMs, fromMs + (index + 1) * pageMs),
    closedBeforeMs,
  }));
}

type Pause = (untilMs: number) => void;

/** Holds all requests back until the exchange's window ends. */
function createPause(queue: PQueue): Pause {
  let timer: NodeJS.Timeout | undefined;
  let heldUntilMs = 0;
  return (untilMs) => {
    const nowMs = Date.now();
    // Of several answers the one that asks for the longest wait counts.
    heldUntilMs = Math.max(heldUntilMs, Math.min(untilMs, nowMs + WINDOW_MS));
    clearTimeout(timer);
    queue.pause();
    timer = setTimeout(() => queue.start(), Math.max(heldUntilMs - nowMs, 0));
  };
}

function requestPage(client: GateIoClient, page: Page, signal: AbortSignal): Promise<ReadRows> {
  const { queue, options } = client;
  return pRetry(() => queue.add(() => requestOnce(client, page, signal), { signal }), {
    retries: options.retries ?? 4,
    minTimeout: options.firstPauseMs ?? 300,
    maxTimeout: 5_000,
    factor: 2,
    randomize: true,
    signal,
    shouldRetry: ({ error }) => error instanceof GateIoError && PASSING.includes(error.failure),
    onFailedAttempt: ({ error }) => {
      if (!signal.aborted) countFailure(options.telemetry, error);
    },
  });
}

function countFailure(telemetry: Telemetry, error: Error): void {
  const failure = error instanceof GateIoError ? error.failure : 'Unexpected';
  telemetry.count(`Exchange${failure}`, 1);
}

async function requestOnce(
  client: GateIoClient,
  page: Page,
  signal: AbortSignal,
): Promise<ReadRows> {
  const { baseUrl, timeoutMs = 5_000 } = client.options;
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const response = await get(urlOf(baseUrl, page), limit);
  obeyLimit(response, client);
  if (response.status !== 200) throw await refusal(response, page.pair);
  const answer = readRows(rowsOf(await jsonOf(response), page), page);
  reportRows(client.options.telemetry, page, answer);
  return answer;
}

function urlOf(baseUrl: string, { pair, fromMs, toMs }: Page): string {
  const query = new URLSearchParams({
    currency_pair: pair,
    interval: '1m',
    from: String(fromMs / 1_000),
    // Both ends are inclusive.
    to: String((toMs - MINUTE_MS) / 1_000),
  });
  return `${baseUrl}/spot/candlesticks?${query.toString()}`;
}

async function get(url: string, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, {
      headers: { accept: 'application/json', 'X-Client-Request-Id': randomUUID() },
      // An answer from elsewhere is none of the exchange's.
      redirect: 'manual',
      signal,
    });
  } catch (cause) {
    throw networkError(cause, url);
  }
}

function networkError(cause: unknown, url: string): GateIoError {
  if (isTimeout(cause)) {
    return new GateIoError('TimedOut', `Gate.io did not answer in time: ${url}`, { cause });
  }
  return new GateIoError('NetworkError', `Gate.io could not be reached: ${url}`, { cause });
}

function isTimeout(cause: unknown): boolean {
  return (
    typeof cause === 'object' && cause !== null && 'name' in cause && cause.name === 'TimeoutError'
  );
}

/** Waits for the next window where this one is nearly used up, by whomever. */
function obeyLimit({ status, headers }: Response, { pause, headroom }: GateIoClient): void {
  const remaining = numberIn(headers, 'x-gate-ratelimit-requests-remain');
  if (remaining !== undefined) headroom.told(remaining);
  if (status !== 429 && (remaining ?? Infinity) >= REMAINING_MARGIN) return;
  const resetSeconds = numberIn(headers, 'x-gate-ratelimit-reset-timestamp') ?? 0;
  // The time of the answer itself, where the limit is not exceeded yet.
  pause(Math.max(resetSeconds * 1_000, Date.now() + SHORTEST_PAUSE_MS));
}

/** The number of a header; undefined where it is absent, or says no number. */
function numberIn(headers: Headers, name: string): number | undefined {
  const text = headers.get(name) ?? '';
  const value = text === '' ? NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
}

async function refusal(response: Response, pair: string): Promise<GateIoError> {
  const text = await textOf(response);
  const { label, message } = labelOf(text);
  const said = `Gate.io answered ${response.status} ${label} for ${pair}: ${message}`;
  return new GateIoError(failureOf(response.status, label), said);
}

function failureOf(status: number, label: string): GateIoFailure {
  if (status === 429 || label === 'TOO_MANY_REQUESTS') return 'RateLimited';
  if (status >= 500) return 'ServerError';
  if (status < 400) return 'Malformed';
  if (label === 'INVALID_CURRENCY_PAIR' || label === 'INVALID_CURRENCY') return 'UnknownPair';
  return 'Refused';
}

function labelOf(text: string): { label: string; message: string } {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), ErrorAnswer), text);
  return parsed.success ? parsed.output : { label: '(no label)', message: text.slice(0, 200) };
}

async function textOf(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk as Uint8Array, { stream: true });
      if (text.length > LONGEST_ANSWER) break;
    }
  } catch (cause) {
    throw networkError(cause, response.url);
  }
  if (text.length <= LONGEST_ANSWER) return text;
  throw new GateIoError('Malformed', `Gate.io answered more than ${LONGEST_ANSWER} characters`);
}

async function jsonOf(response: Response): Promise<unknown> {
  const text = await textOf(response);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new GateIoError('Malformed', `Gate.io answered no JSON: ${text.slice(0, 200)}`, {
      cause,
    });
  }
}

/** The rows of an answer. @throws GateIoError for an answer that is no list */
function rowsOf(answer: unknown, { pair }: Page): unknown[] {
  const rows = v.safeParse(Rows, answer);
  if (rows.success) return rows.output;
  const said = JSON.stringify(answer).slice(0, 200);
  throw new GateIoError(
    'Malformed',
    `Gate.io answered no rows for ${pair}: ${said}; expected a list`,
  );
}

function reportRows(telemetry: Telemetry, { pair }: Page, { rejected, counts }: ReadRows): void {
  for (const [metric, count] of counts) telemetry.count(metric, count);
  const [first] = rejected;
  if (first === undefined) return;
  telemetry.warn('rows rejected: they cannot be candles', {
    pair,
    rows: rejected.length,
    first: new Date(first.openTimeMs).toISOString(),
    reason: first.reason,
  });
}
