import { inspect } from 'node:util';
import * as v from 'valibot';

const ScheduledEvent = v.object({ time: v.pipe(v.string(), v.isoTimestamp()) });

/** An event that is not a firing of an EventBridge rule. */
export class InvalidScheduledEventError extends Error {
  override readonly name = 'InvalidScheduledEventError';
}

/**
 * The time that a scheduled event carries, in milliseconds since the epoch.
 * Source: the Amazon EventBridge user guide, "Scheduled events".
 *
 * @throws InvalidScheduledEventError
 */
export function firingTime(event: unknown): number {
  const parsed = v.safeParse(ScheduledEvent, event);
  if (parsed.success) return Date.parse(parsed.output.time);
  const said = inspect(event, { breakLength: Infinity }).slice(0, 200);
  throw new InvalidScheduledEventError(
    `Not a scheduled event: ${said}; expected "time" as an instant such as "2026-01-01T00:00:00Z"`,
  );
}
