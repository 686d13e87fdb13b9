import * as v from 'valibot';
import {
  ConnectionEnvironment,
  pairList,
  readConnectionEnvironment,
  urlText,
  wholeNumber,
} from '../shared/adapters/environment';

const FetchEnvironment = v.object({
  ...ConnectionEnvironment.entries,
  /** `BTC_USDT,ETH_USDT`: the pairs to follow. */
  PAIRS: pairList,
  /** How many minutes back the exchange still serves, with a margin. */
  RETENTION_MINUTES: wholeNumber,
  /** A pair whose missing minutes start longer ago than this is counted as behind. */
  BEHIND_MINUTES: wholeNumber,
  /** The time from one tick to the next. */
  SCHEDULE_MINUTES: wholeNumber,
  /** A market of which no candle has come for longer than this is reported as silent. */
  SILENT_AFTER_MINUTES: wholeNumber,
  /** How many requests the exchange may be sent in 10 s, with a margin. */
  REQUESTS_PER_10_S: wholeNumber,
  /** The base URL of the exchange's API, up to and with `/api/v4`. */
  GATE_IO_URL: urlText,
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
