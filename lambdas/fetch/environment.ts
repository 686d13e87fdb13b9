import * as v from 'valibot';
import {
  ConnectionEnvironment,
  readConnectionEnvironment,
  wholeNumber,
} from '../shared/adapters/environment';
import { exchangesJson } from '../shared/adapters/followed-exchanges';

const FetchEnvironment = v.object({
  ...ConnectionEnvironment.entries,
  /** JSON: the exchanges to follow, with fetch's part of the requests that each may be sent. */
  EXCHANGES: exchangesJson,
  /** A pair whose missing minutes start longer ago than this is counted as behind. */
  BEHIND_MINUTES: wholeNumber,
  /** The time from one tick to the next. */
  SCHEDULE_MINUTES: wholeNumber,
  /** A market of which no candle has come for longer than this is reported as silent. */
  SILENT_AFTER_MINUTES: wholeNumber,
});

/** Validated environment of the fetch function. */
export type FetchEnvironment = v.InferOutput<typeof FetchEnvironment>;

/** Names of the variables that the fetch function reads. */
export type FetchVariable = keyof typeof FetchEnvironment.entries;

/** @throws InvalidEnvironmentError that names every variable that is missing or invalid */
export function readFetchEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): FetchEnvironment {
  return readConnectionEnvironment(FetchEnvironment, environment);
}
