/** The intervals that are kept, each a whole multiple of the one before it. */
export const INTERVALS = ['1m', '5m', '15m', '1h', '4h', '1d'] as const;

/** A candle's length: `1m` `5m` `15m` `1h` `4h` `1d`. */
export type Interval = (typeof INTERVALS)[number];

/** An interval that is rolled up from a shorter one: all but `1m`. */
export type RolledInterval = Exclude<Interval, '1m'>;

/** The rolled intervals, shortest first: the order in which they are rolled up. */
export const ROLLED_INTERVALS = ['5m', '15m', '1h', '4h', '1d'] as const satisfies RolledInterval[];

export const MINUTE_MS = 60_000;
export const DAY_MS = 1_440 * MINUTE_MS;

const LENGTH_MS: Readonly<Record<Interval, number>> = {
  '1m': MINUTE_MS,
  '5m': 5 * MINUTE_MS,
  '15m': 15 * MINUTE_MS,
  '1h': 60 * MINUTE_MS,
  '4h': 240 * MINUTE_MS,
  '1d': DAY_MS,
};

const CHILD: Readonly<Record<RolledInterval, Interval>> = {
  '5m': '1m',
  '15m': '5m',
  '1h': '15m',
  '4h': '1h',
  '1d': '4h',
};

/** How long a candle of the interval is, in milliseconds. */
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
