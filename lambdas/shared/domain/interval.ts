/** The intervals that are kept, each a whole multiple of the one before it. */
export const INTERVALS = ['1m', '5m', '15m', '1h', '4h', '1d'] as const;

/** A candle's length: `1m` `5m` `15m` `1h` `4h` `1d`. */
export type Interval = (typeof INTERVALS)[number];

/** An interval that is rolled up from a shorter one: all but `1m`. */
export type RolledInterval = Exclude<Interval, '1m'>;

/** The rolled intervals, shortest first: the order in which they are rolled up. */
export const ROLLED_INTERVALS = ['5m', '15m', '1h', '4h', '1d'] as const satisfies RolledInterval[];

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MINUTES = 1_440;
export const DAY_MS = DAY_MINUTES * MINUTE_MS;

const LENGTH_MS: Readonly<Record<Interval, number>> = {
  '1m': MINUTE_MS,
  '5m': 5 * MINUTE_MS,
  '15m': 15 * MINUTE_MS,
  '1h': HOUR_MS,
  '4h': 4 * HOUR_MS,
  '1d': DAY_MS,
};

const CHILD: Readonly<Record<RolledInterval, Interval>> = {
  '5m': '1m',
  '15m': '5m',
  '1h': '15m',
  '4h': '1h',
  '1d': '4h',
};

/** The length of a candle of the interval, in milliseconds. */
export function intervalMs(interval: Interval): number {
  return LENGTH_MS[interval];
}

/** The interval whose candles an interval is rolled up from. */
export function childOf(interval: RolledInterval): Interval {
  return CHILD[interval];
}

/** Whether a text names an interval. */
export function isInterval(text: string): text is Interval {
  return (INTERVALS as readonly string[]).includes(text);
}

/** The greatest multiple of `stepMs` since the epoch (UTC) that is not after `timeMs`. */
export function floorTo(timeMs: number, stepMs: number): number {
  return Math.floor(timeMs / stepMs) * stepMs;
}

/** The smallest multiple of `stepMs` since the epoch (UTC) that is not before `timeMs`. */
export function ceilTo(timeMs: number, stepMs: number): number {
  return Math.ceil(timeMs / stepMs) * stepMs;
}

/** The UTC day of a time: `2026-01-15`. */
export function dayText(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}

/** The time that the rows of one partition span: 1,440 minutes a day, 8,928 windows of 5m a month, ... */
const BUCKET_SPAN: Readonly<Record<Interval, 'day' | 'month' | 'year' | 'all'>> = {
  '1m': 'day',
  '5m': 'month',
  '15m': 'month',
  '1h': 'year',
  '4h': 'year',
  '1d': 'all',
};

/**
 * The bucket (a date `YYYY-MM-DD`, UTC) whose partition holds the candle of
 * `interval` that opens at `openTimeMs`: the start of its day, month or year,
 * or `1970-01-01` where one bucket holds all.
 */
export function bucketOf(interval: Interval, openTimeMs: number): string {
  const day = dayText(openTimeMs);
  switch (BUCKET_SPAN[interval]) {
    case 'day':
      return day;
    case 'month':
      return `${day.slice(0, 7)}-01`;
    case 'year':
      return `${day.slice(0, 4)}-01-01`;
    case 'all':
      return '1970-01-01';
  }
}

/**
 * The buckets that hold the candles of `[fromMs, toMs)`, oldest first; none
 * for an empty range.
 */
export function bucketsOf(interval: Interval, fromMs: number, toMs: number): string[] {
  const buckets: string[] = [];
  let startMs = fromMs;
  while (startMs < toMs) {
    buckets.push(bucketOf(interval, startMs));
    startMs = bucketEnd(interval, startMs);
  }
  return buckets;
}

/** The end of the bucket that holds the candle of `interval` that opens at `timeMs`; infinite if one holds all. */
export function bucketEnd(interval: Interval, timeMs: number): number {
  const time = new Date(timeMs);
  const [year, month, day] = [time.getUTCFullYear(), time.getUTCMonth(), time.getUTCDate()];
  switch (BUCKET_SPAN[interval]) {
    case 'day':
      return Date.UTC(year, month, day + 1);
    case 'month':
      return Date.UTC(year, month + 1, 1);
    case 'year':
      return Date.UTC(year + 1, 0, 1);
    case 'all':
      return Number.POSITIVE_INFINITY;
  }
}
