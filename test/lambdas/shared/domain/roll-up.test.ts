import fc from 'fast-check';
import {
  type Candle,
  type CandlesByInterval,
  checkCandle,
} from '../../../../lambdas/shared/domain/candle';
import {
  DAY_MS,
  type Interval,
  INTERVALS,
  intervalMs,
  MINUTE_MS,
} from '../../../../lambdas/shared/domain/interval';
import {
  childrenToRead,
  inTimeOrder,
  rollUp,
  windowsOf,
} from '../../../../lambdas/shared/domain/roll-up';
import type { ObservedSegment, Segment } from '../../../../lambdas/shared/domain/segment';
import {
  at,
  candlesAt,
  DAY,
  auditOf,
  minuteAt,
  minutesIn,
  minutesOfDay,
  observedOf,
  segmentOf,
} from '../../../fakes/candles';
import { straightWindows } from '../../../oracle/straight-roll-up';

/** Candles as they stand in a table: the newest write of a time wins. */
class StoredCandles {
  readonly #rows = new Map<Interval, Map<number, Candle>>();

  write(candles: CandlesByInterval): void {
    for (const interval of INTERVALS) {
      const rows = this.#rows.get(interval) ?? new Map<number, Candle>();
      this.#rows.set(interval, rows);
      for (const candle of candles[interval] ?? []) rows.set(candle.openTimeMs, candle);
    }
  }

