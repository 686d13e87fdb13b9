import type { Interval } from './interval';

/** How much time the rows of one partition span: 1,440 minutes a day, 8,928 windows of 5m a month, ... */
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
  const day = new Date(openTimeMs).toISOString().slice(0, 10);
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
    startMs = nextBucketStart(interval, startMs);
  }
  return buckets;
}

function nextBucketStart(interval: Interval, timeMs: number): number {
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
