import { monthOfAPair } from '../../../ops/cost/month-of-a-pair';

const TICKS = 730 * 60;

/**
 * Every tick brings a minute, and the two before it again: so the windows of a
 * length are two where those three lie across a border of it, and else one.
 */
function windowsOfMonth(lengthMinutes: number): number {
  let windows = 0;
  for (let minute = 1; minute <= TICKS; minute += 1) {
    const across = minute % lengthMinutes === 1 || minute % lengthMinutes === 2;
    windows += across ? 2 : 1;
  }
  return windows;
}

test('a tick a minute writes three minutes, the windows around them, and progress', () => {
  const candles = [5, 15, 60, 240, 1_440].reduce(
    (sum, minutes) => sum + windowsOfMonth(minutes),
    3 * TICKS,
  );
  const month = monthOfAPair(1);
  expect(month).toMatchObject({
    ticks: BigInt(TICKS),
    minutes: BigInt(3 * TICKS),
    candles: BigInt(candles),
  });
  // Days begin 31 times in 730 h, the first at the start: two ticks reach across each, in two segments.
  expect(month.segments).toBe(BigInt(TICKS + 2 * 31));
  expect(month.writeUnits).toBeGreaterThanOrEqual(BigInt(candles + TICKS));
  expect(month.writeUnits).toBeLessThanOrEqual(month.candles + month.segments);
});

test('reads are progress, by fetch and by persist, and at most two queries a window of stored children', () => {
  const { ticks, segments, readUnits } = monthOfAPair(1);
  const progress = ticks + segments;
  expect(readUnits).toBeGreaterThan(progress);
  expect(readUnits).toBeLessThanOrEqual(progress + segments * 10n);
});

test('a month has so many new candles, of each length', () => {
  const candles = 43_800 + 8_760 + 2_920 + 730 + 183 + 31;
  expect(monthOfAPair(1).newRows).toBe(BigInt(candles));
});

test('fewer ticks ask for fewer minutes twice', () => {
  const rare = monthOfAPair(5);
  expect(rare.ticks).toBe(BigInt(TICKS / 5));
  expect(rare.minutes).toBe(BigInt((TICKS / 5) * 7));
  expect(rare.newRows).toBe(monthOfAPair(1).newRows);
});
