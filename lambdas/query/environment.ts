import * as v from 'valibot';
import { DatabaseEnvironment, readEnvironment, utcDay } from '../shared/adapters/environment';
import { exchangesJson } from '../shared/adapters/followed-exchanges';

const QueryEnvironment = v.object({
  ...DatabaseEnvironment.entries,
  /** The stage's name, for the page. */
  STAGE: v.pipe(v.string(), v.nonEmpty('expected a name')),
  /** JSON: the exchanges that are followed. */
  EXCHANGES: exchangesJson,
  /** `2024-01-01`: the first UTC day that is wanted of each market. */
  HISTORY_START: utcDay,
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
