import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../lambdas/shared/domain/interval';

/**
 * The intervals that the local exchange serves, with their lengths in milliseconds.
 * Of Gate.io's own, `1s` and `10s` (shorter than its candles), `7d` (its
 * alignment is not documented) and `30d` (a calendar month) are missing.
 */
const LENGTH_MS: ReadonlyMap<string, number> = new Map([
  ['1m', MINUTE_MS],
  ['5m', 5 * MINUTE_MS],
  ['15m', 15 * MINUTE_MS],
  ['30m', 30 * MINUTE_MS],
  ['1h', HOUR_MS],
  ['4h', 4 * HOUR_MS],
  ['8h', 8 * HOUR_MS],
  ['1d', DAY_MS],
]);

/** The names of the intervals that are served, shortest first. */
export const GATE_IO_INTERVALS: readonly string[] = [...LENGTH_MS.keys()];

/** The length of an interval in milliseconds; none for one that is not served. */
export function intervalLengthMs(interval: string): number | undefined {
  return LENGTH_MS.get(interval);
}
