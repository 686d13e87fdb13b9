import { formatDecimal, parseDecimal } from '../../../lambdas/shared/domain/decimal';
import {
  gigabytes,
  gigabytesText,
  gigabyteSeconds,
  millions,
  millionsText,
  NO_MONEY,
  sum,
  times,
  toCents,
} from '../../../ops/cost/money';

test.each([
  ['0.005', '0.01'],
  ['0.0049999', '0.00'],
  ['99.864', '99.86'],
  ['3', '3.00'],
  ['1.5', '1.50'],
])('%s dollars are %s to the cent', (amount, cents) => {
  expect(formatDecimal(toCents(parseDecimal(amount)))).toBe(cents);
});

test('products are exact, at any scale', () => {
  const price = parseDecimal('0.0000133334');
  expect(formatDecimal(times(price, 3n, parseDecimal('1.5')))).toBe('0.00006000030');
});

test('512 MiB for 2 s are a GB-s', () => {
  expect(toCents(gigabyteSeconds(512, 2_000n))).toEqual(toCents(parseDecimal('1')));
  expect(formatDecimal(gigabyteSeconds(1, 1n))).toBe('0.0000009765625');
});

test('counts become what prices are for', () => {
  expect(formatDecimal(millions(1_500_000n))).toBe('1.500000');
  expect(formatDecimal(gigabytes(2_000_000_001n))).toBe('2.000000001');
});

test('counts are rounded for people only', () => {
  expect(gigabytesText(1_249_999_999n)).toBe('1.2 GB');
  expect(millionsText(43_800n)).toBe('0.04 M');
});

test('a sum of nothing is nothing', () => {
  expect(sum([])).toEqual(NO_MONEY);
  expect(formatDecimal(sum([parseDecimal('0.10'), parseDecimal('0.20')]))).toBe('0.30');
});
