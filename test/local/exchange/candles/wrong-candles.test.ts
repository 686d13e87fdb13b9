import {
  badRow,
  uncorrected,
  withZeroCandles,
} from '../../../../local/exchange/candles/wrong-candles';
import { candleAt, MINUTE_MS, NOON_MS } from '../exchange-fixtures';

const candle = candleAt(NOON_MS);

test.each([
  ['low-above-open', { low: '2.50' }],
  ['zero-price', { open: '0' }],
  ['no-number', { close: 'NaN' }],
] as const)('a bad row, %s, differs from the candle by %j', (kind, difference) => {
  expect(badRow(candle, kind)).toEqual({ ...candle, ...difference });
});

test('before it is corrected, a candle lacks a tenth of its volumes', () => {
  expect(uncorrected(candle)).toEqual({
    ...candle,
    baseVolume: '9.000000000',
    quoteVolume: '13.500000000',
  });
});

test('minutes without a trade have a volume of zero at the last price', () => {
  const range = { fromMs: NOON_MS - MINUTE_MS, toMs: NOON_MS + 2 * MINUTE_MS };
  const zero = (price: string) => ({
    open: price,
    high: price,
    low: price,
    close: price,
    baseVolume: '0.00000000',
    quoteVolume: '0.00000000',
  });
  const after = { openTimeMs: NOON_MS + MINUTE_MS, ...zero('1.5') };
  expect(withZeroCandles([candle], range, '1.1')).toEqual([
    { openTimeMs: NOON_MS - MINUTE_MS, ...zero('1.1') },
    candle,
    after,
  ]);
  expect(withZeroCandles([candle], range, undefined)).toEqual([candle, after]);
});
