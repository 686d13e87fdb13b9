import { DAY_MS, HOUR_MS, MINUTE_MS } from '../page/times';

/** The intervals that the query API serves, shortest first. */
export const CHART_INTERVALS = ['1m', '5m', '15m', '1h', '4h', '1d', '1w', '1M'] as const;

export type ChartInterval = (typeof CHART_INTERVALS)[number];

const STEP_MS: Readonly<Record<Exclude<ChartInterval, '1M'>, number>> = {
  '1m': MINUTE_MS,
  '5m': 5 * MINUTE_MS,
  '15m': 15 * MINUTE_MS,
  '1h': HOUR_MS,
  '4h': 4 * HOUR_MS,
  '1d': DAY_MS,
  '1w': 7 * DAY_MS,
};
/** The first Monday of the epoch: weeks start on Mondays. */
const FIRST_MONDAY_MS = 4 * DAY_MS;

/** Whether a text names an interval of the chart. */
export function isChartInterval(text: string): text is ChartInterval {
  return (CHART_INTERVALS as readonly string[]).includes(text);
}

/** The position of the candle that a time is in, counted from the epoch. */
export function slotOf(interval: ChartInterval, timeMs: number): number {
  if (interval === '1M') {
    const time = new Date(timeMs);
    return (time.getUTCFullYear() - 1970) * 12 + time.getUTCMonth();
  }
  const originMs = interval === '1w' ? FIRST_MONDAY_MS : 0;
  return Math.floor((timeMs - originMs) / STEP_MS[interval]);
}

/** The open time of the candle at a position: the inverse of {@link slotOf}. */
export function openOf(interval: ChartInterval, slot: number): number {
  if (interval === '1M') return Date.UTC(1970, slot, 1);
  const originMs = interval === '1w' ? FIRST_MONDAY_MS : 0;
  return originMs + slot * STEP_MS[interval];
}

/** The number of minutes of a candle. */
export function minutesOf(interval: ChartInterval, openMs: number): number {
  const slot = slotOf(interval, openMs);
  return (openOf(interval, slot + 1) - openOf(interval, slot)) / MINUTE_MS;
}
