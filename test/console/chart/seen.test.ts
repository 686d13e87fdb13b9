import { emptyWindow, rangeBeside, withCandles } from '../../../console/chart/candle-window';
import { newestRange } from '../../../console/chart/seen';

const START_MS = Date.parse('2026-11-01T00:00:00Z');
const MINUTE_MS = 60_000;
const start = emptyWindow('1m', START_MS);
const window = withCandles(start, rangeBeside(start, 12_000), []);

it('has all that is in sight, as long as that is not too much', () => {
  expect(newestRange({ window, visible: { from: 10, to: 5_009 } }, 5_000)).toEqual({
    fromMs: START_MS + 10 * MINUTE_MS,
    toMs: START_MS + 5_010 * MINUTE_MS,
    isAll: true,
  });
});

it('has the newest of what is more', () => {
  expect(newestRange({ window, visible: { from: -3.5, to: 12_004 } }, 5_000)).toEqual({
    fromMs: START_MS + 7_000 * MINUTE_MS,
    toMs: START_MS + 12_000 * MINUTE_MS,
    isAll: false,
  });
});

it('has nothing before there is anything in sight', () => {
  expect(newestRange({ window, visible: undefined }, 5_000)).toBeUndefined();
});
