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
