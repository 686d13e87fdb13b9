import fc from 'fast-check';
import {
  followedPairs,
  isOfPattern,
  isPattern,
  pairOrPatternProblem,
  pairsByName,
} from '../../../../../lambdas/shared/domain/followed/pair-patterns';

const part = fc.stringMatching(/^[A-Z0-9_]{0,4}$/);

test.each([
  ['BTC_USDT', '*_USDT', true],
  ['BTC_USDC', '*_USDT', false],
  ['BTC3L_USDT', 'BTC*_USDT', true],
  ['BTC_USDT', 'BTC*_USDT', true],
  ['BTC', 'BTC*BTC', false],
  ['ABAB', 'AB*AB', true],
  ['A_X_B', '*_*_*', true],
  ['A_B', '*_*_*', false],
  ['ANY', '*', true],
  ['币安人生_USDT', '*_USDT', true],
])('%s is named by %s: %s', (pair, pattern, isNamed) => {
  expect(isOfPattern(pair, [pattern])).toBe(isNamed);
});

test('an asterisk stands for whatever is between the other parts', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(part, part), { minLength: 1 }), part, (parts, last) => {
      const pattern = [...parts.map(([fixed]) => `${fixed}*`), last].join('');
      const pair = [...parts.map(([fixed, any]) => fixed + any), last].join('');
      expect(isOfPattern(pair, [pattern])).toBe(true);
    }),
  );
});

test('a pattern says of any text what a regular expression says', () => {
  const texts = fc.stringMatching(/^[AB*]{0,8}$/);
  fc.assert(
    fc.property(fc.stringMatching(/^[AB]{0,10}$/), texts, (pair, text) => {
      const expression = new RegExp(`^${text.replaceAll('*', '.*')}$`);
      expect(isOfPattern(pair, [text])).toBe(isPattern(text) && expression.test(pair));
    }),
  );
});

test('a name is a name, and no pattern of itself', () => {
  expect(pairsByName(['BTC_USDT', '*_BTC'])).toEqual(['BTC_USDT']);
  expect(isOfPattern('BTC_USDT', ['BTC_USDT'])).toBe(false);
});

test('followed are the named ones, and of the stored ones those of a pattern, each once', () => {
  expect(followedPairs(['A_B', '*_USDT'], ['A_USDT', 'A_B', 'C_D'])).toEqual(['A_B', 'A_USDT']);
});

test.each([
  ['*_USDT', undefined],
  ['BTC_USDT', undefined],
  ['*/USDT', 'has the character "/"'],
  ['', 'is empty'],
])('%j can name pairs, or else it says why not: %s', (text, problem) => {
  expect(pairOrPatternProblem(text)).toBe(problem);
});
