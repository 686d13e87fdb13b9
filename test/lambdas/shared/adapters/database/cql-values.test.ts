import { types } from 'cassandra-driver';
import fc from 'fast-check';
import {
  booleanValue,
  dateValue,
  decimalOf,
  decimalValue,
  intValue,
  longValue,
  textValue,
} from '../../../../../lambdas/shared/adapters/database/cql-values';
import { type Decimal, formatDecimal } from '../../../../../lambdas/shared/domain/decimal';

/** Numbers of every length in bytes, and those beside the edges between lengths. */
const unscaled = fc.oneof(
  fc.bigInt(-(2n ** 300n), 2n ** 300n),
  fc.bigInt(-1_000n, 1_000n),
  fc
    .tuple(fc.integer({ min: 0, max: 200 }), fc.integer({ min: -2, max: 2 }), fc.boolean())
    .map(([bits, off, negative]) => (negative ? -1n : 1n) * (2n ** BigInt(bits) + BigInt(off))),
);
const decimals: fc.Arbitrary<Decimal> = fc.record({
  unscaled,
  scale: fc.integer({ min: 0, max: 30 }),
});

describe('decimalValue', () => {
  it('is what the driver makes of the same number', () => {
    fc.assert(
      fc.property(decimals, (value) => {
        const driver = types.BigDecimal.toBuffer(types.BigDecimal.fromString(formatDecimal(value)));
        expect(decimalValue(value).toString('hex')).toBe(driver.toString('hex'));
      }),
      { numRuns: 2_000 },
    );
  });

  it.each<[bigint, number, string]>([
    [0n, 0, '00000000' + '00'],
    [127n, 2, '00000002' + '7f'],
    [128n, 2, '00000002' + '0080'],
    [-128n, 2, '00000002' + '80'],
    [-129n, 2, '00000002' + 'ff7f'],
    [2n ** 47n - 1n, 1, '00000001' + '7fffffffffff'],
    [2n ** 47n, 1, '00000001' + '00800000000000'],
    [-(2n ** 47n), 1, '00000001' + '800000000000'],
    [-(2n ** 47n) - 1n, 1, '00000001' + 'ff7fffffffffff'],
  ])('of %s at scale %i is as short as can be', (number, scale, hex) => {
    expect(decimalValue({ unscaled: number, scale }).toString('hex')).toBe(hex);
  });

  it('is read back by decimalOf, exactly', () => {
    fc.assert(
      fc.property(decimals, (value) => {
        fc.pre(value.unscaled.toString().length - value.scale <= 60);
        expect(decimalOf(types.BigDecimal.fromBuffer(decimalValue(value)))).toEqual(value);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('longValue', () => {
  it('is the 64-bit form of every number that a double holds exactly', () => {
    const numbers = fc.oneof(
      fc.maxSafeInteger(),
      fc.integer(),
      fc.constantFrom(0, -1, 2 ** 32, -(2 ** 32), 2 ** 32 - 1, -(2 ** 32) - 1),
    );
    fc.assert(
      fc.property(numbers, (value) => {
        expect(longValue(value).readBigInt64BE()).toBe(BigInt(value));
      }),
      { numRuns: 1_000 },
    );
  });

  it('holds a write time in microseconds', () => {
    const observedAtMs = Date.UTC(2026, 0, 15, 12, 7, 0, 123);

    expect(longValue(observedAtMs * 1_000).readBigInt64BE()).toBe(1_768_478_820_123_000n);
  });
});

describe('dateValue', () => {
  it.each(['1970-01-01', '1969-12-31', '2024-02-29', '2026-01-15', '0001-01-01', '9999-12-31'])(
    'of %s is what the driver makes of it',
    (date) => {
      const driver = types.LocalDate.fromString(date).toBuffer();

      expect(dateValue(date).toString('hex')).toBe(driver.toString('hex'));
    },
  );
});

describe('the other values', () => {
  it('are big-endian, UTF-8, and a byte for a boolean', () => {
    expect(intValue(1_440).toString('hex')).toBe('000005a0');
    expect(intValue(-2).toString('hex')).toBe('fffffffe');
    expect(textValue('BTC_€').toString('hex')).toBe('4254435fe282ac');
    expect([booleanValue(true), booleanValue(false)]).toEqual([Buffer.of(1), Buffer.of(0)]);
  });
});
