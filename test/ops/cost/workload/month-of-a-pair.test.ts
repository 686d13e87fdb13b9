import { monthOfAPair } from '../../../../ops/cost/workload/month-of-a-pair';

const MINUTES = 730 * 60;
const DAY = 1_440;

/** Minutes from the start of the month on. */
interface Asked {
  readonly from: number;
  readonly to: number;
}

/**
 * What every tick asks for: the minutes since the last one and the two before
 * them, and at a full hour two hours more, but not before the start of history.
 */
function askedRanges(scheduleMinutes: number): Asked[] {
  return Array.from({ length: MINUTES / scheduleMinutes }, (_, index) => {
    const to = (index + 1) * scheduleMinutes;
    const unsettled = to - scheduleMinutes - 2;
    const isFullHour = to % 60 === 0;
    return { from: isFullHour ? Math.max(0, unsettled - 120) : unsettled, to };
  });
}

/** How many windows of a length the ranges touch. */
function windowsOf(ranges: readonly Asked[], lengthMinutes: number): number {
  return ranges.reduce((sum, { from, to }) => {
    return sum + Math.ceil(to / lengthMinutes) - Math.floor(from / lengthMinutes);
  }, 0);
}

function minutesOf(ranges: readonly Asked[]): bigint {
  return BigInt(ranges.reduce((sum, { from, to }) => sum + to - from, 0));
}

test.each([1, 5])(
  'ticks every %d min write new minutes, the windows that they ask for, and progress',
  (scheduleMinutes) => {
    const ranges = askedRanges(scheduleMinutes);
    const month = monthOfAPair(scheduleMinutes);
    const windows = [5, 15, 60, 240, DAY].reduce(
      (sum, length) => sum + windowsOf(ranges, length),
      0,
    );
    expect(month).toMatchObject({
      ticks: BigInt(ranges.length),
      minutes: minutesOf(ranges),
      // Minutes that are stored as answered are not written again.
      candles: BigInt(MINUTES + windows),
      // A range that reaches across midnight is two segments.
      segments: BigInt(windowsOf(ranges, DAY)),
    });
    expect(month.writeUnits).toBeGreaterThanOrEqual(month.candles + month.ticks);
    expect(month.writeUnits).toBeLessThanOrEqual(month.candles + month.segments);
  },
);

test('reads are progress and gaps, by persist, and at most two queries a window of stored children', () => {
  const { segments, readUnits } = monthOfAPair(1);
  const states = segments * 2n;
  expect(readUnits).toBeGreaterThan(states);
  expect(readUnits).toBeLessThanOrEqual(states + segments * 10n);
});

test('a month has so many new candles, of each length', () => {
  const candles = 43_800 + 8_760 + 2_920 + 730 + 183 + 31;
  expect(monthOfAPair(1).newRows).toBe(BigInt(candles));
});

test('fewer ticks ask for fewer minutes, and bring as many new candles', () => {
  expect(monthOfAPair(5).minutes).toBeLessThan(monthOfAPair(1).minutes);
  expect(monthOfAPair(5).newRows).toBe(monthOfAPair(1).newRows);
});

test('open windows that are written every five minutes are a fifth, and those that end are as many as before', () => {
  const [fresh, older] = [monthOfAPair(1), monthOfAPair(1, 5)];
  // Of five windows that are open at each of 43,800 minutes, a fifth; the 5m window has always ended then.
  const saved = Number(fresh.writeUnits - older.writeUnits);
  expect(saved / 43_800).toBeGreaterThan(3.5);
  expect(saved / 43_800).toBeLessThan(4.2);
  expect(older.newRows).toBe(fresh.newRows);
  expect(older.minutes).toBe(fresh.minutes);
});
