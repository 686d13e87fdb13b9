/** The start of the UTC month of a time. */
export function monthOf(timeMs: number): number {
  return monthFrom(timeMs, 0);
}

/** The start of the UTC month after that of a time. */
export function monthAfter(timeMs: number): number {
  return monthFrom(timeMs, 1);
}

function monthFrom(timeMs: number, count: number): number {
  const time = new Date(timeMs);
  return Date.UTC(time.getUTCFullYear(), time.getUTCMonth() + count, 1);
}
