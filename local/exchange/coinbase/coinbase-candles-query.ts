import { ceilTo, floorTo, MINUTE_MS } from '../../../lambdas/shared/domain/interval';
import { wholeNumber } from '../answers/whole-number';
import { invalidArgument } from './coinbase-refusals';

/** A request for so many rows is refused. */
const TOO_MANY_ROWS = 350;

/** The minutes that a request asks for: those that open in `[fromMs, toMs)`. */
export interface CoinbaseCandlesQuery {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Reads the query of `GET .../products/{id}/candles`: `start` and `end` in Unix
 * seconds, both needed and inclusive, and `granularity=ONE_MINUTE`.
 *
 * @throws ExchangeRefusal for a parameter that is missing or invalid, or 350 rows and more
 */
export function readCandlesQuery(parameters: URLSearchParams): CoinbaseCandlesQuery {
  if (parameters.get('granularity') !== 'ONE_MINUTE') {
    throw invalidArgument('granularity argument is invalid');
  }
  const fromMs = ceilTo(secondsOf(parameters, 'start') * 1_000, MINUTE_MS);
  const lastMs = floorTo(secondsOf(parameters, 'end') * 1_000, MINUTE_MS);
  const rows = (lastMs - fromMs) / MINUTE_MS + 1;
  if (rows < 0) throw invalidArgument('start and end argument is invalid - start is after end');
  if (rows >= TOO_MANY_ROWS) {
    const message = `number of candles requested should be less than ${TOO_MANY_ROWS}`;
    throw invalidArgument(`start and end argument is invalid - ${message}`);
  }
  return { fromMs, toMs: lastMs + MINUTE_MS };
}

function secondsOf(parameters: URLSearchParams, name: string): number {
  const invalid = () => invalidArgument(`${name} argument is invalid`);
  const seconds = wholeNumber(parameters, name, invalid);
  if (seconds === undefined) throw invalid();
  return seconds;
}
