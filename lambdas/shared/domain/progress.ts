import type { Segment } from './segment';

/** How far a pair has come: its row in the table `progress`. */
export interface Progress {
  /** Its minutes before this are stored, and old enough that the exchange no longer changes them. */
  readonly settledToMs: number;
  /** Its minutes before this were stored at least once. */
  readonly seenToMs: number;
  /** The observation that brought it here. */
  readonly observedAtMs: number;
}

/** A range that the exchange no longer served when it was asked for: a row of the table `gaps`. */
export interface Gap {
  readonly fromMs: number;
  readonly toMs: number;
  readonly reason: string;
}

/**
 * The progress that a stored segment makes, or undefined where it makes none:
 * history never does, and a live segment only where the stored value has
 * reached what it follows (or there is none, and it follows none), and where it
 * settles more, or settles as much and was seen to reach further. So progress
 * has no holes.
 */
export function advance(stored: Progress | undefined, segment: Segment): Progress | undefined {
  const { followsMs, settlesMs } = segment;
  if (settlesMs === null) return undefined;
  const next = (seenToMs: number): Progress => ({
    settledToMs: settlesMs,
    seenToMs,
    observedAtMs: segment.observedAtMs,
  });
  if (stored === undefined) return followsMs === null ? next(segment.toMs) : undefined;
  if (followsMs === null || stored.settledToMs < followsMs) return undefined;
  if (settlesMs < stored.settledToMs) return undefined;
  if (settlesMs === stored.settledToMs && segment.toMs <= stored.seenToMs) return undefined;
  return next(Math.max(segment.toMs, stored.seenToMs));
}

/**
 * The gap before a segment, or undefined for none. It stands for what was not
 * served when the segment was observed, whatever has been stored since: the
 * segment's windows may have been rolled up without it.
 */
export function gapBefore({ gapFromMs, fromMs }: Segment): Gap | undefined {
  if (gapFromMs === null) return undefined;
  return { fromMs: gapFromMs, toMs: fromMs, reason: 'beyond the retention of the exchange' };
}
