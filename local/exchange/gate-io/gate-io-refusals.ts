import { type ApiRefusals, ExchangeRefusal } from '../exchange-refusal';

/** The refusals of Gate.io: a status, a label and a message. */
export const GATE_IO_REFUSALS: ApiRefusals = {
  tooManyRequests: () => refusal(429, 'TOO_MANY_REQUESTS', 'Request Rate limit Exceeded'),
  serverError: (reason) => refusal(500, 'SERVER_ERROR', `Internal server error: ${reason}`),
  notFound: (path) => refusal(404, 'NOT_FOUND', `No such path: ${path}`),
  methodNotAllowed: (method) =>
    refusal(405, 'METHOD_NOT_ALLOWED', `Only GET is answered, not ${method}`),
};

/** The refusal of a parameter's value: 400 `INVALID_PARAM_VALUE`. */
export function invalidParameter(message: string): ExchangeRefusal {
  return refusal(400, 'INVALID_PARAM_VALUE', message);
}

/** The refusal of a request without a parameter that it needs: 400 `MISSING_REQUIRED_PARAM`. */
export function missingParameter(name: string): ExchangeRefusal {
  return refusal(400, 'MISSING_REQUIRED_PARAM', `Missing required parameter: ${name}`);
}

/** The refusal of a pair that is not traded: 400 `INVALID_CURRENCY_PAIR`. */
export function invalidPair(pair: string): ExchangeRefusal {
  return refusal(400, 'INVALID_CURRENCY_PAIR', `Invalid currency pair ${pair}`);
}

function refusal(status: number, label: string, message: string): ExchangeRefusal {
  return new ExchangeRefusal({ status, body: { label, message } });
}
