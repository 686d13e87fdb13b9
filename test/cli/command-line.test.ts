import { Command, InvalidArgumentError } from 'commander';
import { HelpRequested, parseCommand, timeArgument, UsageError } from '../../cli/command-line';

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
