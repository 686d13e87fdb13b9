/** The longest that Lambda runs a function, in seconds. */
const LONGEST_SECONDS = 900;
/** So that a tick ends before the next one begins. */
const MARGIN_SECONDS = 5;

/** How long fetch may take for a tick, with one every so many minutes. */
export function fetchTimeoutSeconds(scheduleMinutes: number): number {
  return Math.min(scheduleMinutes * 60, LONGEST_SECONDS) - MARGIN_SECONDS;
}

/**
 * From how many minutes on a pair is behind: a tick finds the two newest
 * unsettled, and what was traded since the last tick; one tick may fail.
 */
export function behindMinutes(scheduleMinutes: number): number {
  return 2 * scheduleMinutes + 3;
}
