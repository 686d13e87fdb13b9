import { exchangeWindows, RECORDED_PAIRS, recordedMinutes } from './recordings';
import { generatedFolder } from './replayed-days';
import { units } from './straight-roll-up';

const MINUTES_A_DAY = 1_440;
const minutesOf = (pair: string) => recordedMinutes(generatedFolder(), pair);

test('one pair trades in every minute', () => {
  const times = minutesOf('ETH_BTC').map(({ openTimeMs }) => openTimeMs);
  expect(times).toHaveLength(11 * MINUTES_A_DAY);
  expect(new Set(times.map((time, index) => time - index * 60_000))).toHaveProperty('size', 1);
});

test('the other has quiet hours, and minutes without a trade in the rest of the day', () => {
  const minutes = minutesOf('POWR_BTC');
  const hours = new Set(minutes.map(({ openTimeMs }) => new Date(openTimeMs).getUTCHours()));
  expect([1, 2, 3].filter((hour) => hours.has(hour))).toEqual([]);
  expect(hours).toHaveProperty('size', 21);
  expect(minutes.length).toBeLessThan(11 * MINUTES_A_DAY * (21 / 24) * 0.9);
});

test('the other has tiny prices, so that neighbouring minutes often tie for the high', () => {
  const highs = minutesOf('POWR_BTC').map(({ high }) => units(high, 8));
  expect(highs.filter((high) => high >= 10_000n)).toEqual([]);
  const ties = highs.filter((high, index) => high === highs[index + 1]);
  expect(ties.length).toBeGreaterThan(highs.length / 10);
});

test.each(RECORDED_PAIRS)('%s has a five-minute candle wherever it has a minute', (pair) => {
  const windows = exchangeWindows(generatedFolder(), pair).map(({ openTimeMs }) => openTimeMs);
  const times = minutesOf(pair).map(({ openTimeMs }) => openTimeMs - (openTimeMs % 300_000));
  expect(windows).toEqual([...new Set(times)].slice(0, windows.length));
  expect(windows.length).toBeGreaterThan(2_000);
});
