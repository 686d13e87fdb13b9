import fc from 'fast-check';
import { judgeListing } from '../../../../../lambdas/shared/domain/followed/listing-verdict';
import type { ListedPair } from '../../../../../lambdas/shared/domain/ports';

const ALL = ['*_USDT'];
const pair = fc.integer({ min: 0, max: 30 }).map((index) => `C${index}_USDT`);
const pairs = fc.uniqueArray(pair);
const listed = (names: readonly string[], isTrading = true): ListedPair[] =>
  names.map((name) => ({ pair: name, isTrading }));

test('a listing that was not given, is empty or trades nothing is unheard whatever was followed', () => {
  fc.assert(
    fc.property(pairs, pairs, (names, followed) => {
      for (const listing of [undefined, [], listed(names, false)]) {
        expect(judgeListing(listing, ALL, followed).kind).toBe('unheard');
      }
    }),
  );
});

test('what is traded begins by any other listing; what lacks is doubted if it is more than half', () => {
  fc.assert(
    fc.property(pairs, pairs, (trading, followed) => {
      const verdict = judgeListing(listed([...trading, 'A_BTC']), ALL, followed);
      const lacking = followed.filter((name) => !trading.includes(name));
      const isDoubted = lacking.length > followed.length / 2;
      expect(verdict).toEqual({
        kind: 'heard',
        trading,
        lacking,
        doubt: isDoubted
          ? `it lacks ${lacking.length} of the ${followed.length} markets followed before`
          : null,
      });
    }),
  );
});

test('a pair that is listed as not traded is lacking', () => {
  const listing = [...listed(['A_USDT', 'B_USDT']), ...listed(['C_USDT'], false)];
  expect(judgeListing(listing, ALL, ['A_USDT', 'B_USDT', 'C_USDT'])).toEqual({
    kind: 'heard',
    trading: ['A_USDT', 'B_USDT'],
    lacking: ['C_USDT'],
    doubt: null,
  });
});

test('an exchange that stops all trading ends nothing', () => {
  expect(judgeListing(listed(['A_USDT'], false), ALL, ['A_USDT'])).toEqual({
    kind: 'unheard',
    reason: 'it has no pair that is traded',
  });
});

test('the first listing of a pattern is heard, even if it names nothing', () => {
  expect(judgeListing(listed(['A_BTC']), ALL, [])).toEqual({
    kind: 'heard',
    trading: [],
    lacking: [],
    doubt: null,
  });
});
