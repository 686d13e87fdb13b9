import type { ExchangeRefusal } from '../exchange-refusal';

/** As many digits as microseconds have. */
const WHOLE_NUMBER = /^\d{1,16}$/;

/**
 * A parameter of a request that is a whole number; undefined if it is left out.
 *
 * @throws what `invalid` makes of the text, if it is none
 */
export function wholeNumber(
  parameters: URLSearchParams,
  name: string,
  invalid: (name: string, text: string) => ExchangeRefusal,
): number | undefined {
  const text = parameters.get(name);
  if (text === null) return undefined;
  if (WHOLE_NUMBER.test(text)) return Number(text);
  throw invalid(name, text);
}
