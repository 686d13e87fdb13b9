import fc from 'fast-check';
import type { Candle, CandlesByInterval } from '../../../../lambdas/shared/domain/candle';
import {
  childrenToReadFirst,
  childrenToReadThen,
  dueCandles,
} from '../../../../lambdas/shared/domain/due-windows';
import { type Interval, INTERVALS, MINUTE_MS } from '../../../../lambdas/shared/domain/interval';
import {
  childrenToRead,
  type ChildrenRange,
  rollUp,
  windowsUpFrom,
} from '../../../../lambdas/shared/domain/roll-up';
import type { ObservedSegment } from '../../../../lambdas/shared/domain/segment';
import { at, DAY, minuteAt, minutesIn, observedOf } from '../../../fakes/candles';

const SETTLING_MS = 2 * MINUTE_MS;
const TIMES = { everyMs: 5 * MINUTE_MS, settlingMs: SETTLING_MS };
const EVERY_MINUTE = { ...TIMES, everyMs: MINUTE_MS };
const HOUR = minutesIn(at(12), at(13));

describe('open windows that are written every five minutes', () => {
  const hourPart = (fromMs: number, toMs: number) =>
    HOUR.filter(({ openTimeMs }) => openTimeMs >= fromMs && openTimeMs < toMs);

  /** The intervals that a tick at a minute of the hour writes: all minutes but its newest one are stored. */
  const due = (minute: number, change: Partial<ObservedSegment> = {}) => {
    const [fromMs, toMs] = [at(12, minute - 3), at(12, minute)];
    const followsMs = toMs - 3 * MINUTE_MS;
    const minuteCandles = hourPart(fromMs, toMs);
    const segment = observedOf({ fromMs, toMs, followsMs, minuteCandles, ...change });
    const stored = { '1m': hourPart(at(12), toMs - MINUTE_MS) };
    const candles = dueCandles(segment, rollUp(segment, stored), TIMES);
    return INTERVALS.filter((interval) => (candles[interval] ?? []).length > 0);
  };

  it.each([
    { minute: 23, written: ['1m'] },
    { minute: 24, written: ['1m'] },
    // At a multiple of five minutes, all.
    { minute: 25, written: [...INTERVALS] },
    // What has ended is written for as long as it is asked for again.
    { minute: 26, written: ['1m', '5m'] },
    { minute: 27, written: ['1m', '5m'] },
    { minute: 28, written: ['1m'] },
    { minute: 32, written: ['1m', '5m', '15m'] },
  ])('at minute $minute: $written', ({ minute, written }) => {
    expect(due(minute)).toEqual(written);
  });

  it('are made up for after a tick that was left out', () => {
    expect(due(26, { followsMs: at(12, 22) })).toEqual([...INTERVALS]);
  });

  it('wait for their time at an exchange that settles later, and are made up for there too', () => {
    const times = { ...TIMES, settlingMs: 10 * MINUTE_MS };
    const dueAt = (minute: number, followsMinute: number) => {
      const [fromMs, toMs] = [at(12, followsMinute), at(12, minute)];
      const minuteCandles = hourPart(fromMs, toMs);
      const segment = observedOf({ fromMs, toMs, followsMs: fromMs, minuteCandles });
      const stored = hourPart(at(12), toMs - MINUTE_MS);
      const first = childrenToReadFirst(segment, times);
      const candles = dueCandles(segment, rollUp(segment, { '1m': stored }), times);
      return { readsAll: first.length > 1, isDayDue: candles['1d']?.length === 1 };
    };
    expect(dueAt(28, 17)).toEqual({ readsAll: false, isDayDue: false });
    expect(dueAt(30, 19)).toEqual({ readsAll: true, isDayDue: true });
    expect(dueAt(31, 20)).toEqual({ readsAll: false, isDayDue: false });
    // The tick at minute 30 was left out.
    expect(dueAt(31, 19)).toEqual({ readsAll: true, isDayDue: true });
  });

  it('are written at once where a minute before the last time was corrected', () => {
    const minuteCandles = [
      minuteAt(at(12, 24), { base: '9' }),
      ...minutesIn(at(12, 25), at(12, 27)),
    ];
    expect(due(27, { minuteCandles })).toEqual([...INTERVALS]);
  });

  it('are written at every tick while a market is silent: what is settled stands still', () => {
    expect(due(28, { minuteCandles: [], followsMs: at(12, 18) })).toEqual(
      INTERVALS.filter((interval) => interval !== '1m'),
    );
  });

  it('are written by the first segment of a market, and by the first minutes of a day', () => {
    const segment = observedOf({
      fromMs: at(12, 1),
      toMs: at(12, 2),
      followsMs: at(12, 1),
      minuteCandles: [minuteAt(at(12, 1))],
    });
    const rolled = rollUp(segment, {});
    expect(dueCandles(segment, rolled, TIMES)).toEqual(rolled);
    expect(due(23, { followsMs: null })).toEqual([...INTERVALS]);
  });

  it('are written at every tick with a minute for five', () => {
    const segment = observedOf({ fromMs: at(12, 20), toMs: at(12, 23), followsMs: at(12, 20) });
    const rolled = rollUp(segment, { '1m': minutesIn(at(12), at(12, 23)) });
    expect(dueCandles(segment, rolled, EVERY_MINUTE)).toEqual(rolled);
  });
});

