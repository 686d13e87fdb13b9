import { HOUR_MS } from '../interval';
import { liveStart } from '../plan';
import type { Progress } from './progress';

/** A firing that is behind a later tick by no more than this is late; beyond it, another time is played, or a clock was wrong. */
const LATE_MS = HOUR_MS;
/** A market that is no further behind than this is asked for at every tick. */
const NEAR_MS = HOUR_MS;
/** One that is further behind waits for this share of what it is behind. */
const SHARE = 1 / 3;

/** The last time at which a market was asked for, and the time that it was settled to then. */
export interface Ask {
  readonly askedAtMs: number;
  readonly settledToMs: number | undefined;
}

/**
 * Whether a market is asked for at this tick. One that is far behind, and has
 * not moved since it was last asked for, is asked for less and less often:
 * otherwise a pipeline that stands still for a day would be sent the same
 * minutes hundreds of times. A new market is as far behind as today is long: all
 * of that is asked for until something of it is stored. The first ask of a
 * process is never held back.
 *
 * A tick that comes after a later one asks for nothing: the later one has asked
 * for it all. Its answer would be newer than that of the later one, but would
 * count as older, and so lose to it.
 */
export function isDue(
  last: Ask | undefined,
  progress: Progress | undefined,
  nowMs: number,
): boolean {
  if (last === undefined) return true;
  if (isLate(nowMs, last.askedAtMs)) return false;
  if (last.settledToMs !== progress?.settledToMs) return true;
  const behindMs = nowMs - (progress?.seenToMs ?? liveStart(nowMs));
  return behindMs <= NEAR_MS || nowMs - last.askedAtMs >= behindMs * SHARE;
}

/** Whether a firing comes late: a tick of a later time has been before it. */
export function isLate(nowMs: number, tickMs: number): boolean {
  return tickMs > nowMs && tickMs - nowMs <= LATE_MS;
}
