import { type ApiRefusals, ExchangeRefusal } from '../exchange-refusal';

/** The refusals of Coinbase's Advanced Trade API: a status, an error and a message. */
export const COINBASE_REFUSALS: ApiRefusals = {
  tooManyRequests: () => refusal(429, 'RESOURCE_EXHAUSTED', 'Too many requests'),
  serverError: (reason) => refusal(500, 'INTERNAL', `Internal server error: ${reason}`),
  notFound: (path) => refusal(404, 'NOT_FOUND', `No such path: ${path}`),
  methodNotAllowed: (method) =>
    refusal(405, 'UNIMPLEMENTED', `Only GET is answered, not ${method}`),
};

/** The refusal of a product that does not exist. */
export function unknownProduct(): ExchangeRefusal {
  return refusal(404, 'NOT_FOUND', 'valid product_id is required');
}

/** The refusal of a parameter that is missing or invalid. */
export function invalidArgument(message: string): ExchangeRefusal {
  return refusal(400, 'INVALID_ARGUMENT', message);
}

function refusal(status: number, error: string, message: string): ExchangeRefusal {
  return new ExchangeRefusal({ status, body: { error, error_details: message, message } });
}
