import * as v from 'valibot';
import {
  ConnectionEnvironment,
  pairList,
  readConnectionEnvironment,
  urlText,
  utcDay,
  wholeNumber,
} from '../shared/adapters/environment';

const ReconcileEnvironment = v.object({
  ...ConnectionEnvironment.entries,
  /** `BTC_USDT,ETH_USDT`: the pairs whose past days are audited. */
  PAIRS: pairList,
  /** `2024-01-01`: the first UTC day that is wanted of each market. */
  HISTORY_START: utcDay,
  /** How many minutes back the exchange still serves, with a margin. */
  RETENTION_MINUTES: wholeNumber,
  /** How many requests the exchange may be sent in 10 s: fewer than fetch may send, who shares its limit. */
  REQUESTS_PER_10_S: wholeNumber,
  /** How far ahead of the clock a firing may be: only where firings are simulated. */
  FIRINGS_AHEAD_MINUTES: v.optional(wholeNumber),
  /** The base URL of the exchange's API, up to and with `/api/v4`. */
  GATE_IO_URL: urlText,
  /** The base URL of the exchange's archive. */
  GATE_IO_ARCHIVE_URL: urlText,
});

/** Validated environment of the reconcile function. */
export type ReconcileEnvironment = v.InferOutput<typeof ReconcileEnvironment>;

/** Names of the variables that the reconcile function reads. */
export type ReconcileVariable = keyof typeof ReconcileEnvironment.entries;

/** @throws InvalidEnvironmentError that names every variable that is missing or invalid */
export function readReconcileEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): ReconcileEnvironment {
  return readConnectionEnvironment(ReconcileEnvironment, environment);
}
