import * as fc from 'fast-check';
import {
  InvalidNumberLiteralError,
  plainDecimal,
  volumeProduct,
  volumeShare,
} from '../../../../local/exchange/candles/exact-decimals';

it.each([
  ['9.818e-05', '0.00009818'],
  ['9.87e-05', '0.0000987'],
  ['1E3', '1000'],
  ['1.25e1', '12.5'],
  ['100.50', '100.50'],
  ['7', '7'],
  ['-1.5e-1', '-0.15'],
])('writes %s as %s', (literal, plain) => {
  expect(plainDecimal(literal)).toBe(plain);
});

it('writes what JSON writes of any number, to the last digit', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-12, max: 1e15, noNaN: true }), (value) => {
      expect(Number(plainDecimal(JSON.stringify(value)))).toBe(value);
      expect(plainDecimal(JSON.stringify(value))).toMatch(/^\d+(\.\d+)?$/);
    }),
  );
});

it.each(['', 'NaN', '1.', '.5', '1e99', '0x10', '1,5'])('refuses %j', (literal) => {
  expect(() => plainDecimal(literal)).toThrow(InvalidNumberLiteralError);
});

it('multiplies exactly and rounds half up to 8 decimals', () => {
  expect(volumeProduct('3539.49175676', '0.00009802')).toBe('0.34694098');
  expect(volumeProduct('0.00000001', '0.5')).toBe('0.00000001');
  expect(volumeProduct('0.00000001', '0.49')).toBe('0.00000000');
  expect(volumeProduct('2', '3')).toBe('6.00000000');
});

it('takes a share, rounded down', () => {
  expect(volumeShare('10', 1, 3)).toBe('3.33333333');
  expect(volumeShare('0.000000001', 1, 1)).toBe('0.00000000');
});
