import { type GenericSchema, type InferOutput, safeParse } from 'valibot';
import {
  candlesAnswer,
  type CandlesAnswer,
  coverageAnswer,
  type CoverageAnswer,
  daysAnswer,
  type DaysAnswer,
  gapsAnswer,
  type GapsAnswer,
  marketsAnswer,
  type MarketsAnswer,
  runAnswer,
  type RunAnswer,
} from './answers';

/** The API did not answer, or not as it should. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}

/** A range of times `[fromMs, toMs)`. */
export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The longest wait for an answer. */
const TIMEOUT_MS = 15_000;
/** The most candles that one page holds. */
export const PAGE_CANDLES = 1_500;

/**
 * The query API of the page's own origin. Every method throws
 * {@link NoAnswerError} if the API does not answer, or answers with a problem.
 * The browser keeps answers with their tags: what has not changed costs a 304.
 */
export class QueryClient {
  /** The answers last read, by path: one with the same tag is not read again. */
  readonly #read = new Map<string, { readonly tag: string; readonly answer: unknown }>();

  markets(): Promise<MarketsAnswer> {
    return this.#get('/v1/markets', {}, marketsAnswer);
  }

  candles(market: string, interval: string, range: TimeRange): Promise<CandlesAnswer> {
    const limit = String(PAGE_CANDLES);
    return this.#get('/v1/candles', { market, interval, ...texts(range), limit }, candlesAnswer);
  }

  coverage(market: string): Promise<CoverageAnswer> {
    return this.#get('/v1/coverage', { market }, coverageAnswer);
  }

  gaps(market: string): Promise<GapsAnswer> {
    return this.#get('/v1/gaps', { market }, gapsAnswer);
  }

  days(market: string): Promise<DaysAnswer> {
    return this.#get('/v1/days', { market }, daysAnswer);
  }

  /** The state of the local run; undefined on a stage, which has none. */
  async run(): Promise<RunAnswer | undefined> {
    const response = await request('/v1/run');
    return response.status === 404 ? undefined : read(response, runAnswer);
  }

  async #get<Schema extends GenericSchema>(
    path: string,
    parameters: Readonly<Record<string, string>>,
    schema: Schema,
  ): Promise<InferOutput<Schema>> {
    const response = await request(addressOf(path, parameters));
    const tag = response.headers.get('etag');
    const known = this.#read.get(path);
    if (response.ok && tag !== null && known?.tag === tag) {
      return known.answer;
    }
    const answer = await read(response, schema);
    if (tag !== null) this.#read.set(path, { tag, answer });
    return answer;
  }
}

/** The address of a route with its parameters; a market's colon stays readable. */
export function addressOf(path: string, parameters: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(parameters).toString().replaceAll('%3A', ':');
  return query === '' ? path : `${path}?${query}`;
}

/** A time as the API writes it. */
export function timeText(timeMs: number): string {
  return new Date(timeMs).toISOString().replace('.000Z', 'Z');
}

function texts({ fromMs, toMs }: TimeRange): { from: string; to: string } {
  return { from: timeText(fromMs), to: timeText(toMs) };
}

async function request(address: string): Promise<Response> {
  try {
    return await fetch(address, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (error) {
    const isSlow = error instanceof DOMException && error.name === 'TimeoutError';
    const reason = isSlow ? `no answer within ${TIMEOUT_MS / 1_000} s` : 'it cannot be reached';
    throw new NoAnswerError(reason, { cause: error });
  }
}

async function read<Schema extends GenericSchema>(
  response: Response,
  schema: Schema,
): Promise<InferOutput<Schema>> {
  if (!response.ok) throw new NoAnswerError(await problemOf(response));
  const { pathname } = new URL(response.url);
  let body: unknown;
  try {
    body = await response.json();
  } catch (error) {
    throw new NoAnswerError(`${pathname} answered with no JSON`, { cause: error });
  }
  const result = safeParse(schema, body);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const place = issue.path?.map(({ key }) => String(key)).join('.') ?? 'the answer';
  throw new NoAnswerError(`${pathname} is not as agreed: ${place}: ${issue.message}`);
}

/** The detail of an RFC 9457 problem, or else the status. */
async function problemOf(response: Response): Promise<string> {
  const status = `HTTP ${response.status}`;
  try {
    const problem: unknown = await response.json();
    if (typeof problem === 'object' && problem !== null && 'detail' in problem) {
      return `${status}: ${String(problem.detail)}`;
    }
  } catch {
    // A gateway's page of HTML says no more than its status.
  }
  return status;
}
