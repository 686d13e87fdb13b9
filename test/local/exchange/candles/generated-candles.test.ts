import * as fc from 'fast-check';
import { compareDecimals, parseDecimal } from '../../../../lambdas/shared/domain/decimal';
import { GeneratedCandles } from '../../../../local/exchange/candles/generated-candles';
import type { ExchangeCandle } from '../../../../local/exchange/candles/exchange-candle';
import { MINUTE_MS } from '../exchange-fixtures';

const DAY_MS = 1_440 * MINUTE_MS;
const pairs = ['BTC_USDT', 'SHIB_USDT', 'SMALL_USDT', 'OTHER_BTC'];
const exchange = (seed = 1) => new GeneratedCandles({ seed, pairs });

it('gives the same candles whatever range is asked for, in whatever order', () => {
  const whole = exchange();
  fc.assert(
    fc.property(
      fc.constantFrom(...pairs),
      fc.integer({ min: 0, max: 30_000 }),
      fc.integer({ min: 0, max: 1_439 }),
      fc.integer({ min: 0, max: 3_000 }),
      (pair, day, minute, length) => {
        const from = day * DAY_MS + minute * MINUTE_MS;
        const to = from + length * MINUTE_MS;
        const days = whole.candles(pair, day * DAY_MS, (day + 5) * DAY_MS);
        const expected = days.filter(({ openTimeMs }) => openTimeMs >= from && openTimeMs < to);
        const text = JSON.stringify(exchange().candles(pair, from, to));
        expect(text === JSON.stringify(expected)).toBe(true);
      },
    ),
    { numRuns: 25 },
  );
});

it('forgets days without changing them', () => {
  const forgetful = new GeneratedCandles({ seed: 1, pairs, cachedDays: 1 });
  const first = forgetful.candles('BTC_USDT', 0, 3 * DAY_MS);
  expect(forgetful.candles('BTC_USDT', 0, 3 * DAY_MS)).toEqual(first);
});

it('differs from seed to seed and from pair to pair', () => {
  const closes = (seed: number, pair: string) =>
    exchange(seed)
      .candles(pair, 0, DAY_MS)
      .map(({ close }) => close);
  expect(closes(1, 'SMALL_USDT')).not.toEqual(closes(2, 'SMALL_USDT'));
  expect(closes(1, 'SMALL_USDT')).not.toEqual(closes(1, 'OTHER_BTC'));
});

function canBe({ open, high, low, close, baseVolume, quoteVolume }: ExchangeCandle): boolean {
  const atMost = (a: string, b: string) => compareDecimals(parseDecimal(a), parseDecimal(b)) <= 0;
  const between = [open, close].every((price) => atMost(low, price) && atMost(price, high));
  return between && [low, baseVolume, quoteVolume].every((value) => !atMost(value, '0'));
}

it.each(pairs)('makes candles of %s that can be, and that join', (pair) => {
  const from = Date.UTC(2024, 1, 28);
  const candles = exchange().candles(pair, from, from + 3 * DAY_MS);
  expect(candles.filter((candle) => !canBe(candle))).toEqual([]);
  const apart = candles.filter(({ openTimeMs, open }, index) => {
    const former = candles[index - 1];
    return former?.openTimeMs === openTimeMs - MINUTE_MS && open !== former.close;
  });
  expect(apart).toEqual([]);
  expect(candles.length).toBeGreaterThan(3_600);
});

it.each(pairs)('leaves 2 to 15 of 100 minutes of %s without a trade', (pair) => {
  const empty = 1 - exchange().candles(pair, 0, 10 * DAY_MS).length / 14_400;
  expect(empty).toBeGreaterThan(0.01);
  expect(empty).toBeLessThan(0.16);
});

it('has no candles of other pairs', () => {
  expect(exchange().candles('X_Y', 0, DAY_MS)).toEqual([]);
  expect(exchange().pairs()).toEqual(pairs.toSorted());
});

it.each([
  ['BTC_USDT', 67_000],
  ['ADA_USDT', 0.45],
  ['LTC_USDT', 82],
  ['DOGE_USDC', 0.12],
  ['ETH_BTC', 0.0507],
])('%s trades around %d, whatever the seed', (pair, price) => {
  for (const seed of [1, 2, 3]) {
    const candles = new GeneratedCandles({ seed, pairs: [pair] }).candles(pair, 0, DAY_MS);
    const closes = candles.map(({ close }) => Number(close));
    expect(Math.min(...closes)).toBeGreaterThan(price * 0.4);
    expect(Math.max(...closes)).toBeLessThan(price * 1.6);
  }
});
