import { Command, InvalidArgumentError } from 'commander';
import {
  HelpRequested,
  nameArgument,
  parseCommand,
  timeArgument,
  UsageError,
  wholeNumberArgument,
} from '../../cli/command-line';

const command = () =>
  new Command('peel').argument('<fruit>').option('--thin').option('--knives <count>', '', Number);

test('positions and options are read', () => {
  expect(parseCommand(command(), ['apple', '--thin', '--knives', '2'])).toEqual({
    positions: ['apple'],
    options: { thin: true, knives: 2 },
  });
});

test.each([
  [[], "missing required argument 'fruit'"],
  [['apple', '--thick'], "unknown option '--thick'"],
  [['apple', 'pear'], /^too many arguments/],
  [['apple', '--knives'], /argument missing$/],
])('%j is refused, in one line', (args, why) => {
  const parse = () => parseCommand(command(), args);
  expect(parse).toThrow(UsageError);
  expect(parse).toThrow(why);
  expect(parse).not.toThrow(/^error|\n./);
});

test('what the command itself throws is passed on', () => {
  const broken = new Command('peel').argument('<fruit>', '', () => {
    throw new RangeError('no such fruit');
  });
  expect(() => parseCommand(broken, ['stone'])).toThrow(new RangeError('no such fruit'));
});

test('help is the text, and not printed', () => {
  expect(() => parseCommand(command(), ['--help'])).toThrow(HelpRequested);
  expect(() => parseCommand(command(), ['--help'])).toThrow(/^Usage: peel .*\n[^]*--thin/);
});

test('a time is UTC milliseconds, and anything else is refused', () => {
  expect(timeArgument('2018-01-22T00:01')).toBe(Date.UTC(2018, 0, 22, 0, 1));
  expect(() => timeArgument('noon')).toThrow(InvalidArgumentError);
  expect(() => timeArgument('noon')).toThrow('Not a time: "noon"');
});

test.each([
  [{ least: 1 }, '9007199254740991', 9_007_199_254_740_991],
  [{ least: 0, most: 60 }, '0', 0],
  [{ least: 0, most: 60 }, '60', 60],
])('with the bounds %j, %s is a whole number', (bounds, text, number) => {
  expect(wholeNumberArgument(bounds)(text)).toBe(number);
});

test.each([
  [{ least: 1 }, '0', 'Expected a whole number from 1.'],
  [{ least: 1 }, '9007199254740993', 'Expected a whole number from 1.'],
  [{ least: 0 }, '-1', 'Expected a whole number from 0.'],
  [{ least: 0 }, '1e3', 'Expected a whole number from 0.'],
  [{ least: 0 }, '', 'Expected a whole number from 0.'],
  [{ unit: 'minutes', least: 5, most: 60 }, '61', 'a whole number of minutes from 5 to 60.'],
])('with the bounds %j, %j is refused', (bounds, text, why) => {
  const read = wholeNumberArgument(bounds);
  expect(() => read(text)).toThrow(InvalidArgumentError);
  expect(() => read(text)).toThrow(why);
});

test('a name is one of its kind, or is refused with all of them', () => {
  const read = nameArgument('fruits', ['apple', 'pear']);
  expect(read('pear')).toBe('pear');
  expect(() => read('peach')).toThrow(InvalidArgumentError);
  expect(() => read('peach')).toThrow('The fruits are apple, pear.');
});
