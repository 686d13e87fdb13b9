import PQueue from 'p-queue';
import type { AnswerHead, ExchangeDescription } from '../descriptions/description';
import { AddressBan, LONGEST_BAN_MS } from './address-ban';
import { type AskedParty, type ExchangeFailure, failureOfStatus } from './exchange-error';
import { dateIn, numberIn } from './get';

const CONCURRENT_REQUESTS = 16;
/** An answer that the limit is exceeded, and does not say for how long, holds requests back for this. */
const SHORTEST_PAUSE_MS = 1_000;
/** A ban whose end is not said: the shortest one that is known of. */
const SHORTEST_BAN_MS = 120_000;
/** No answer holds requests back for longer: it would be a mistake. */
const LONGEST_PAUSE_MS = 60 * 60_000;
/** An address whose region is not served does not move: it is seldom asked again. */
const REGION_REFUSED_MS = 10 * 60_000;

/** The party that limits requests, and its rules. */
type Limiting = Pick<ExchangeDescription, 'windowMs' | 'endpointShares' | 'limit'> & {
  readonly asked: AskedParty;
};

/** Options for {@link RequestLimits}. */
interface LimitOptions {
  /** Number of requests that may be sent in any 10 s. */
  readonly requestsPer10Seconds: number;
  /** @default one of its own */
  readonly ban?: AddressBan | undefined;
}

/**
 * The pace of the requests to one exchange, or to an archive: no more in any of its windows than
 * are allowed, none while it asks for a pause, none at all while it refuses
 * this address.
 */
export class RequestLimits {
  readonly #limiting: Limiting;
  readonly #requestsPer10Seconds: number;
  readonly #ban: AddressBan;
  readonly #queues = new Map<string, PQueue>();
  #timer: NodeJS.Timeout | undefined;
  #pausedUntilMs = 0;
  #fewestRemaining: number | undefined;

  constructor(limiting: Limiting, { requestsPer10Seconds, ban = new AddressBan() }: LimitOptions) {
    this.#limiting = limiting;
    this.#ban = ban;
    this.#requestsPer10Seconds = requestsPer10Seconds;
  }

  /** Sends a request in its turn. @throws ExchangeError if the exchange refuses this address */
  inTurn<T>(endpoint: string, request: () => Promise<T>, signal: AbortSignal): Promise<T> {
    return this.#queueOf(endpoint).add(
      () => {
        this.#ban.assertOver(this.#limiting.asked, Date.now());
        return request();
      },
      { signal },
    );
  }

  /** Obeys what the head of an answer says: its body may come slowly, or not at all. */
  heed(head: AnswerHead, nowMs: number): void {
    const { remaining, pauseUntilMs } = this.#limiting.limit?.(head, nowMs) ?? {};
    if (remaining !== undefined) {
      this.#fewestRemaining = Math.min(this.#fewestRemaining ?? Infinity, remaining);
    }
    if (pauseUntilMs !== undefined) this.#pause(pauseUntilMs, nowMs);
    if (head.status !== 200) this.heedFailure(failureOfStatus(head.status), head, nowMs);
  }

  /** Obeys an answer that is an error, for as long as its `Retry-After` says. */
  heedFailure(failure: ExchangeFailure, { headers }: AnswerHead, nowMs: number): void {
    const untilMs = retryAfter(headers, nowMs);
    if (failure === 'Banned') {
      const endMs = Math.min(untilMs ?? nowMs + SHORTEST_BAN_MS, nowMs + LONGEST_BAN_MS);
      this.#ban.note(failure, endMs, nowMs);
    } else if (failure === 'RegionRefused')
      this.#ban.note(failure, nowMs + REGION_REFUSED_MS, nowMs);
    else if (failure === 'RateLimited') this.#holdBack(untilMs ?? nowMs + SHORTEST_PAUSE_MS, nowMs);
    else if (untilMs !== undefined) this.#pause(untilMs, nowMs);
  }

  /** The fewest requests that answers said remain, since this was last called. */
  takeFewestRemaining(): number | undefined {
    const taken = this.#fewestRemaining;
    this.#fewestRemaining = undefined;
    return taken;
  }

  /** A pause that outlasts an invocation is a ban in all but its name: nothing waits for it. */
  #holdBack(untilMs: number, nowMs: number): void {
    if (untilMs < nowMs + SHORTEST_BAN_MS) this.#pause(untilMs, nowMs);
    else this.#ban.note('Banned', Math.min(untilMs, nowMs + LONGEST_PAUSE_MS), nowMs);
  }

  #pause(untilMs: number, nowMs: number): void {
    // Of several answers the one that asks for the longest wait counts.
    this.#pausedUntilMs = Math.max(
      this.#pausedUntilMs,
      Math.min(untilMs, nowMs + LONGEST_PAUSE_MS),
    );
    clearTimeout(this.#timer);
    for (const queue of this.#queues.values()) queue.pause();
    this.#timer = setTimeout(
      () => {
        for (const queue of this.#queues.values()) queue.start();
      },
      Math.max(this.#pausedUntilMs - nowMs, 0),
    );
  }

  #queueOf(endpoint: string): PQueue {
    const known = this.#queues.get(endpoint);
    if (known !== undefined) return known;
    const queue = new PQueue({
      concurrency: CONCURRENT_REQUESTS,
      ...this.#paceOf(endpoint),
      strict: true,
      autoStart: Date.now() >= this.#pausedUntilMs,
    });
    this.#queues.set(endpoint, queue);
    return queue;
  }

  /** Whole requests in a window: if that would be less than one, the window is longer. */
  #paceOf(endpoint: string): { interval: number; intervalCap: number } {
    const { windowMs, endpointShares = {} } = this.#limiting;
    const perMs = ((endpointShares[endpoint] ?? 1) * this.#requestsPer10Seconds) / 10_000;
    const intervalCap = Math.max(1, Math.floor(perMs * windowMs));
    return { interval: Math.max(windowMs, Math.ceil(intervalCap / perMs)), intervalCap };
  }
}

/**
 * The time that `Retry-After` says, in seconds from now or as a date of the answer's own clock;
 * undefined if it says none that is to come.
 */
function retryAfter(headers: Headers, nowMs: number): number | undefined {
  const waitMs = (numberIn(headers, 'retry-after') ?? NaN) * 1_000;
  const untilMs = Number.isNaN(waitMs) ? retryDate(headers, nowMs) : nowMs + waitMs;
  return untilMs > nowMs ? untilMs : undefined;
}

/** NaN if there is no date. */
function retryDate(headers: Headers, nowMs: number): number {
  return (dateIn(headers, 'retry-after') ?? NaN) + nowMs - (dateIn(headers, 'date') ?? nowMs);
}
