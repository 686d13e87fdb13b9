import { type ApiRefusals, ExchangeRefusal } from '../exchange-refusal';

/** The refusals of Binance: a status, a code and a message. */
export const BINANCE_REFUSALS: ApiRefusals = {
  tooManyRequests: () => beyondLimit(429, 1),
  serverError: (reason) => refusal(500, -1000, `An unknown error occurred: ${reason}`),
  notFound: (path) => refusal(404, -1000, `No such path: ${path}`),
  methodNotAllowed: (method) => refusal(405, -1000, `Only GET is answered, not ${method}`),
};

/** The refusal of a symbol that does not exist. */
export function invalidSymbol(): ExchangeRefusal {
  return refusal(400, -1121, 'Invalid symbol.');
}

/** The refusal of an interval that is not served. */
export function invalidInterval(): ExchangeRefusal {
  return refusal(400, -1120, 'Invalid interval.');
}

/** The refusal of a request without a parameter that it needs. */
export function missingParameter(name: string): ExchangeRefusal {
  const said = `Mandatory parameter '${name}' was not sent, was empty/null, or malformed.`;
  return refusal(400, -1102, said);
}

/** The refusal of a parameter that is no number. */
export function invalidParameter(name: string): ExchangeRefusal {
  return refusal(400, -1100, `Illegal characters found in parameter '${name}'.`);
}

/** The refusal of a request beyond the limit (429), or of an address that is banned (418). */
export function beyondLimit(status: 429 | 418, retryAfterSeconds: number): ExchangeRefusal {
  return new ExchangeRefusal({
    status,
    body: { code: -1003, msg: 'Too much request weight used; current limit is reached.' },
    headers: { 'Retry-After': String(retryAfterSeconds) },
  });
}

function refusal(status: number, code: number, msg: string): ExchangeRefusal {
  return new ExchangeRefusal({ status, body: { code, msg } });
}
