import {
  changedSlots,
  type CandleWindow,
  emptyWindow,
  indexAt,
  MOST_SLOTS,
  openAt,
  priceDecimals,
  rangeBeside,
  withCandles,
} from '../../../console/chart/candle-window';
import { openOf } from '../../../console/chart/chart-interval';
import { candleRow } from '../candle-rows';

const START_MS = Date.parse('2026-11-26T00:00:00Z');
const start = emptyWindow('1m', START_MS);

function times({ candles }: CandleWindow): string[] {
  return [...candles.keys()]
    .sort((a, b) => a - b)
    .map((slot) => new Date(slot * 60_000).toISOString().slice(11, 16));
}

it('keeps the slots without a candle: a minute without a trade does not close up', () => {
  const range = rangeBeside(start, 5);
  const window = withCandles(start, range, [
    candleRow('2026-11-26T00:00:00Z'),
    candleRow('2026-11-26T00:04:00Z'),
  ]);
  expect(window.toSlot - window.fromSlot).toBe(5);
  expect(times(window)).toEqual(['00:00', '00:04']);
  expect(openAt(window, 4)).toBe(START_MS + 4 * 60_000);
  expect(indexAt(window, START_MS + 4 * 60_000)).toBe(4);
});

it('grows at both ends, and takes an answer for all of its range: a candle that is gone, goes', () => {
  const first = withCandles(start, rangeBeside(start, 3), [
    candleRow('2026-11-26T00:01:00Z'),
    candleRow('2026-11-26T00:02:00Z'),
  ]);
  const older = withCandles(first, rangeBeside(first, -2), [candleRow('2026-11-25T23:59:00Z')]);
  expect(times(older)).toEqual(['23:59', '00:01', '00:02']);
  const tail = { fromMs: START_MS + 60_000, toMs: START_MS + 4 * 60_000 };
  const newer = withCandles(older, tail, [candleRow('2026-11-26T00:03:00Z')]);
  expect(times(newer)).toEqual(['23:59', '00:03']);
  expect(newer.toSlot - newer.fromSlot).toBe(6);
});

it('drops the newest where it grows older than it may, and the oldest where it grows newer', () => {
  const whole = withCandles(start, rangeBeside(start, MOST_SLOTS), [
    candleRow('2026-11-26T00:00:00Z'),
  ]);
  const older = withCandles(whole, rangeBeside(whole, -10), []);
  expect(older.toSlot - older.fromSlot).toBe(MOST_SLOTS);
  expect(older.fromSlot).toBe(whole.fromSlot - 10);
  const newer = withCandles(whole, rangeBeside(whole, 10), []);
  expect(newer.fromSlot).toBe(whole.fromSlot + 10);
  expect(newer.candles.size).toBe(0);
});

it('refuses to leave a hole', () => {
  const window = withCandles(start, rangeBeside(start, 5), []);
  const far = { fromMs: openOf('1m', window.toSlot + 1), toMs: openOf('1m', window.toSlot + 2) };
  expect(() => withCandles(window, far, [])).toThrow(RangeError);
});

it('counts the digits of prices, tiny ones too', () => {
  const rows = [
    candleRow('2026-11-26T00:00:00Z', '0.00000003'),
    candleRow('2026-11-26T00:01:00Z', '1'),
  ];
  expect(priceDecimals(withCandles(start, rangeBeside(start, 2), rows))).toBe(8);
  expect(priceDecimals(start)).toBe(0);
});

it('names the slots that have changed, but not if a candle is new before a later one', () => {
  const rows = [candleRow('2026-11-26T00:01:00Z', '1'), candleRow('2026-11-26T00:03:00Z', '1')];
  const window = withCandles(start, rangeBeside(start, 5), rows);
  const grown = (...more: string[]): CandleWindow =>
    withCandles(window, { fromMs: START_MS, toMs: START_MS + 6 * 60_000 }, [
      ...rows,
      ...more.map((time) => candleRow(time)),
    ]);
  const first = start.fromSlot;
  expect(changedSlots(window, grown())).toEqual([first + 5]);
  expect(changedSlots(window, grown('2026-11-26T00:04:00Z'))).toEqual([first + 4, first + 5]);
  expect(changedSlots(window, grown('2026-11-26T00:03:00Z'))).toEqual([first + 3, first + 5]);
  expect(changedSlots(window, grown('2026-11-26T00:02:00Z'))).toBeUndefined();
  expect(changedSlots(start, window)).toEqual([0, 1, 2, 3, 4].map((slot) => first + slot));
  expect(changedSlots(window, start)).toBeUndefined();
});
