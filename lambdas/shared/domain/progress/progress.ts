import { DAY_MS, floorTo } from '../interval';
import type { RolledSegment, Segment } from '../segment';

/** Progress of a market: its row in the table `progress`. */
export interface Progress {
  /** Time at which the market started live: a midnight, UTC. Days before that come from audits alone. */
  readonly liveSinceMs: number;
  /** Its minutes before this are stored, as far as the exchange is known to have published them. */
  readonly settledToMs: number;
  /** Its minutes before this were asked for, and what came was stored. */
  readonly seenToMs: number;
  /** Open time of the newest minute that ever came; null if none did. */
  readonly newestMs: number | null;
  /** The observation that brought it here. */
  readonly observedAtMs: number;
}

/** All that is stored of a market as a whole. */
export interface MarketStatus {
  /** Undefined before its first segment is stored. */
  readonly progress: Progress | undefined;
  /** Since when the exchange says that it does not know the pair; null if it knows it. */
  readonly unknownSinceMs: number | null;
  /** Time at which the market was taken for ended; null while it is followed. */
  readonly endedAtMs: number | null;
  /** Since when the exchange has the market, as far as reconcile found out; null if it did not. */
  readonly listedSinceMs: number | null;
}

/**
 * The progress that a stored segment makes, or undefined if it makes none: an
 * audit never does, and a live segment only if the stored value has reached
 * what it follows (or there is none, and it follows none), and if it settles
 * more, or settles as much and reaches further, or brings a newer minute. So
 * progress has no holes.
 */
export function advance(
  stored: Progress | undefined,
  segment: Segment & Pick<RolledSegment, 'newestMs'>,
): Progress | undefined {
  const { fromMs, followsMs, settlesMs, toMs, newestMs, observedAtMs } = segment;
  if (settlesMs === null) return undefined;
  if (stored === undefined) {
    if (followsMs !== null) return undefined;
    // Its midnight, even if the exchange does not serve the whole day any more.
    const liveSinceMs = floorTo(fromMs, DAY_MS);
    return { liveSinceMs, settledToMs: settlesMs, seenToMs: toMs, newestMs, observedAtMs };
  }
  if (followsMs === null || stored.settledToMs < followsMs) return undefined;
  if (settlesMs < stored.settledToMs) return undefined;
  const progress = {
    liveSinceMs: stored.liveSinceMs,
    settledToMs: settlesMs,
    seenToMs: Math.max(toMs, stored.seenToMs),
    newestMs: later(stored.newestMs, newestMs),
    observedAtMs,
  };
  return isFurther(progress, stored) ? progress : undefined;
}

function isFurther(progress: Progress, stored: Progress): boolean {
  return (
    progress.settledToMs > stored.settledToMs ||
    progress.seenToMs > stored.seenToMs ||
    progress.newestMs !== stored.newestMs
  );
}

/** The later of two times; null if there is neither. */
export function later(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}
