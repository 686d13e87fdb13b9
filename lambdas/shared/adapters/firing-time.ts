import { inspect } from 'node:util';
import * as v from 'valibot';
import { MINUTE_MS } from '../domain/interval';

const ScheduledEvent = v.object({ time: v.pipe(v.string(), v.isoTimestamp()) });

/** EventBridge fires at the time that it says, or later; clocks differ by less than this. */
const MOST_AHEAD_MINUTES = 5;

/** The clock that an event is held against. */
export interface FiringClock {
  readonly nowMs: number;
  /** Minutes that an event's time may be ahead of it. @default 5 */
  readonly mostAheadMinutes?: number | undefined;
}

/** An event that is not a firing of an EventBridge rule, or one of the future. */
export class InvalidScheduledEventError extends Error {
  override readonly name = 'InvalidScheduledEventError';
}

/**
 * The time that a scheduled event carries, in milliseconds since the epoch.
 * Source: the Amazon EventBridge user guide, "Scheduled events".
 *
 * A time that has not come is refused: whatever is stored with it would win over
 * each later observation until it has.
 *
 * @throws InvalidScheduledEventError
 */
export function firingTime(
  event: unknown,
  { nowMs, mostAheadMinutes = MOST_AHEAD_MINUTES }: FiringClock,
): number {
  const timeMs = eventTime(event);
  if (timeMs <= nowMs + mostAheadMinutes * MINUTE_MS) return timeMs;
  throw new InvalidScheduledEventError(
    `The time of the scheduled event, ${new Date(timeMs).toISOString()}, is more than ${mostAheadMinutes} min ahead of this function's clock, ${new Date(nowMs).toISOString()}: fire with a time that has come`,
  );
}

function eventTime(event: unknown): number {
  const parsed = v.safeParse(ScheduledEvent, event);
  if (parsed.success) return Date.parse(parsed.output.time);
  const said = inspect(event, { breakLength: Infinity }).slice(0, 200);
  throw new InvalidScheduledEventError(
    `Not a scheduled event: ${said}; expected "time" as an instant such as "2026-01-01T00:00:00Z"`,
  );
}