describe('what is read for windows that are written every five minutes', () => {
  /** Ranges read at a minute of the hour, by interval, of a market with all minutes but the newest stored. */
  const intervalsRead = (minute: number, times = TIMES) => {
    const segment = observedOf({
      fromMs: at(12, minute - 3),
      toMs: at(12, minute),
      followsMs: at(12, minute - 3),
      minuteCandles: HOUR.slice(minute - 3, minute),
    });
    const stored = HOUR.slice(0, minute - 1);
    const intervals = (ranges: readonly ChildrenRange[]) => ranges.map(({ interval }) => interval);
    return {
      first: intervals(childrenToReadFirst(segment, times)),
      then: intervals(childrenToReadThen(segment, stored, times)),
    };
  };

  it.each([
    { minute: 23, first: ['1m'], then: [] },
    { minute: 25, first: ['1m', '5m', '15m', '1h', '4h'], then: [] },
    { minute: 26, first: ['1m'], then: [] },
    // The window of 15 minutes has ended.
    { minute: 31, first: ['1m'], then: ['5m'] },
    { minute: 33, first: ['1m'], then: [] },
  ])('at minute $minute: $first, then $then', ({ minute, first, then }) => {
    expect(intervalsRead(minute)).toEqual({ first, then });
  });

  it('is all at once if they are written at every tick', () => {
    expect(intervalsRead(23, EVERY_MINUTE)).toMatchObject({
      first: ['1m', '5m', '15m', '1h', '4h'],
      then: [],
    });
  });

  const anyMinutes = fc.uniqueArray(fc.integer({ min: 0, max: 300 }), { maxLength: 60 });

  it('is enough, whatever is stored and answered', () => {
    fc.assert(
      fc.property(
        anyMinutes,
        anyMinutes,
        fc.record({
          fromMinute: fc.integer({ min: 0, max: 240 }),
          minutes: fc.integer({ min: 1, max: 60 }),
          followsBefore: fc.option(fc.integer({ min: 0, max: 10 })),
        }),
        (stored, answered, { fromMinute, minutes, followsBefore }) => {
          const [fromMs, toMs] = [at(0, fromMinute), at(0, fromMinute + minutes)];
          const isAsked = ({ openTimeMs }: Candle) => openTimeMs >= fromMs && openTimeMs < toMs;
          const segment = observedOf({
            fromMs,
            toMs,
            followsMs: followsBefore === null ? null : fromMs - followsBefore * MINUTE_MS,
            minuteCandles: minutesAt(answered, '2').filter(isAsked),
          });
          const table = windowsUpFrom(minutesAt(stored, '1'));

          const whole = read(table, childrenToRead(segment));
          expect(due(segment, readInTwo(table, segment))).toEqual(due(segment, whole));
        },
      ),
    );
  });
});

function minutesAt(minutes: readonly number[], base: string): Candle[] {
  return [...minutes]
    .sort((a, b) => a - b)
    .map((minute) => minuteAt(DAY + minute * MINUTE_MS, { base }));
}

function due(segment: ObservedSegment, stored: CandlesByInterval): CandlesByInterval {
  const candles = dueCandles(segment, rollUp(segment, stored), TIMES);
  return Object.fromEntries(INTERVALS.map((interval) => [interval, candles[interval] ?? []]));
}

function readInTwo(table: CandlesByInterval, segment: ObservedSegment): CandlesByInterval {
  const first = read(table, childrenToReadFirst(segment, TIMES));
  const left = childrenToReadThen(segment, first['1m'] ?? [], TIMES);
  return { ...read(table, left), ...first };
}

function read(table: CandlesByInterval, ranges: readonly ChildrenRange[]): CandlesByInterval {
  const candles: Partial<Record<Interval, readonly Candle[]>> = {};
  for (const { interval, fromMs, toMs } of ranges) {
    const found = (table[interval] ?? []).filter(
      ({ openTimeMs }) => openTimeMs >= fromMs && openTimeMs < toMs,
    );
    candles[interval] = [...(candles[interval] ?? []), ...found];
  }
  return candles;
}
