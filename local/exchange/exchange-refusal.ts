import { failureText } from '../../cli/failure-text';

/**
 * A request that the exchange refuses, as Gate.io does: an HTTP status, a label
 * such as `INVALID_PARAM_VALUE`, and a message.
 */
export class ExchangeRefusal extends Error {
  override readonly name = 'ExchangeRefusal';
  readonly status: number;
  readonly label: string;
  constructor(status: number, label: string, message: string) {
    super(message);
    this.status = status;
    this.label = label;
  }

  /** The body of the answer. */
  body(): string {
    return JSON.stringify({ label: this.label, message: this.message });
  }
}

/** The refusal of a parameter's value: 400 `INVALID_PARAM_VALUE`. */
export function invalidParameter(message: string): ExchangeRefusal {
  return new ExchangeRefusal(400, 'INVALID_PARAM_VALUE', message);
}

/** The refusal of a pair that is not traded: 400 `INVALID_CURRENCY_PAIR`. */
export function invalidPair(pair: string): ExchangeRefusal {
  return new ExchangeRefusal(400, 'INVALID_CURRENCY_PAIR', `Invalid currency pair ${pair}`);
}

/** The refusal of a request beyond the limit: 429 `TOO_MANY_REQUESTS`. */
export function tooManyRequests(): ExchangeRefusal {
  return new ExchangeRefusal(429, 'TOO_MANY_REQUESTS', 'Request Rate limit Exceeded');
}

/** The refusal of a path that is not there: 404 `NOT_FOUND`. */
export function notFound(path: string): ExchangeRefusal {
  return new ExchangeRefusal(404, 'NOT_FOUND', `No such path: ${path}`);
}

/** The refusal of another method than GET: 405 `METHOD_NOT_ALLOWED`. */
export function methodNotAllowed(method = ''): ExchangeRefusal {
  return new ExchangeRefusal(405, 'METHOD_NOT_ALLOWED', `Only GET is answered, not ${method}`);
}

/** A fault of the exchange itself: 500 `SERVER_ERROR`. */
export function serverError(reason: unknown): ExchangeRefusal {
  return new ExchangeRefusal(500, 'SERVER_ERROR', `Internal server error: ${failureText(reason)}`);
}
