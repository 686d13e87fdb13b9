import {
  ceilTo,
  childOf,
  floorTo,
  INTERVALS,
  intervalMs,
  isInterval,
  ROLLED_INTERVALS,
} from '../../../../lambdas/shared/domain/interval';

describe('intervals', () => {
  it('have the lengths that they are named for', () => {
    const minutes = INTERVALS.map((interval) => intervalMs(interval) / 60_000);

    expect(minutes).toEqual([1, 5, 15, 60, 240, 1_440]);
  });

  it('are each a whole multiple of their child, the next shorter one', () => {
    for (const [index, interval] of ROLLED_INTERVALS.entries()) {
      expect(childOf(interval)).toBe(INTERVALS[index]);
      expect(intervalMs(interval) % intervalMs(childOf(interval))).toBe(0);
    }
  });

  it('are told from other texts', () => {
    expect(INTERVALS.every(isInterval)).toBe(true);
    expect(['', '2m', '1M', '30m', 'constructor'].some(isInterval)).toBe(false);
  });
});

describe('floorTo and ceilTo', () => {
  it.each([
    [0, 0, 0],
    [1, 0, 300_000],
    [299_999, 0, 300_000],
    [300_000, 300_000, 300_000],
    [-1, -300_000, 0],
  ])('enclose %s ms by multiples of 5 minutes', (timeMs, floorMs, ceilMs) => {
    expect(floorTo(timeMs, 300_000)).toBe(floorMs);
    // `ceil` can give -0, which is the same instant.
    expect(ceilTo(timeMs, 300_000) + 0).toBe(ceilMs);
  });
});
