import { TickMarkType, type Time } from 'lightweight-charts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A time at the chart's axis, in UTC: the largest unit that starts there. */
export function axisTime(time: Time, mark: TickMarkType): string | null {
  if (typeof time !== 'number') return null;
  const date = new Date(time * 1_000);
  switch (mark) {
    case TickMarkType.Year:
      return String(date.getUTCFullYear());
    case TickMarkType.Month:
      return MONTHS[date.getUTCMonth()] ?? null;
    case TickMarkType.DayOfMonth:
      return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()] ?? ''}`;
    case TickMarkType.Time:
    case TickMarkType.TimeWithSeconds:
      return date.toISOString().slice(11, 16);
  }
}
