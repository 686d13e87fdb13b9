import { MINUTE_MS } from '../interval';
import type { Progress } from './progress';

/** Lag of the markets at a tick. */
export interface Lag {
  readonly marketsBehind: number;
  /** From the oldest minute that was not asked for and stored yet to the tick; 0 if there is none. */
  readonly worstMs: number;
  /** Until the exchange no longer serves the oldest such minute of a market that has started: never below 0. */
  readonly retentionLeftMs: number;
}

/** Limits that a lag is measured against. */
export interface LagLimits {
  readonly nowMs: number;
  readonly retentionMs: number;
  /** A market whose missing minutes start longer ago than this is behind. */
  readonly behindMs: number;
}

/**
 * The lag of the markets that are followed, by the times up to which their
 * minutes were asked for and stored (`seenToMs`), or from which a market without
 * any starts live (`startsAtMs`). A quiet market is not behind. One that has not
 * started has no deadline: the days before its start are history.
 */
export function lagOf(
  { seenToMs, startsAtMs }: { seenToMs: readonly number[]; startsAtMs: readonly number[] },
  { nowMs, retentionMs, behindMs }: LagLimits,
): Lag {
  const lagMs = (timeMs: number) => Math.max(0, nowMs - timeMs);
  const lagsMs = [...seenToMs, ...startsAtMs].map(lagMs);
  return {
    marketsBehind: lagsMs.filter((one) => one > behindMs).length,
    worstMs: Math.max(0, ...lagsMs),
    retentionLeftMs: Math.max(0, retentionMs - Math.max(0, ...seenToMs.map(lagMs))),
  };
}

/**
 * Whether a market from which candles used to come has fallen silent: none has
 * come for longer than `silentAfterMs`, counted from `sinceMs` if none ever did.
 */
export function isSilent(
  newestMs: number | null,
  { sinceMs, nowMs, silentAfterMs }: { sinceMs: number; nowMs: number; silentAfterMs: number },
): boolean {
  return nowMs - lastEndMs(newestMs, sinceMs) > silentAfterMs;
}

/** The newest minutes of a market: of those that an answer brought, and of those that are stored. */
export interface NewestMinutes {
  /** Open time; undefined if the answer brought none. */
  readonly answeredMs: number | undefined;
  /** Undefined if nothing is stored. */
  readonly progress: Pick<Progress, 'newestMs' | 'liveSinceMs'> | undefined;
}

/**
 * Milliseconds from the end of the newest minute of any of the markets, or from
 * where the latest of them started live if none ever came. Undefined if no
 * market has either.
 */
export function newestAgeMs(markets: readonly NewestMinutes[], nowMs: number): number | undefined {
  const endsMs = markets.flatMap(({ answeredMs, progress }) => [
    ...(answeredMs === undefined ? [] : [answeredMs + MINUTE_MS]),
    ...(progress === undefined ? [] : [lastEndMs(progress.newestMs, progress.liveSinceMs)]),
  ]);
  return endsMs.length === 0 ? undefined : Math.max(0, nowMs - Math.max(...endsMs));
}

function lastEndMs(newestMs: number | null, sinceMs: number): number {
  return newestMs === null ? sinceMs : newestMs + MINUTE_MS;
}

/** Whether an answer for a range ends before a minute of it that came earlier: it is from a replica that lags. */
export function isStale(
  answeredMs: number | undefined,
  { newestMs }: Pick<Progress, 'newestMs'>,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): boolean {
  if (newestMs === null || newestMs < fromMs || newestMs >= toMs) return false;
  return answeredMs === undefined || answeredMs < newestMs;
}
