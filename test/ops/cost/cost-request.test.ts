import { HelpRequested, UsageError } from '../../../cli/command-line';
import { parseCostArguments } from '../../../ops/cost/cost-request';

const parse = (line: string) => parseCostArguments(line.split(' ').filter((word) => word !== ''));

test('a stage alone is priced with its own pairs, for people', () => {
  expect(parse('--stage dev')).toEqual({ stage: 'dev', pairs: undefined, json: false });
});

test('another number of pairs, for programs', () => {
  expect(parse('--stage prod --pairs 100 --json')).toEqual({
    stage: 'prod',
    pairs: 100,
    json: true,
  });
});

test.each([
  ['--stage dev --pairs 0', "'0' is invalid. Expected a whole number from 1 to 999999."],
  ['--stage dev --pairs -3', "'-3' is invalid. Expected a whole number from 1 to 999999."],
  ['--stage dev --pairs 1.5', "'1.5' is invalid. Expected a whole number from 1 to 999999."],
  ['--stage dev --pairs many', "'many' is invalid. Expected a whole number from 1 to 999999."],
  ['--stage dev --yaml', "unknown option '--yaml'"],
  ['--stage dev more', 'too many arguments'],
])('%s is refused: %s', (line, message) => {
  expect(() => parse(line)).toThrow(UsageError);
  expect(() => parse(line)).toThrow(message);
});

test('help names the options', () => {
  expect(() => parse('--help')).toThrow(HelpRequested);
  expect(() => parse('--help')).toThrow('--pairs <number>');
});
