import type { Segment } from './segment';

/** How far a tick finds its pairs behind. */
export interface Lag {
  readonly pairsBehind: number;
  /** From the oldest missing minute to the tick; 0 where nothing is missing. */
  readonly worstMs: number;
  /** Until the exchange no longer serves that minute: never below 0. */
  readonly retentionLeftMs: number;
}

/** What a lag is measured against. */
export interface LagLimits {
  readonly nowMs: number;
  readonly retentionMs: number;
  /** A pair whose missing minutes start longer ago than this is behind. */
  readonly behindMs: number;
}

/** The lag of the pairs that a tick has plans for; a pair without a plan is not behind. */
export function lagOf(
  plans: readonly (readonly Segment[])[],
  { nowMs, retentionMs, behindMs }: LagLimits,
): Lag {
  const lags = plans.map(([first]) => nowMs - (first?.fromMs ?? nowMs));
  const worstMs = Math.max(0, ...lags);
  return {
    pairsBehind: lags.filter((lagMs) => lagMs > behindMs).length,
    worstMs,
    retentionLeftMs: Math.max(0, retentionMs - worstMs),
  };
}
