import fc from 'fast-check';
import { percentText } from '../../../../../lambdas/shared/domain/coverage/percent';

test.each([
  [1_440, 1_440, '100 %'],
  [99_999, 100_000, '99.99 %'],
  [9_999_999, 10_000_000, '99.99 %'],
  [1, 3, '33.33 %'],
  [2, 3, '66.66 %'],
  [1, 1_000, '0.10 %'],
  [0, 1_440, '0.00 %'],
])('%i of %i is %s', (part, whole, text) => {
  expect(percentText({ part, whole })).toBe(text);
});

test('nothing has no share', () => {
  expect(percentText({ part: 0, whole: 0 })).toBeNull();
});

test('only all is 100 %, and no share is told as more than it is', () => {
  const shares = fc
    .integer({ min: 1, max: 10_000_000 })
    .chain((whole) =>
      fc.record({ part: fc.integer({ min: 0, max: whole }), whole: fc.constant(whole) }),
    );
  fc.assert(
    fc.property(shares, ({ part, whole }) => {
      const percent = Number.parseFloat(percentText({ part, whole }) ?? '');
      expect(percent === 100).toBe(part === whole);
      expect(percent).toBeLessThanOrEqual((100 * part) / whole + 1e-9);
    }),
  );
});
