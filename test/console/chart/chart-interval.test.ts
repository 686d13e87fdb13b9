import { CHART_INTERVALS, minutesOf, openOf, slotOf } from '../../../console/chart/chart-interval';

const at = (time: string): number => Date.parse(time);

it.each([
  ['1m', '2026-11-26T09:41:30Z', '2026-11-26T09:41:00Z'],
  ['4h', '2026-11-26T09:41:00Z', '2026-11-26T08:00:00Z'],
  ['1d', '2026-11-26T23:59:59Z', '2026-11-26T00:00:00Z'],
  // A Thursday, in the week of Monday 23rd.
  ['1w', '2026-11-26T09:41:00Z', '2026-11-23T00:00:00Z'],
  ['1w', '2026-11-23T00:00:00Z', '2026-11-23T00:00:00Z'],
  ['1M', '2026-11-26T09:41:00Z', '2026-11-01T00:00:00Z'],
] as const)('the %s candle of %s opens at %s', (interval, time, open) => {
  expect(openOf(interval, slotOf(interval, at(time)))).toBe(at(open));
});

it.each(CHART_INTERVALS)('the candles of %s follow each other without a hole', (interval) => {
  const slot = slotOf(interval, at('2024-02-28T12:00:00Z'));
  const nextMs = openOf(interval, slot + 1);
  expect(slotOf(interval, nextMs)).toBe(slot + 1);
  expect(slotOf(interval, nextMs - 1)).toBe(slot);
});

it('knows the minutes of months, which differ', () => {
  expect(minutesOf('1M', at('2024-02-01T00:00:00Z'))).toBe(29 * 1_440);
  expect(minutesOf('1w', at('2026-11-23T00:00:00Z'))).toBe(7 * 1_440);
  expect(minutesOf('5m', at('2026-11-23T00:00:00Z'))).toBe(5);
});
