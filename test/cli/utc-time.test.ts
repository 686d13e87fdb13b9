import { durationText, InvalidTimeError, minuteText, parseUtcTime } from '../../cli/utc-time';

test.each([
  ['2018-01-22', '2018-01-22T00:00:00.000Z'],
  ['2018-01-22T09:30', '2018-01-22T09:30:00.000Z'],
  ['2018-01-22T00:00Z', '2018-01-22T00:00:00.000Z'],
  ['2018-01-22T09:30:15', '2018-01-22T09:30:15.000Z'],
  ['2018-01-22T09:30:15.25Z', '2018-01-22T09:30:15.250Z'],
  ['2018-01-22T00:30+01:00', '2018-01-21T23:30:00.000Z'],
  ['2020-02-29', '2020-02-29T00:00:00.000Z'],
])('%s is %s', (text, expected) => {
  expect(new Date(parseUtcTime(text)).toISOString()).toBe(expected);
});

test.each([
  '',
  'yesterday',
  '2018-02-30',
  '2018-02-30T10:00Z',
  '2019-02-29',
  '2018-13-01',
  '2018-01-22T24:00Z',
  '2018-01-22T09',
  '2018-01-22 09:30',
  '2018-01-22T09:30+25:00',
  '2018-1-2',
  '2018-01-22Z',
  '1516579200000',
  ' 2018-01-22',
  '2018-01-22\n',
])('%j is refused', (text) => {
  expect(() => parseUtcTime(text)).toThrow(InvalidTimeError);
});

test('the refusal names the text and what is expected', () => {
  expect(() => parseUtcTime('22.01.2018')).toThrow(
    'Not a time: "22.01.2018"; expected a date or a date-time (UTC without a zone)',
  );
});

test('a minute is written without its seconds', () => {
  expect(minuteText(Date.parse('2018-01-22T09:30:59.999Z'))).toBe('2018-01-22 09:30');
});

test.each([
  [0, '0 s'],
  [12_999, '12 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [3 * 60_000 + 59_000, '3 min'],
  [3_600_000, '1 h'],
  [5 * 3_600_000 + 20 * 60_000, '5 h 20 min'],
  [52 * 3_600_000 + 59 * 60_000, '2 d 4 h'],
  [48 * 3_600_000, '2 d'],
])('%i ms are %s', (durationMs, expected) => {
  expect(durationText(durationMs)).toBe(expected);
});
