import { HelpRequested, UsageError } from '../../../cli/command-line';
import { parseShowArguments } from '../../../local/show/show-request';

const parse = (line: string) => parseShowArguments(line.split(' ').filter((word) => word !== ''));

test('a range is read as UTC, all of it, as a table', () => {
  expect(parse('BTC_USDT 5m --from 2018-01-22T00:00Z --to 2018-01-23')).toEqual({
    market: 'BTC_USDT',
    interval: '5m',
    fromMs: Date.UTC(2018, 0, 22),
    toMs: Date.UTC(2018, 0, 23),
    limit: undefined,
    format: 'table',
  });
});

test('without a range, it is the newest 20', () => {
  expect(parse('BTC_USDT 1d')).toMatchObject({ fromMs: undefined, toMs: undefined, limit: 20 });
});

test.each([
  ['--from 2018-01-22', undefined],
  ['--to 2018-01-22', undefined],
  ['--limit 3', 3],
  ['--from 2018-01-22 --limit 7', 7],
])('%s has the limit %s', (options, limit) => {
  expect(parse(`BTC_USDT 1m ${options}`).limit).toBe(limit);
});

test.each([
  ['--json', 'json'],
  ['--csv', 'csv'],
  ['', 'table'],
])('%s prints %s', (option, format) => {
  expect(parse(`BTC_USDT 1m ${option}`).format).toBe(format);
});

test.each([
  ['', "missing required argument 'market'"],
  ['BTC_USDT', "missing required argument 'interval'"],
  [
    'BTC_USDT 7m',
    "'7m' is invalid for argument 'interval'. The intervals are 1m, 5m, 15m, 1h, 4h, 1d.",
  ],
  ['BTC_USDT 5m 15m', 'too many arguments'],
  ['BTC_USDT 5m --since 2018', "unknown option '--since'"],
  ['BTC_USDT 5m --from 2018-02-30', 'Not a time: "2018-02-30"'],
  ['BTC_USDT 5m --to soon', 'Not a time: "soon"'],
  ['BTC_USDT 5m --from', 'argument missing'],
  [
    'BTC_USDT 5m --from 2018-01-02 --to 2018-01-01',
    '2018-01-02 00:00 is not before --to 2018-01-01',
  ],
  ['BTC_USDT 5m --from 2018-01-02 --to 2018-01-02T01:00+01:00', 'is not before'],
  ['BTC_USDT 5m --json --csv', '--json and --csv exclude each other'],
  ['BTC_USDT 5m --limit 0', 'Expected a whole number from 1.'],
  ['BTC_USDT 5m --limit -5', 'Expected a whole number from 1.'],
  ['BTC_USDT 5m --limit 1e3', 'Expected a whole number from 1.'],
  ['BTC_USDT 5m --limit 1.5', 'Expected a whole number from 1.'],
])('%j is refused', (line, why) => {
  expect(() => parse(line)).toThrow(UsageError);
  expect(() => parse(line)).toThrow(why);
});

test('help names every option and the intervals', () => {
  expect(() => parse('--help')).toThrow(HelpRequested);
  for (const word of ['--from', '--to', '--limit', '--json', '--csv', '1m 5m 15m 1h 4h 1d']) {
    expect(() => parse('--help')).toThrow(word);
  }
});
