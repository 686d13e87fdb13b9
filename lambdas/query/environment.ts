import * as v from 'valibot';
import {
  DatabaseEnvironment,
  pairList,
  readEnvironment,
  utcDay,
  wholeNumber,
} from '../shared/adapters/environment';

const QueryEnvironment = v.object({
  ...DatabaseEnvironment.entries,
  /** The stage's name, for the page. */
  STAGE: v.pipe(v.string(), v.nonEmpty('expected a name')),
  /** `BTC_USDT,ETH_USDT`: the pairs that are followed. */
  PAIRS: pairList,
  /** `2024-01-01`: the first UTC day that is wanted of each market. */
  HISTORY_START: utcDay,
  /** How many minutes back the exchange still serves, with a margin. */
  RETENTION_MINUTES: wholeNumber,
});

/** Validated environment of the query function. */
export type QueryEnvironment = v.InferOutput<typeof QueryEnvironment>;

/** Names of the variables that the query function reads. */
export type QueryVariable = keyof typeof QueryEnvironment.entries;

/** @throws InvalidEnvironmentError that names every variable that is missing or invalid */
export function readQueryEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): QueryEnvironment {
  return readEnvironment(QueryEnvironment, environment);
}
