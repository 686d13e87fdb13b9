import fc from 'fast-check';
import {
  bucketOf,
  bucketsOf,
  type Interval,
  intervalMs,
  INTERVALS,
} from '../../../../lambdas/shared/domain/interval';

describe('bucketOf', () => {
  it.each<[Interval, string, string]>([
    ['1m', '2026-01-31T23:59:00Z', '2026-01-31'],
    ['1m', '2026-02-01T00:00:00Z', '2026-02-01'],
    ['1m', '2024-02-29T12:00:00Z', '2024-02-29'],
    ['5m', '2026-01-31T23:55:00Z', '2026-01-01'],
    ['5m', '2026-02-01T00:00:00Z', '2026-02-01'],
    ['15m', '2024-02-29T23:45:00Z', '2024-02-01'],
    ['1h', '2025-12-31T23:00:00Z', '2025-01-01'],
    ['1h', '2026-01-01T00:00:00Z', '2026-01-01'],
    ['4h', '2024-12-31T20:00:00Z', '2024-01-01'],
    ['1d', '2026-07-04T00:00:00Z', '1970-01-01'],
    ['1d', '1970-01-01T00:00:00Z', '1970-01-01'],
  ])('puts the %s candle of %s into %s', (interval, time, bucket) => {
    expect(bucketOf(interval, Date.parse(time))).toBe(bucket);
  });
});

describe('bucketsOf', () => {
  it.each<[Interval, string, string, string[]]>([
    ['1m', '2024-02-28T23:59Z', '2024-03-01T00:01Z', ['2024-02-28', '2024-02-29', '2024-03-01']],
    ['1m', '2026-01-15T00:00Z', '2026-01-16T00:00Z', ['2026-01-15']],
    ['5m', '2025-12-31T23:55Z', '2026-01-01T00:05Z', ['2025-12-01', '2026-01-01']],
    ['15m', '2026-01-31T00:00Z', '2026-02-01T00:00Z', ['2026-01-01']],
    ['1h', '2024-12-31T23:00Z', '2026-01-01T01:00Z', ['2024-01-01', '2025-01-01', '2026-01-01']],
    ['1d', '2024-01-01T00:00Z', '2026-01-01T00:00Z', ['1970-01-01']],
  ])('names the %s buckets of [%s, %s)', (interval, from, to, buckets) => {
    expect(bucketsOf(interval, Date.parse(from), Date.parse(to))).toEqual(buckets);
  });

  it('has none for an empty range', () => {
    expect(bucketsOf('1m', 60_000, 60_000)).toEqual([]);
  });

  it('holds the bucket of every candle of the range, oldest first', () => {
    const times = fc.integer({ min: 0, max: Date.UTC(2030, 0, 1) / 60_000 });
    fc.assert(
      fc.property(
        fc.constantFrom(...INTERVALS),
        times,
        fc.integer({ min: 1, max: 60 }),
        (interval, startMinute, count) => {
          const lengthMs = intervalMs(interval);
          const fromMs = Math.floor((startMinute * 60_000) / lengthMs) * lengthMs;
          const each = Array.from({ length: count }, (_, index) =>
            bucketOf(interval, fromMs + index * lengthMs),
          );
          expect(bucketsOf(interval, fromMs, fromMs + count * lengthMs)).toEqual([
            ...new Set(each),
          ]);
        },
      ),
    );
  });
});
