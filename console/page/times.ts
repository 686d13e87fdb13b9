export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** `2026-01-15 07:00`, UTC. */
export function minuteText(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 16).replace('T', ' ');
}

/** `2026-01-15`, UTC. */
export function dayText(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}

/** `07:00:05`, UTC. */
export function clockText(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(11, 19);
}

/** An API's time, as the page writes it: `2026-01-15 07:00`; a dash for none. */
export function apiMinuteText(time: string | null | undefined): string {
  return time == null ? '–' : minuteText(Date.parse(time));
}

/** The end of a stretch of time: its day is written if it is another than that of the start. */
export function endText(fromMs: number, toMs: number): string {
  const text = minuteText(toMs);
  return dayText(fromMs) === dayText(toMs) ? text.slice(11) : text;
}

const UNITS = [
  ['d', DAY_MS],
  ['h', HOUR_MS],
  ['min', MINUTE_MS],
  ['s', SECOND_MS],
] as const;

/** A length of time in its two largest units: `62 d 10 h`, `2 h 11 min`, `40 s`. */
export function durationText(lengthMs: number): string {
  const largest = UNITS.findIndex(([, unitMs]) => lengthMs >= unitMs);
  if (largest < 0) return '0 s';
  let leftMs = lengthMs;
  const parts: string[] = [];
  for (const [name, unitMs] of UNITS.slice(largest, largest + 2)) {
    const count = Math.floor(leftMs / unitMs);
    leftMs -= count * unitMs;
    if (count > 0) parts.push(`${count.toLocaleString('en-US')} ${name}`);
  }
  return parts.join(' ');
}

/** A length of time in its largest unit, for what changes all the time: `2 min`. */
export function roughDurationText(lengthMs: number): string {
  const unit = UNITS.find(([, unitMs]) => lengthMs >= unitMs);
  if (unit === undefined) return '0 s';
  return `${Math.floor(lengthMs / unit[1]).toLocaleString('en-US')} ${unit[0]}`;
}

const WRITTEN_TIME =
  /^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})(?:[ T](\d{1,2})(?::?(\d{2}))?(?::\d{2}(?:\.\d+)?)?Z?)?)?)?$/;

/**
 * Reads a time in UTC as people write it: `2026`, `2026-01`, `2026-01-15`,
 * `2026-01-15 07:00`. Undefined if it is none.
 */
export function readTime(text: string): number | undefined {
  const parts = WRITTEN_TIME.exec(text.trim());
  if (parts === null) return undefined;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0] = parts
    .slice(1)
    .map((part: string | undefined) => (part === undefined ? undefined : Number(part)));
  if (month < 1 || month > 12 || hour > 23 || minute > 59) return undefined;
  const timeMs = Date.UTC(year, month - 1, day, hour, minute);
  // The 31st of a month of 30 days would be a day of the next one.
  return new Date(timeMs).getUTCDate() === day ? timeMs : undefined;
}
