import fc from 'fast-check';
import { judgeListing } from '../../../../../lambdas/shared/domain/followed/listing-verdict';
import type { ListedPair } from '../../../../../lambdas/shared/domain/ports';

const ALL = ['*_USDT'];
const pair = fc.integer({ min: 0, max: 30 }).map((index) => `C${index}_USDT`);
const pairs = fc.uniqueArray(pair);
const listed = (names: readonly string[], isTrading = true): ListedPair[] =>
  names.map((name) => ({ pair: name, isTrading }));

test('a listing that was not given, or is empty, is doubted whatever was followed', () => {
  fc.assert(
    fc.property(pairs, (followed) => {
      expect(judgeListing(undefined, ALL, followed).kind).toBe('doubted');
      expect(judgeListing([], ALL, followed).kind).toBe('doubted');
    }),
  );
});

test('a believed listing ends no more than half of what was followed, and nothing that it trades', () => {
  fc.assert(
    fc.property(pairs, pairs, (trading, followed) => {
      const verdict = judgeListing(listed([...trading, 'A_BTC']), ALL, followed);
      const lacking = followed.filter((name) => !trading.includes(name));
      if (lacking.length > followed.length / 2) {
        expect(verdict.kind).toBe('doubted');
        return;
      }
      expect(verdict).toEqual({ kind: 'believed', trading, gone: lacking });
    }),
  );
});

test('a pair that is listed as not traded is gone', () => {
  const listing = [...listed(['A_USDT', 'B_USDT']), ...listed(['C_USDT'], false)];
  expect(judgeListing(listing, ALL, ['A_USDT', 'B_USDT', 'C_USDT'])).toEqual({
    kind: 'believed',
    trading: ['A_USDT', 'B_USDT'],
    gone: ['C_USDT'],
  });
});

test('an exchange that stops all trading ends nothing', () => {
  expect(judgeListing(listed(['A_USDT'], false), ALL, ['A_USDT'])).toEqual({
    kind: 'doubted',
    reason: 'it lacks 1 of the 1 markets followed before',
  });
});

test('the first listing of a pattern is believed, even if it names nothing', () => {
  expect(judgeListing(listed(['A_BTC']), ALL, [])).toEqual({
    kind: 'believed',
    trading: [],
    gone: [],
  });
});
