import { didYouMean, nearestFirst } from '../../cli/near-names';

test('what is most like the wanted name stands first, whatever its case', () => {
  const names = ['ADA_USDT', 'BTC_USD', 'BTC_USDT', 'ETH_BTC'];

  const ordered = nearestFirst('btc-usdt', names);

  expect(ordered).toEqual(['BTC_USDT', 'BTC_USD', 'ADA_USDT', 'ETH_BTC']);
});

test('names that are equally far keep their order', () => {
  expect(nearestFirst('X', ['C', 'A', 'B'])).toEqual(['C', 'A', 'B']);
});

test.each([
  ['KITTEN', ['SITTING', 'KIT'], ['SITTING', 'KIT']],
  ['ABCD', ['ABXCD', 'WXYZ', 'ABC', 'ABCD'], ['ABCD', 'ABXCD', 'ABC', 'WXYZ']],
  ['', ['AB', 'A'], ['A', 'AB']],
])('near %j: %j', (wanted, names, expected) => {
  expect(nearestFirst(wanted, names)).toEqual(expected);
});

test.each([
  ['topcs', 'Did you mean "topics"?'],
  ['TOPICS', 'Did you mean "topics"?'],
  ['kafkas', 'Did you mean "kafka"?'],
  ['zone', undefined],
])('%j asks %j', (wanted, question) => {
  expect(didYouMean(wanted, ['topics', 'kafka', 'pairs'])).toBe(question);
});

test('without names there is nothing to ask', () => {
  expect(didYouMean('topics', [])).toBeUndefined();
});
