import { randomUUID } from 'node:crypto';
import PQueue from 'p-queue';
import * as v from 'valibot';
import { MINUTE_MS } from '../../domain/interval';
import { missingEnd } from '../../domain/plan';
import {
  type CandlesQuery,
  type Exchange,
  type ExchangeAnswer,
  joinedAnswers,
  type Listings,
  type Telemetry,
  UnknownPairError,
} from '../../domain/ports';
import { newestOf } from '../../domain/segment';
import { GATE_IO } from './gate-io-facts';
import {
  bodyOf,
  failureOf,
  GateIoError,
  get,
  retried,
  type RetryOptions,
  withinTime,
} from './gate-io-request';
import { readRows, type ReadRows } from './gate-io-rows';

/** Options for {@link createGateIo}. */
export interface GateIoOptions extends RetryOptions {
  /** Up to and with `/api/v4`. */
  readonly baseUrl: string;
  /** How many requests may be sent in any 10 s: public endpoints allow 200 by IP. */
  readonly requestsPerWindow: number;
  /** The longest wait for one answer, in milliseconds. @default 5,000 */
  readonly timeoutMs?: number;
}

const WINDOW_MS = 10_000;
/** With fewer requests left than this, the rest of the window is left to others. */
const REMAINING_MARGIN = 10;
const SHORTEST_PAUSE_MS = 1_000;
const CONCURRENT_REQUESTS = 16;

/** More than this no page of 1,000 rows has. */
const LONGEST_ANSWER_BYTES = 4_000_000;
const Rows = v.array(v.unknown());
const ErrorAnswer = v.object({ label: v.string(), message: v.optional(v.string(), '') });
/** Of a currency pair; some times are texts. */
const ListingAnswer = v.object({
  id: v.string(),
  buy_start: v.optional(
    v.pipe(v.union([v.number(), v.string()]), v.toNumber(), v.integer(), v.minValue(0)),
    0,
  ),
});

/**
 * Gate.io's one-minute candles and listings: `GET /spot/candlesticks`, one request
 * a page of 1,000 minutes, and `GET /spot/currency_pairs/{pair}`, within the public
 * rate limit, each answer waited for at most `timeoutMs`, passing failures retried.
 * Every failed request is counted by its kind, as `Exchange<kind>`.
 * Source: the Gate.io API v4 documentation, "Market candlesticks", "Get details of a
 * specific currency pair" and "Frequency limit rule".
 */
export function createGateIo(options: GateIoOptions): Exchange & Listings {
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
    candles: (query) => candlesOf(client, query),
    listedSince: (pair, withinMs) => listingOf(client, pair, withinMs),
  };
}

async function candlesOf(client: GateIoClient, query: CandlesQuery): Promise<ExchangeAnswer> {
  const { pair, withinMs } = query;
  const limit = { ...client.options, withinMs, wanted: `all minutes of ${pair}` };
  return knownPair(
    withinTime(limit, async (signal) => {
      const pages = pagesOf(query);
      const answers = await Promise.all(pages.map((page) => requestPage(client, page, signal)));
      const again = await Promise.all(
        missingEnds(pages, answers).map((page) => requestAgain(client, page, signal)),
      );
      return joinedAnswers([...answers, ...again]);
    }),
  );
}

async function listingOf(
  client: GateIoClient,
  pair: string,
  withinMs: number,
): Promise<number | null> {
  const limit = { ...client.options, withinMs, wanted: `the listing of ${pair}` };
  const path = `/spot/currency_pairs/${encodeURIComponent(pair)}`;
  return knownPair(
    withinTime(limit, (signal) =>
      request(client, { path, pair, read: (answer) => listingTimeOf(answer, pair) }, signal),
    ),
  );
}

/** Waits for an answer about a pair. @throws UnknownPairError if that is why there is none */
async function knownPair<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    const isUnknown = cause instanceof GateIoError && cause.failure === 'UnknownPair';
    throw isUnknown ? new UnknownPairError(cause.message, { cause }) : cause;
  }
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

async function requestPage(
  client: GateIoClient,
  page: Page,
  signal: AbortSignal,
): Promise<ReadRows> {
  const read = (answer: unknown) => readRows(rowsOf(answer, page), page);
  const answer = await request(client, { path: pathOf(page), pair: page.pair, read }, signal);
  reportRows(client.options.telemetry, page, answer);
  return answer;
}

/** A request for something of a pair. */
interface PairRequest<T> {
  /** The part of the address that follows the base URL. */
  readonly path: string;
  readonly pair: string;
  /** Reads the JSON that was answered. @throws GateIoError if it is something else */
  readonly read: (answer: unknown) => T;
}

function request<T>(client: GateIoClient, wanted: PairRequest<T>, signal: AbortSignal): Promise<T> {
  const { queue, options } = client;
  const send = () => queue.add(() => requestOnce(client, wanted, signal), { signal });
  return retried(send, options, signal);
}

async function requestOnce<T>(
  client: GateIoClient,
  { path, pair, read }: PairRequest<T>,
  signal: AbortSignal,
): Promise<T> {
  const { baseUrl, timeoutMs = 5_000 } = client.options;
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const headers = { accept: 'application/json', 'X-Client-Request-Id': randomUUID() };
  const response = await get(baseUrl + path, headers, limit);
  obeyLimit(response, client);
  if (response.status !== 200) throw await refusal(response, pair);
  return read(await jsonOf(response));
}

function pathOf({ pair, fromMs, toMs }: Page): string {
  const query = new URLSearchParams({
    currency_pair: pair,
    interval: '1m',
    from: String(fromMs / 1_000),
    // Both ends are inclusive.
    to: String((toMs - MINUTE_MS) / 1_000),
  });
  return `/spot/candlesticks?${query.toString()}`;
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

function labelOf(text: string): { label: string; message: string } {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), ErrorAnswer), text);
  return parsed.success ? parsed.output : { label: '(no label)', message: text.slice(0, 200) };
}

async function textOf(response: Response): Promise<string> {
  return (await bodyOf(response, LONGEST_ANSWER_BYTES)).toString('utf8');
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

/** The time from which on a pair can be bought. @throws GateIoError for an answer that does not describe a pair */
function listingTimeOf(answer: unknown, pair: string): number | null {
  const listing = v.safeParse(ListingAnswer, answer);
  if (listing.success)
    return listing.output.buy_start === 0 ? null : listing.output.buy_start * 1_000;
  const said = JSON.stringify(answer).slice(0, 200);
  throw new GateIoError(
    'Malformed',
    `Gate.io answered no listing of ${pair}: ${said}; expected its id, and its buy_start in seconds`,
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
