import { type ApiRefusals, ExchangeRefusal } from '../exchange-refusal';

/** The refusals of OKX: a code and a message, some of them with status 200. */
export const OKX_REFUSALS: ApiRefusals = {
  tooManyRequests: () => refusal(429, '50011', 'Too Many Requests'),
  serverError: (reason) => refusal(500, '50026', `System error. Try again later: ${reason}`),
  notFound: (path) => refusal(404, '404', `No such path: ${path}`),
  methodNotAllowed: (method) => refusal(405, '405', `Only GET is answered, not ${method}`),
};

/** The refusal of an instrument that does not exist, with status 200. */
export function unknownInstrument(): ExchangeRefusal {
  return refusal(200, '51001', "Instrument ID or Spread ID doesn't exist.");
}

/** The refusal of a parameter's value. */
export function invalidParameter(name: string): ExchangeRefusal {
  return refusal(400, '51000', `Parameter ${name} error`);
}

/** The refusal of a request without a parameter that it needs. */
export function missingParameter(name: string): ExchangeRefusal {
  return refusal(400, '50014', `Parameter ${name} can not be empty.`);
}

function refusal(status: number, code: string, msg: string): ExchangeRefusal {
  return new ExchangeRefusal({ status, body: { code, data: [], msg } });
}
