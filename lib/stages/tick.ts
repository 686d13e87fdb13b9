/** Lambda's limit for the timeout of a function. */
const MAX_TIMEOUT_SECONDS = 900;
/** So that a tick ends before the next one begins. */
const MARGIN_SECONDS = 5;

/** Time that fetch has for a tick. */
export function fetchTimeoutSeconds(scheduleMinutes: number): number {
  return Math.min(scheduleMinutes * 60, MAX_TIMEOUT_SECONDS) - MARGIN_SECONDS;
}

/** The time from one firing of reconcile to the next. */
export const RECONCILE_MINUTES = 5;
/** Time that reconcile has for a firing. */
export const RECONCILE_TIMEOUT_SECONDS = RECONCILE_MINUTES * 60 - 10;

/**
 * Lag from which a pair is behind: a tick leaves the two newest minutes
 * unsettled, and the minutes since the last tick; one tick may fail.
 */
export function behindMinutes(scheduleMinutes: number): number {
  return 2 * scheduleMinutes + 3;
}
