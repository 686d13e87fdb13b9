import { DAY_MS, floorTo, MINUTE_MS } from './interval';
import type { RejectedMinute, RolledSegment, Segment } from './segment';

/** How far a market has come: its row in the table `progress`. */
export interface Progress {
  /** Where the market started live: a midnight, UTC. Days before that come from audits alone. */
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
  /** When the market was taken for ended; null while it is followed. */
  readonly endedAtMs: number | null;
  /** Since when the exchange has the market, as far as reconcile found out; null if it did not. */
  readonly listedSinceMs: number | null;
}

/** A range without candles, with the reason: a row of the table `gaps`. */
export interface Gap {
  readonly fromMs: number;
  readonly toMs: number;
  readonly reason: string;
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

function later(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}

/**
 * The gaps that a segment reports: the range before it that was not served when
 * it was observed, cut at UTC days, whatever has been stored since (the
 * segment's windows may have been rolled up without it); and each minute whose
 * row could not be a candle.
 */
export function gapsOf(segment: RolledSegment): Gap[] {
  return [...gapsBefore(segment), ...segment.rejected.map(rejectedGap), ...unservedGap(segment)];
}

/** A day of which minutes are stored is disputed, not a gap: its other minutes had no trade, as far as is known. */
function unservedGap({ unserved, audit, fromMs, toMs }: RolledSegment): Gap[] {
  const isStored = audit !== null && audit.minuteCount > 0;
  return unserved === null || isStored ? [] : [{ fromMs, toMs, reason: unserved }];
}

function gapsBefore({ gapFromMs, fromMs }: Segment): Gap[] {
  const gaps: Gap[] = [];
  let startMs = gapFromMs ?? fromMs;
  while (startMs < fromMs) {
    const endMs = Math.min(fromMs, floorTo(startMs, DAY_MS) + DAY_MS);
    gaps.push({ fromMs: startMs, toMs: endMs, reason: 'beyond the retention of the exchange' });
    startMs = endMs;
  }
  return gaps;
}

const REJECTED = 'rejected: ';

function rejectedGap({ openTimeMs, reason }: RejectedMinute): Gap {
  return {
    fromMs: openTimeMs,
    toMs: openTimeMs + MINUTE_MS,
    reason: `${REJECTED}${reason}`,
  };
}

/**
 * Of the stored gaps of an audit's day, those that it settles: if it was answered
 * with rows, or by the archive, or seals the day, every minute is accounted for
 * without them. That a rejected minute is absent from a single answer of the API
 * settles nothing yet: the answer may be cut.
 */
export function settledGaps(segment: RolledSegment, gaps: readonly Gap[]): Gap[] {
  const { audit, unserved, newestMs, rejected, source } = segment;
  const isFinal = source === 'archive' || (audit !== null && audit.sealed && !audit.disputed);
  const isAnswer = newestMs !== null || rejected.length > 0;
  if (unserved !== null || !(isFinal || isAnswer)) return [];
  const still = new Set(rejected.map(({ openTimeMs }) => openTimeMs));
  return gaps.filter(
    (gap) =>
      (isFinal || !isOfRejected(gap)) &&
      gap.fromMs >= segment.fromMs &&
      gap.toMs <= segment.toMs &&
      !still.has(gap.fromMs),
  );
}

/** Of the stored gaps of a segment's range, the rejected minutes that it does not reject again. */
export function perhapsFilled(segment: RolledSegment, gaps: readonly Gap[]): Gap[] {
  const rejected = new Set(segment.rejected.map(({ openTimeMs }) => openTimeMs));
  return gaps.filter(
    (gap) =>
      isOfRejected(gap) &&
      gap.fromMs >= segment.fromMs &&
      gap.fromMs < segment.toMs &&
      !rejected.has(gap.fromMs),
  );
}

function isOfRejected({ reason }: Gap): boolean {
  return reason.startsWith(REJECTED);
}
