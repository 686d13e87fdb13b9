import * as v from 'valibot';
import {
  ConnectionEnvironment,
  readConnectionEnvironment,
  utcDay,
  wholeNumber,
} from '../shared/adapters/environment';
import { exchangesJson } from '../shared/adapters/followed-exchanges';

const ReconcileEnvironment = v.object({
  ...ConnectionEnvironment.entries,
  /** JSON: the exchanges whose past days are audited, with reconcile's part of the requests that each may be sent. */
  EXCHANGES: exchangesJson,
  /** `2024-01-01`: the first UTC day that is wanted of each market. */
  HISTORY_START: utcDay,
  /** Time that a firing may be ahead of the clock: only if firings are simulated. */
  FIRINGS_AHEAD_MINUTES: v.optional(wholeNumber),
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
