import { durationText, endText, readTime, roughDurationText } from '../../../console/page/times';

it.each([
  ['2026', '2026-01-01T00:00:00Z'],
  ['2026-03', '2026-03-01T00:00:00Z'],
  ['2026-3-4', '2026-03-04T00:00:00Z'],
  [' 2026-03-04 10:05 ', '2026-03-04T10:05:00Z'],
  ['2026-03-04T10:05:00Z', '2026-03-04T10:05:00Z'],
  ['2026-03-04 1005', '2026-03-04T10:05:00Z'],
])('reads %p as a time in UTC', (text, time) => {
  expect(readTime(text)).toBe(Date.parse(time));
});

it.each(['', 'now', '26', '2026-13', '2026-02-30', '2026-03-04 24:00', '2026-03-04 10:61'])(
  'does not read %p',
  (text) => {
    expect(readTime(text)).toBeUndefined();
  },
);

it.each([
  [0, '0 s', '0 s'],
  [40_000, '40 s', '40 s'],
  [131 * 60_000, '2 h 11 min', '2 h'],
  [120 * 60_000, '2 h', '2 h'],
  [(62 * 24 + 10) * 3_600_000, '62 d 10 h', '62 d'],
])('writes %p ms in two units, or in one', (lengthMs, two, one) => {
  expect(durationText(lengthMs)).toBe(two);
  expect(roughDurationText(lengthMs)).toBe(one);
});

it.each([
  ['2026-03-04T10:00:00Z', '2026-03-04T12:11:00Z', '12:11'],
  ['2026-03-04T10:00:00Z', '2026-03-05T00:00:00Z', '2026-03-05 00:00'],
])('writes the end of %p to %p with its day only if it is another', (from, to, text) => {
  expect(endText(Date.parse(from), Date.parse(to))).toBe(text);
});
