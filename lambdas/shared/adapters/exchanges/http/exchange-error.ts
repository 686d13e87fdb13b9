import type { ExchangeFacts } from '../exchange-facts';

/** Kinds of failure that may pass by themselves: such a request is sent again. */
const PASSING = ['RateLimited', 'ServerError', 'NetworkError', 'TimedOut', 'Malformed'] as const;

/** The kind of failure that a request met; each is counted as `Exchange<kind>`. */
export type ExchangeFailure =
  | (typeof PASSING)[number]
  /** It has shut this address out for a while: whatever is sent makes the while longer. */
  | 'Banned'
  /** It does not serve the region of this address. */
  | 'RegionRefused'
  | 'UnknownPair'
  | 'Refused';

/** A request to an exchange that did not bring what was asked for. */
export class ExchangeError extends Error {
  override readonly name = 'ExchangeError';
  readonly failure: ExchangeFailure;
  constructor(failure: ExchangeFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.failure = failure;
  }
}

/** The party that is asked, for messages: an exchange, or its archive. */
export type AskedParty = Pick<ExchangeFacts, 'title'>;

/** Whether an error may be gone when the request is sent again. */
export function mayPass(error: unknown): boolean {
  return error instanceof ExchangeError && PASSING.some((kind) => kind === error.failure);
}

/** The kind of failure that an HTTP status says. */
export function failureOfStatus(status: number): ExchangeFailure {
  if (status === 429) return 'RateLimited';
  if (status === 418) return 'Banned';
  if (status === 451) return 'RegionRefused';
  if (status >= 500) return 'ServerError';
  return status < 400 ? 'Malformed' : 'Refused';
}
