/** Lambda's limit for the timeout of a function. */
const MAX_TIMEOUT_SECONDS = 900;
/** So that a tick ends before the next one begins. */
const MARGIN_SECONDS = 5;

/** Time that fetch has for a tick. */
export function fetchTimeoutSeconds(scheduleMinutes: number): number {
  return Math.min(scheduleMinutes * 60, MAX_TIMEOUT_SECONDS) - MARGIN_SECONDS;
}

/**
 * Lag from which a pair is behind: a tick leaves the two newest minutes
 * unsettled, and the minutes since the last tick; one tick may fail.
 */
export function behindMinutes(scheduleMinutes: number): number {
  return 2 * scheduleMinutes + 3;
}
