import { dayText, durationText, minuteText } from '../../cli/utc-time';
import type { Coverage, HistoryLeft } from '../../lambdas/shared/domain/coverage/coverage';
import { percentText } from '../../lambdas/shared/domain/coverage/percent';
import type { Stretch } from '../../lambdas/shared/domain/coverage/stretches';
import { MINUTE_MS } from '../../lambdas/shared/domain/interval';

/** Said of what there is nothing of. */
const NOTHING = '-';

/** A time, or a dash for none. */
export function timeOr(timeMs: number | null, text: (timeMs: number) => string): string {
  return timeMs === null ? NOTHING : text(timeMs);
}

/** The completeness of the sealed days: `99.97 %`. */
export function coveredText({ sealed }: Coverage): string {
  return percentText(sealed) ?? NOTHING;
}

/** Days that are asked for again: `2 d, next 2026-11-27 03:00`. */
export function unsealedText({ unsealedDays, nextAuditAtMs }: Coverage): string {
  if (unsealedDays === 0) return NOTHING;
  return `${unsealedDays} d, next ${timeOr(nextAuditAtMs, minuteText)}`;
}

/** Gaps with their length: `1 (2 h 11 min)`. */
export function gapsText({ gapCount, minutes }: Coverage): string {
  return gapCount === 0 ? '0' : `${gapCount} (${durationText(minutes.gap * MINUTE_MS)})`;
}

/** History that is still to come, and when: `312 d, in about 4 min; 24 d wait until 2026-12-01`. */
export function historyText(history: HistoryLeft, nowMs: number): string {
  const { days, waitingDays } = history;
  const ready = days - waitingDays;
  const parts = [
    ...(ready > 0 ? [`${ready} d, ${expectedText(history, nowMs)}`] : []),
    ...(waitingDays > 0 ? [`${waitingDays} d wait until ${waitText(history)}`] : []),
  ];
  return parts.length === 0 ? NOTHING : parts.join('; ');
}

function expectedText({ expectedAtMs }: HistoryLeft, nowMs: number): string {
  return expectedAtMs === null
    ? 'none stored lately'
    : `in about ${durationText(expectedAtMs - nowMs)}`;
}

function waitText({ lastWaitsUntilMs }: HistoryLeft): string {
  return timeOr(lastWaitsUntilMs, dayText);
}

/** The reason of a stretch, and the time of its next request. */
export function stretchText({ reason, due }: Stretch, nowMs: number): string {
  const next = due === null ? null : dueText(due, nowMs);
  return [reason, next].filter((text) => text !== null).join('; ');
}

function dueText(due: NonNullable<Stretch['due']>, nowMs: number): string {
  const when = due.atMs <= nowMs ? 'at the next firing' : `from ${minuteText(due.atMs)}`;
  return `next request ${when}${due.source === 'archive' ? ', from the archive' : ''}`;
}
