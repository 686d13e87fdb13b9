import fc from 'fast-check';
import {
  calendarWindows,
  firstStartFrom,
  shifted,
} from '../../../../../lambdas/shared/domain/calendar/calendar-windows';
import { DAY_MS, MINUTE_MS } from '../../../../../lambdas/shared/domain/interval';
import { windowsBy, windowsUpFrom } from '../../../../../lambdas/shared/domain/roll-up';
import { DAY, minutesIn, minutesOfDay } from '../../../../fakes/candles';

const HOUR_MS = 60 * MINUTE_MS;
const INDIA_MS = 5.5 * HOUR_MS;

test('a week starts on Monday', () => {
  const windows = calendarWindows('1w');
  // DAY is a Thursday.
  expect(new Date(windows.startOf(DAY)).toISOString()).toBe('2026-01-12T00:00:00.000Z');
  expect(windows.startOf(Date.UTC(2026, 0, 12))).toBe(Date.UTC(2026, 0, 12));
  expect(windows.startOf(Date.UTC(2026, 0, 12) - 1)).toBe(Date.UTC(2026, 0, 5));
  expect(windows.endOf(Date.UTC(2026, 0, 12))).toBe(Date.UTC(2026, 0, 19));
});

test('a month is a calendar month, of a leap year too', () => {
  const windows = calendarWindows('1M');
  expect(windows.startOf(DAY)).toBe(Date.UTC(2026, 0, 1));
  expect(windows.endOf(Date.UTC(2028, 1, 1))).toBe(Date.UTC(2028, 2, 1));
  expect(windows.endOf(Date.UTC(2026, 11, 1))).toBe(Date.UTC(2027, 0, 1));
});

test('a day of another time zone starts at its midnight', () => {
  const windows = calendarWindows('1d', INDIA_MS);
  expect(new Date(windows.startOf(DAY)).toISOString()).toBe('2026-01-14T18:30:00.000Z');
  expect(windows.endOf(windows.startOf(DAY)) - windows.startOf(DAY)).toBe(DAY_MS);
});

test.each([
  ['1h', 0, '1h', true],
  ['1d', 0, '1d', true],
  ['1w', 0, '1d', false],
  ['1M', 0, '1d', false],
  ['1d', 8 * HOUR_MS, '4h', false],
  ['1d', -5 * HOUR_MS, '1h', false],
  ['1d', INDIA_MS, '15m', false],
  ['1M', 5.75 * HOUR_MS, '15m', false],
] as const)('%s at an offset of %d ms is made of %s', (interval, offsetMs, source, areKept) => {
  expect(calendarWindows(interval, offsetMs)).toMatchObject({ source, areKept });
});

const INTERVAL = fc.constantFrom('1d' as const, '1w' as const, '1M' as const);
const OFFSET = fc
  .integer({ min: -14 * 4, max: 14 * 4 })
  .map((quarters) => quarters * 15 * MINUTE_MS);
const TIME = fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) });

test('every time lies in one window, and the next one follows it', () => {
  fc.assert(
    fc.property(INTERVAL, OFFSET, TIME, (interval, offsetMs, timeMs) => {
      const windows = calendarWindows(interval, offsetMs);
      const startMs = windows.startOf(timeMs);
      const endMs = windows.endOf(startMs);
      expect(startMs <= timeMs && timeMs < endMs).toBe(true);
      expect(windows.startOf(endMs)).toBe(endMs);
      expect(windows.startOf(endMs - 1)).toBe(startMs);
      expect(firstStartFrom(windows, startMs)).toBe(startMs);
      expect(firstStartFrom(windows, startMs + 1)).toBe(endMs);
      expect(shifted(windows, shifted(windows, startMs, 13), -13)).toBe(startMs);
    }),
  );
});

test('windows rolled up from the kept ones equal those straight from minutes, to the last digit', () => {
  const minutes = minutesIn(DAY, DAY + DAY_MS);
  const kept = windowsUpFrom(minutes);
  for (const [interval, offsetMs] of [
    ['1w', 0],
    ['1M', 0],
    ['1d', INDIA_MS],
    ['1d', 8 * HOUR_MS],
    ['1d', -3 * HOUR_MS],
    ['1w', INDIA_MS],
  ] as const) {
    const windows = calendarWindows(interval, offsetMs);
    expect(windowsBy(windows, kept[windows.source] ?? [])).toEqual(windowsBy(windows, minutes));
  }
});

test('the same of any minutes', () => {
  fc.assert(
    fc.property(minutesOfDay(40), INTERVAL, OFFSET, (minutes, interval, offsetMs) => {
      const windows = calendarWindows(interval, offsetMs);
      const kept = windowsUpFrom(minutes)[windows.source] ?? [];
      expect(windowsBy(windows, kept)).toEqual(windowsBy(windows, minutes));
    }),
    { numRuns: 50 },
  );
});
