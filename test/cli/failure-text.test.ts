import { failureText, isMissingFile } from '../../cli/failure-text';

test.each([
  ['a text', 'a text'],
  [new Error('no disk'), 'no disk'],
  [new AggregateError([new Error('a'), new Error('b')], 'both failed'), 'both failed: a: b'],
  [new TypeError('fetch failed', { cause: new Error('no route') }), 'no route'],
  [
    new TypeError('fetch failed', { cause: new AggregateError([new Error('refused')], '') }),
    'refused',
  ],
])('%p in words: %s', (thrown, text) => {
  expect(failureText(thrown)).toBe(text);
});

test('a missing file is one whose error says so', () => {
  expect(isMissingFile(Object.assign(new Error(''), { code: 'ENOENT' }))).toBe(true);
  expect(isMissingFile(Object.assign(new Error(''), { code: 'EACCES' }))).toBe(false);
  expect(isMissingFile('ENOENT')).toBe(false);
});
