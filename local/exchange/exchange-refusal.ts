/** An answer that refuses a request. */
export interface Refusal {
  /** The HTTP status; an exchange may refuse with 200. */
  readonly status: number;
  /** The JSON of the answer. */
  readonly body: object;
  /** @default none but those of every answer */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request that the exchange refuses, in the form of its API. */
export class ExchangeRefusal extends Error implements Refusal {
  override readonly name = 'ExchangeRefusal';
  readonly status: number;
  readonly body: object;
  readonly headers: Readonly<Record<string, string>>;

  constructor({ status, body, headers = {} }: Refusal) {
    super(`${status} ${JSON.stringify(body)}`);
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/** The refusals that any exchange may have to answer, in the form of one API. */
export interface ApiRefusals {
  /** A request beyond the limit. */
  tooManyRequests(): ExchangeRefusal;
  /** A fault of the exchange itself. */
  serverError(reason: string): ExchangeRefusal;
  /** A path that is not there. */
  notFound(path: string): ExchangeRefusal;
  /** Another method than GET. */
  methodNotAllowed(method: string): ExchangeRefusal;
}
