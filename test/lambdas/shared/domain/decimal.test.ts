import fc from 'fast-check';
import {
  addDecimals,
  compareDecimals,
  type Decimal,
  formatDecimal,
  InvalidDecimalError,
  parseDecimal,
} from '../../../../lambdas/shared/domain/decimal';

const decimals: fc.Arbitrary<Decimal> = fc.record({
  unscaled: fc.bigInt(-(10n ** 40n), 10n ** 40n),
  scale: fc.integer({ min: 0, max: 20 }),
});

/** The number as a multiple of 10^-20: an oracle that knows no scales. */
function atTwentyDigits({ unscaled, scale }: Decimal): bigint {
  return unscaled * 10n ** BigInt(20 - scale);
}

describe('parseDecimal', () => {
  it.each<[string, bigint, number]>([
    ['67772.5', 677725n, 1],
    ['1.50', 150n, 2],
    ['0.00000001', 1n, 8],
    ['-3.25', -325n, 2],
    ['-0.5', -5n, 1],
    ['1157762.86821200', 115776286821200n, 8],
    ['42', 42n, 0],
    ['0', 0n, 0],
    ['007', 7n, 0],
  ])('reads %s with the scale as written', (text, unscaled, scale) => {
    expect(parseDecimal(text)).toEqual({ unscaled, scale });
  });

  it.each([
    '',
    ' ',
    '1e5',
    '1E-8',
    '.5',
    '5.',
    '+1',
    '--1',
    '1.2.3',
    '1,5',
    ' 1',
    '1\n',
    'NaN',
    'Infinity',
    '0x10',
    '١',
    '9'.repeat(61),
    `0.${'1'.repeat(41)}`,
  ])('refuses %j', (text) => {
    expect(() => parseDecimal(text)).toThrow(InvalidDecimalError);
  });

  it('names the value that it refuses, cut to a readable length', () => {
    expect(() => parseDecimal('x'.repeat(10_000))).toThrow(
      /^Not a decimal number: "x{60}"; expected digits/,
    );
  });

  it('is undone by formatDecimal', () => {
    fc.assert(
      fc.property(decimals, (value) => {
        expect(parseDecimal(formatDecimal(value))).toEqual(value);
      }),
    );
  });
});

describe('formatDecimal', () => {
  it.each<[bigint, number, string]>([
    [150n, 2, '1.50'],
    [1n, 8, '0.00000001'],
    [-5n, 1, '-0.5'],
    [-5n, 3, '-0.005'],
    [0n, 3, '0.000'],
    [7n, 0, '7'],
    [-7n, 0, '-7'],
  ])('writes every digit of the scale of %s x 10^-%s', (unscaled, scale, text) => {
    expect(formatDecimal({ unscaled, scale })).toBe(text);
  });
});

describe('addDecimals', () => {
  it('adds exactly where floating point does not', () => {
    expect(formatDecimal(addDecimals(parseDecimal('0.1'), parseDecimal('0.2')))).toBe('0.3');
  });

  it('gives the exact sum at the larger scale', () => {
    fc.assert(
      fc.property(decimals, decimals, (a, b) => {
        const sum = addDecimals(a, b);
        expect(atTwentyDigits(sum)).toBe(atTwentyDigits(a) + atTwentyDigits(b));
        expect(sum.scale).toBe(Math.max(a.scale, b.scale));
      }),
    );
  });

  it('does not depend on order or grouping', () => {
    fc.assert(
      fc.property(decimals, decimals, decimals, (a, b, c) => {
        const left = addDecimals(addDecimals(a, b), c);
        expect(addDecimals(a, addDecimals(b, c))).toEqual(left);
        expect(addDecimals(c, addDecimals(b, a))).toEqual(left);
      }),
    );
  });
});

describe('compareDecimals', () => {
  it('takes numbers of different scales as equal', () => {
    expect(compareDecimals(parseDecimal('1.5'), parseDecimal('1.500'))).toBe(0);
  });

  it('orders by value, whatever the scales', () => {
    fc.assert(
      fc.property(decimals, decimals, (a, b) => {
        const [left, right] = [atTwentyDigits(a), atTwentyDigits(b)];
        expect(Math.sign(compareDecimals(a, b))).toBe(left < right ? -1 : left > right ? 1 : 0);
      }),
    );
  });
});
