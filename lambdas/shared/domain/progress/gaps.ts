import { DAY_MS, floorTo, MINUTE_MS } from '../interval';
import type { RejectedMinute, RolledSegment, Segment } from '../segment';

/** A range without candles, with the reason: a row of the table `gaps`. */
export interface Gap {
  readonly fromMs: number;
  readonly toMs: number;
  readonly reason: string;
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
