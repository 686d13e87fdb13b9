import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import type { ExchangeDescription, ExchangeRequest, ToldError } from '../descriptions/description';
import { EXCHANGE_FACTS } from '../exchange-facts';
import type { AddressBan } from './address-ban';
import { ExchangeError, type ExchangeFailure, failureOfStatus } from './exchange-error';
import { bodyOf, dateIn, get } from './get';
import { RequestLimits } from './request-limits';
import { retried, type RetryOptions } from './retried';

/** Options for {@link createExchangeClient}. */
export interface ExchangeClientOptions extends RetryOptions {
  /** The address that the paths of requests follow, without a slash at its end. */
  readonly baseUrl: string;
  /** Number of requests that may be sent in any 10 s; they are spread as the exchange counts them. */
  readonly requestsPer10Seconds: number;
  /** The longest wait for one answer, in milliseconds. @default 5,000 */
  readonly timeoutMs?: number;
  /** Bans that other clients of the exchange in this process met. @default its own refusals alone */
  readonly ban?: AddressBan | undefined;
}

/** An answer that is no error. */
export interface ExchangeBody {
  /** The JSON of its body. */
  readonly json: unknown;
  /** The exchange's clock when the request was sent, or a little before. */
  readonly asOfMs: number;
}

/** Something that is wanted of an exchange. */
interface Wanted<T> {
  readonly request: ExchangeRequest;
  /** A pair, or whatever else it is about, for messages. */
  readonly about: string;
  /** No answer is longer. */
  readonly mostBytes: number;
  /** @throws ExchangeError if the body is something else */
  readonly read: (body: ExchangeBody) => T;
}

/** Sends requests to one exchange. */
export interface ExchangeClient {
  readonly ask: <T>(wanted: Wanted<T>, signal: AbortSignal) => Promise<T>;
  /** The fewest requests that answers said remain, since this was last called. */
  readonly takeHeadroom: () => number | undefined;
}

/** An answer that has come, its body not yet read as what was wanted. */
interface Heard {
  readonly response: Response;
  readonly text: string;
  /** Undefined if the text is no JSON. */
  readonly json: unknown;
}

/** This machine's clock may be wrong by so much. */
const CLOCK_MARGIN_MS = 2_000;
/** A 403 is refused by what stands before an API, unless its body has an error of the API. */
const FIREWALL: Readonly<Record<number, ExchangeFailure>> = { 403: 'Banned' };

/**
 * Sends requests within the exchange's limit, each answer waited for at most
 * `timeoutMs`, passing failures repeated. Every failure is counted by its kind,
 * as `Exchange<kind>`. What one exchange refuses holds back no other.
 */
export function createExchangeClient(
  description: ExchangeDescription,
  options: ExchangeClientOptions,
): ExchangeClient {
  const asked = EXCHANGE_FACTS[description.exchange];
  const limits = new RequestLimits({ ...description, asked }, options);
  const sendOnce = async <T>(wanted: Wanted<T>, signal: AbortSignal): Promise<T> => {
    const sentMs = performance.now();
    const limit = AbortSignal.any([signal, AbortSignal.timeout(options.timeoutMs ?? 5_000)]);
    const headers = { accept: 'application/json', 'X-Client-Request-Id': randomUUID() };
    const url = options.baseUrl + wanted.request.path;
    const response = await get({ asked, url, headers, signal: limit });
    limits.heed(response, Date.now());
    const asOfMs = sentAt(response, performance.now() - sentMs);
    const text = await textOf(description, response, wanted.mostBytes);
    const heard = { response, text, json: parsed(text) };
    const refusal = refusalOf(description, heard, wanted.about);
    if (refusal !== undefined) {
      limits.heedFailure(refusal.failure, response, Date.now());
      throw refusal;
    }
    return wanted.read({ json: heard.json, asOfMs });
  };
  return {
    ask: (wanted, signal) => {
      const { endpoint = 'shared' } = wanted.request;
      const send = () => limits.inTurn(endpoint, () => sendOnce(wanted, signal), signal);
      return retried(send, options, signal);
    },
    takeHeadroom: () => limits.takeFewestRemaining(),
  };
}

/**
 * The exchange's clock when the request was sent, at the earliest. It wrote the
 * date of the answer after that, and no later than the answer took: so this
 * holds if this machine's clock is fast. A date that is ahead of this clock is
 * not believed: by it, the open candle would be closed.
 */
function sentAt({ headers }: Response, elapsedMs: number): number {
  const dateMs = dateIn(headers, 'date');
  const nowMs = Date.now();
  const answeredMs =
    dateMs === undefined ? nowMs - CLOCK_MARGIN_MS : Math.min(dateMs, nowMs + CLOCK_MARGIN_MS);
  return answeredMs - Math.ceil(elapsedMs);
}

/** The text of a body; none if it does not come whole, and the status says enough. */
async function textOf(
  description: ExchangeDescription,
  response: Response,
  mostBytes: number,
): Promise<string> {
  const asked = EXCHANGE_FACTS[description.exchange];
  try {
    return (await bodyOf(asked, response, mostBytes)).toString('utf8');
  } catch (cause) {
    const { status } = response;
    if (status === 200 || failureOf(description, status, undefined) === 'Refused') throw cause;
    return '';
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The error that an answer is; undefined if it is none. */
function refusalOf(
  description: ExchangeDescription,
  heard: Heard,
  about: string,
): ExchangeError | undefined {
  const { title } = EXCHANGE_FACTS[description.exchange];
  const { response, text, json } = heard;
  const error = v.safeParse(description.error, json);
  const told = error.success ? error.output : undefined;
  if (response.status === 200 && told === undefined) {
    if (json !== undefined) return undefined;
    return new ExchangeError('Malformed', `${title} answered no JSON: ${text.slice(0, 200)}`);
  }
  const { code, message } = told ?? { code: '(no code)', message: text.slice(0, 200) };
  const said = `${title} answered ${response.status} ${code} for ${about}: ${message}`;
  return new ExchangeError(failureOf(description, response.status, told), said);
}

function failureOf(
  { failures, bareFailures = FIREWALL }: ExchangeDescription,
  status: number,
  told: ToldError | undefined,
): ExchangeFailure {
  const ofStatus = failureOfStatus(status);
  // Some say the same code at their limit and in a ban.
  if (ofStatus === 'Banned') return ofStatus;
  return (told === undefined ? bareFailures[status] : failures[told.code]) ?? ofStatus;
}
