import fc from 'fast-check';
import {
  compareDecimals,
  type Decimal,
  parseDecimal,
} from '../../../lambdas/shared/domain/decimal';
import { unscaledDecimal } from '../../../ops/export/parquet-decimal';

test.each([
  ['0', 0n],
  ['1.50', 1_500_000_000_000_000_000n],
  ['0.000000000000000001', 1n],
  ['0.00000000000000000100', 1n],
  ['-2', -2_000_000_000_000_000_000n],
  ['99999999999999999999.999999999999999999', 10n ** 38n - 1n],
])('%s is %s units', (text, units) => {
  expect(unscaledDecimal(parseDecimal(text))).toBe(units);
});

test.each(['0.0000000000000000001', '1.0000000000000000015', '100000000000000000000'])(
  '%s does not fit',
  (text) => {
    expect(unscaledDecimal(parseDecimal(text))).toBeUndefined();
  },
);

test('what fits is equal to the decimal; what does not is too large, or has too many digits', () => {
  const unscaled = fc.bigInt(-(10n ** 42n), 10n ** 42n);
  const scale = fc.integer({ min: 0, max: 24 });
  fc.assert(
    fc.property(fc.record({ unscaled, scale }), (decimal) => {
      const units = unscaledDecimal(decimal);
      return units === undefined
        ? isTooLarge(decimal) || hasTooManyDigits(decimal)
        : compareDecimals({ unscaled: units, scale: 18 }, decimal) === 0;
    }),
  );
});

function isTooLarge({ unscaled, scale }: Decimal): boolean {
  const magnitude = unscaled < 0n ? -unscaled : unscaled;
  return compareDecimals({ unscaled: magnitude, scale }, { unscaled: 10n ** 20n, scale: 0 }) >= 0;
}

function hasTooManyDigits({ unscaled, scale }: Decimal): boolean {
  return scale > 18 && unscaled % 10n ** BigInt(scale - 18) !== 0n;
}