  all(interval: Interval): Candle[] {
    const rows = [...(this.#rows.get(interval)?.values() ?? [])];
    return rows.sort((a, b) => a.openTimeMs - b.openTimeMs);
  }

  childrenOf(segment: Segment): CandlesByInterval {
    const children: Partial<Record<Interval, Candle[]>> = {};
    for (const { interval, fromMs, toMs } of childrenToRead(segment)) {
      (children[interval] ??= []).push(...within(this.all(interval), fromMs, toMs));
    }
    return children;
  }

  store(segment: ObservedSegment): void {
    this.write(rollUp(segment, this.childrenOf(segment)));
  }
}

function within(minutes: readonly Candle[], fromMs: number, toMs: number): Candle[] {
  return minutes.filter(({ openTimeMs }) => openTimeMs >= fromMs && openTimeMs < toMs);
}

/** A permutation of a list in which any of its items can stand several times. */
function shuffledWithRepeats<T>(items: readonly T[]): fc.Arbitrary<T[]> {
  return fc
    .tuple(fc.subarray([...items]), fc.shuffledSubarray([...items], { minLength: items.length }))
    .chain(([again, each]) =>
      fc.shuffledSubarray([...again, ...each], { minLength: again.length + each.length }),
    );
}

const minutesOfOneDay = fc.integer({ min: 0, max: 1_440 });

describe('rollUp', () => {
  it('gives the minutes and every window of a small example', () => {
    const minutes = [
      minuteAt(at(0, 1), {
        open: '10',
        high: '12',
        low: '10',
        close: '11',
        base: '1',
        quote: '11',
      }),
      minuteAt(at(0, 4), {
        open: '11',
        high: '11.5',
        low: '9',
        close: '9.5',
        base: '0.25',
        quote: '2.5',
      }),
      minuteAt(at(0, 5), {
        open: '9',
        high: '13',
        low: '9',
        close: '12',
        base: '2',
        quote: '22.75',
      }),
    ];

    const rolled = rollUp(auditOf({ minuteCandles: minutes }), {});

    expect(rolled['1m']).toBe(minutes);
    expect(rolled['5m']).toEqual([
      {
        ...minuteAt(at(0), {
          open: '10',
          high: '12',
          low: '9',
          close: '9.5',
          base: '1.25',
          quote: '13.5',
        }),
        minuteCount: 2,
      },
      { ...minutes[2], openTimeMs: at(0, 5) },
    ]);
    const whole = {
      ...minuteAt(DAY, {
        open: '10',
        high: '13',
        low: '9',
        close: '12',
        base: '3.25',
        quote: '36.25',
      }),
      minuteCount: 3,
    };
    expect([rolled['15m'], rolled['1h'], rolled['4h'], rolled['1d']]).toEqual([
      [whole],
      [whole],
      [whole],
      [whole],
    ]);
  });

  it('gives nothing for a day without trades', () => {
    expect(rollUp(auditOf({ minuteCandles: [] }), {})).toEqual({
      '1m': [],
      '5m': [],
      '15m': [],
      '1h': [],
      '4h': [],
      '1d': [],
    });
  });

  it('equals the straight computation to the last digit, for every interval', () => {
    fc.assert(
      fc.property(minutesOfDay(), (minutes) => {
        const rolled = rollUp(auditOf({ minuteCandles: minutes }), {});
        for (const interval of INTERVALS) {
          expect(rolled[interval]).toEqual(straightWindows(minutes, intervalMs(interval)));
        }
      }),
    );
  });

  it('makes only candles that can be', () => {
    fc.assert(
      fc.property(minutesOfDay(), (minutes) => {
        const rolled = rollUp(auditOf({ minuteCandles: minutes }), {});
        for (const interval of INTERVALS) {
          rolled[interval]?.forEach((candle) => {
            expect(() => checkCandle(interval, candle)).not.toThrow();
          });
        }
      }),
    );
  });

  it('does not depend on the order of arrival, nor on duplicates', () => {
    const arrivals = minutesOfDay(40).chain((minutes) =>
      fc.tuple(fc.constant(minutes), shuffledWithRepeats(minutes)),
    );
    fc.assert(
      fc.property(arrivals, ([minutes, arrived]) => {
        const rolled = rollUp(auditOf({ minuteCandles: inTimeOrder(arrived) }), {});
        expect(rolled).toEqual(rollUp(auditOf({ minuteCandles: minutes }), {}));
      }),
    );
  });

  it('rolls straight from minutes what it rolls in steps', () => {
    fc.assert(
      fc.property(minutesOfDay(), (minutes) => {
        const rolled = rollUp(auditOf({ minuteCandles: minutes }), {});
        expect(windowsOf('1h', minutes)).toEqual(rolled['1h']);
        expect(windowsOf('1d', rolled['5m'] ?? [])).toEqual(rolled['1d']);
      }),
    );
  });

  it('gives the same windows for a segment that is split anywhere', () => {
    const split = fc.tuple(minutesOfDay(), fc.uniqueArray(minutesOfOneDay, { maxLength: 5 }));
    fc.assert(
      fc.property(split, ([minutes, cuts]) => {
        const edges = [0, ...cuts, 1_440].map((minute) => DAY + minute * MINUTE_MS);
        const ends = [...new Set(edges)].sort((a, b) => a - b);
        const stored = new StoredCandles();
        ends.slice(1).forEach((toMs, index) => {
          const fromMs = ends[index] ?? DAY;
          stored.store(observedOf({ fromMs, toMs, minuteCandles: within(minutes, fromMs, toMs) }));
        });
        for (const interval of INTERVALS) {
          expect(stored.all(interval)).toEqual(straightWindows(minutes, intervalMs(interval)));
        }
      }),
      { numRuns: 200 },
    );
  });

  it('gives the newest windows where segments overlap, with late and corrected minutes', () => {
    const minute = fc
      .integer({ min: 230, max: 250 })
      .chain((index) => candlesAt(DAY + index * MINUTE_MS));
    const heard = fc.array(minute, { maxLength: 12 });
    const overlap = fc.tuple(heard, heard, fc.integer({ min: 226, max: 254 }), fc.nat(8));
    fc.assert(
      fc.property(overlap, ([first, again, endMinute, backMinutes]) => {
        const middleMs = DAY + endMinute * MINUTE_MS;
        const resumeMs = middleMs - backMinutes * MINUTE_MS;
        const lastMs = at(4, 20);
        const early = within(inTimeOrder(first), DAY, middleMs);
        const late = within(inTimeOrder([...early, ...again]), resumeMs, lastMs);
        const stored = new StoredCandles();
        stored.store(observedOf({ fromMs: DAY, toMs: middleMs, minuteCandles: early }));
        stored.store(observedOf({ fromMs: resumeMs, toMs: lastMs, minuteCandles: late }));
        const newest = inTimeOrder([...early, ...late]);
        for (const interval of INTERVALS) {
          expect(stored.all(interval)).toEqual(straightWindows(newest, intervalMs(interval)));
        }
      }),
      { numRuns: 200 },
    );
  });

  it('ignores stored children that the segment touches itself, or that lie in other windows', () => {
    const wrong = { open: '500', high: '900', low: '400', close: '500' };
    const stored = {
      '1m': [minuteAt(at(11, 59), wrong), minuteAt(at(12, 4), wrong), minuteAt(at(12, 10), wrong)],
      '5m': [minuteAt(at(12, 5), wrong)],
    };
    const segment = observedOf();

    expect(rollUp(segment, stored)).toEqual(rollUp(segment, {}));
  });

  it('keeps the scale of the earlier of two equal prices', () => {
    const minutes = [
      minuteAt(at(12, 3), { high: '11.0', low: '9.750' }),
      minuteAt(at(12, 4), { high: '11.00', low: '9.75' }),
    ];

    const [window] = windowsOf('5m', minutes);

    expect([window?.high, window?.low]).toEqual([
      { unscaled: 110n, scale: 1 },
      { unscaled: 9750n, scale: 3 },
    ]);
  });
});

describe('childrenToRead', () => {
  it('is its own minutes for a whole day that is live: its answer erases none of them', () => {
    expect(childrenToRead(segmentOf({ fromMs: DAY, toMs: DAY + DAY_MS }))).toEqual([
      { interval: '1m', fromMs: DAY, toMs: DAY + DAY_MS },
    ]);
  });

  it('has what comes after the first minutes of a day', () => {
    expect(childrenToRead(segmentOf({ fromMs: DAY, toMs: at(0, 5) }))).toEqual([
      { interval: '1m', fromMs: DAY, toMs: at(0, 5) },
      { interval: '5m', fromMs: at(0, 5), toMs: at(0, 15) },
      { interval: '15m', fromMs: at(0, 15), toMs: at(1) },
      { interval: '1h', fromMs: at(1), toMs: at(4) },
      { interval: '4h', fromMs: at(4), toMs: DAY + DAY_MS },
    ]);
  });

  it('has the whole window around a few minutes in the middle of a day', () => {
    expect(childrenToRead(segmentOf({ fromMs: at(12, 3), toMs: at(12, 7) }))).toEqual([
      { interval: '1m', fromMs: at(12), toMs: at(12, 10) },
      { interval: '5m', fromMs: at(12, 10), toMs: at(12, 15) },
      { interval: '15m', fromMs: at(12, 15), toMs: at(13) },
      { interval: '1h', fromMs: at(13), toMs: at(16) },
      { interval: '4h', fromMs: DAY, toMs: DAY + DAY_MS },
    ]);
  });

  it('has each side of many children by itself, what comes before first', () => {
    expect(childrenToRead(segmentOf({ fromMs: at(12, 3), toMs: at(12, 37) }))).toEqual([
      { interval: '1m', fromMs: at(12), toMs: at(12, 40) },
      { interval: '5m', fromMs: at(12, 40), toMs: at(12, 45) },
      { interval: '15m', fromMs: at(12, 45), toMs: at(13) },
      { interval: '1h', fromMs: at(13), toMs: at(16) },
      { interval: '4h', fromMs: DAY, toMs: DAY + DAY_MS },
    ]);
  });

  it('has what comes before the last minutes of a day', () => {
    expect(childrenToRead(segmentOf({ fromMs: at(23, 59), toMs: DAY + DAY_MS }))).toEqual([
      { interval: '1m', fromMs: at(23, 55), toMs: DAY + DAY_MS },
      { interval: '5m', fromMs: at(23, 45), toMs: at(23, 55) },
      { interval: '15m', fromMs: at(23), toMs: at(23, 45) },
      { interval: '1h', fromMs: at(20), toMs: at(23) },
      { interval: '4h', fromMs: DAY, toMs: at(20) },
    ]);
  });

  it('leaves out intervals whose windows the segment fills', () => {
    expect(childrenToRead(segmentOf({ fromMs: at(8), toMs: at(12) }))).toEqual([
      { interval: '1m', fromMs: at(8), toMs: at(12) },
      { interval: '4h', fromMs: DAY, toMs: DAY + DAY_MS },
    ]);
  });

  it('never leaves the UTC day, and reads few windows that the segment has itself', () => {
    const ranges = fc.tuple(minutesOfOneDay, minutesOfOneDay).filter(([a, b]) => a !== b);
    fc.assert(
      fc.property(ranges, ([a, b]) => {
        const fromMs = DAY + Math.min(a, b) * MINUTE_MS;
        const toMs = DAY + Math.max(a, b) * MINUTE_MS;
        const segment = segmentOf({ fromMs, toMs });
        for (const range of childrenToRead(segment)) {
          expect(range.fromMs).toBeGreaterThanOrEqual(DAY);
          expect(range.toMs).toBeLessThanOrEqual(DAY + DAY_MS);
          expect(range.fromMs).toBeLessThan(range.toMs);
          const ownMs = Math.min(range.toMs, toMs) - Math.max(range.fromMs, fromMs);
          if (range.interval === '1m') continue;
          expect(ownMs).toBeLessThanOrEqual(30 * intervalMs(range.interval));
        }
      }),
    );
  });
});

describe('a live answer over stored minutes', () => {
  const LIVE = { fromMs: at(12), toMs: at(12, 5) };
  const stored = { '1m': [minuteAt(at(12)), minuteAt(at(12, 1)), minuteAt(at(12, 2))] };

  it('erases nothing: windows hold the stored minutes that it lacks', () => {
    const segment = observedOf({ ...LIVE, minuteCandles: [minuteAt(at(12, 3))] });

    const rolled = rollUp(segment, stored);

    expect(rolled['1m']?.map(({ openTimeMs }) => openTimeMs)).toEqual([at(12, 3)]);
    expect(rolled['5m']).toMatchObject([{ openTimeMs: at(12), minuteCount: 4 }]);
    expect(rolled['1d']).toMatchObject([{ minuteCount: 4 }]);
  });

  it('has only those of its minutes written that differ from the stored ones', () => {
    const corrected = minuteAt(at(12, 1), { base: '2.5', quote: '25.75' });
    const minuteCandles = [minuteAt(at(12)), corrected, minuteAt(at(12, 2))];

    const rolled = rollUp(observedOf({ ...LIVE, minuteCandles }), stored);

    expect(rolled['1m']).toEqual([corrected]);
    expect(rolled['5m']).toEqual(straightWindows(minuteCandles, intervalMs('5m')));
  });

  it.each([
    ['the same', 0],
    ['a later', 60_000],
  ])('corrects no minute that %s observation has stored', (_name, laterMs) => {
    const segment = observedOf({
      ...LIVE,
      minuteCandles: [minuteAt(at(12), { base: '2.5', quote: '25.75' }), minuteAt(at(12, 3))],
    });
    const observedAtMs = segment.observedAtMs + laterMs;
    const kept = { '1m': stored['1m'].map((candle) => ({ ...candle, observedAtMs })) };

    const rolled = rollUp(segment, kept);

    expect(rolled['1m']).toEqual([minuteAt(at(12, 3))]);
    const all = [...stored['1m'], minuteAt(at(12, 3))];
    expect(rolled['5m']).toEqual(straightWindows(all, intervalMs('5m')));
  });

  it('corrects a minute that an earlier observation has stored', () => {
    const corrected = minuteAt(at(12), { base: '2.5', quote: '25.75' });
    const segment = observedOf({ ...LIVE, minuteCandles: [corrected] });
    const observedAtMs = segment.observedAtMs - 1;
    const earlier = { '1m': stored['1m'].map((candle) => ({ ...candle, observedAtMs })) };

    expect(rollUp(segment, earlier)['1m']).toEqual([corrected]);
  });

  it('lets no unknown quote volume replace a known one of the same candle', () => {
    const unknown = { ...minuteAt(at(12)), quoteVolume: null };

    const rolled = rollUp(observedOf({ ...LIVE, minuteCandles: [unknown] }), stored);

    expect(rolled['1m']).toEqual([]);
    expect(rolled['5m']).toEqual(straightWindows(stored['1m'], intervalMs('5m')));
  });

  it('takes a corrected candle with its quote volume unknown', () => {
    const corrected = { ...minuteAt(at(12), { base: '3' }), quoteVolume: null };

    const rolled = rollUp(observedOf({ ...LIVE, minuteCandles: [corrected] }), stored);

    expect(rolled['1m']).toEqual([corrected]);
    expect(rolled['5m']).toMatchObject([{ quoteVolume: null, minuteCount: 3 }]);
  });

  it('makes a window with an unknown quote volume in it unknown, at every length', () => {
    const minuteCandles = [minuteAt(at(12)), { ...minuteAt(at(12, 1)), quoteVolume: null }];

    const rolled = rollUp(observedOf({ ...LIVE, minuteCandles }), {});

    for (const interval of INTERVALS.slice(1)) {
      expect(rolled[interval]).toMatchObject([{ quoteVolume: null, minuteCount: 2 }]);
    }
  });
});

describe('inTimeOrder', () => {
  it('gives a list that is in order as it is', () => {
    const minutes = minutesIn(at(3), at(4));

    expect(inTimeOrder(minutes)).toBe(minutes);
  });

  it('keeps the last of several candles of one time', () => {
    const [first, other, last] = [
      minuteAt(at(3), { base: '1' }),
      minuteAt(at(2)),
      minuteAt(at(3), { base: '2' }),
    ];

    expect(inTimeOrder([first, other, last])).toEqual([other, last]);
  });
});
