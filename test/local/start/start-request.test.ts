import { HelpRequested, UsageError } from '../../../cli/command-line';
import { parseStartArguments } from '../../../local/start/start-request';

const NOW_MS = Date.UTC(2026, 0, 15);
const parse = (line: string) =>
  parseStartArguments(
    line.split(' ').filter((word) => word !== ''),
    NOW_MS,
  );

test('without arguments it is the stage dev, by the clock, on the usual ports', () => {
  expect(parse('')).toEqual({
    stage: 'dev',
    engines: 'auto',
    exchange: 'auto',
    pairs: undefined,
    historyStartMs: Date.UTC(2026, 0, 10),
    lies: undefined,
    fresh: false,
    kafkaPort: 9092,
    cassandraPort: 9042,
    replay: undefined,
  });
});

test('all that can be said of a run by the clock', () => {
  const line =
    '--stage prod --engines jvm --exchange ./candles --pairs BTC_USDT,ETH_USDT --fresh --history-start 2024-06-01 --kafka-port 1 --cassandra-port 65535';
  expect(parse(line)).toEqual({
    stage: 'prod',
    engines: 'jvm',
    exchange: './candles',
    pairs: ['BTC_USDT', 'ETH_USDT'],
    historyStartMs: Date.UTC(2024, 5, 1),
    lies: undefined,
    fresh: true,
    kafkaPort: 1,
    cassandraPort: 65_535,
    replay: undefined,
  });
});

test('exchanges are named, and pairs are of each of them or of one', () => {
  const { exchanges, pairs } = parse('--exchanges gate-io,binance --pairs BTC_USDT,binance:A_B');
  expect(exchanges).toEqual(['gate-io', 'binance']);
  expect(pairs).toEqual(['BTC_USDT', 'binance:A_B']);
});

test.each([
  ['', false],
  ['--exit', true],
])('a replay with %j', (option, exit) => {
  const line = `--replay ./candles --from 2018-01-22 --to 2018-01-22T00:01 ${option}`;
  expect(parse(line).replay).toEqual({
    folder: './candles',
    fromMs: Date.UTC(2018, 0, 22),
    toMs: Date.UTC(2018, 0, 22, 0, 1),
    exit,
  });
});

test.each([
  ['--from 2018-01-22', '--from, --to and --exit go with --replay <folder>'],
  ['--to 2018-01-22', '--from, --to and --exit go with --replay <folder>'],
  ['--exit', '--from, --to and --exit go with --replay <folder>'],
  ['--replay x', '--replay needs --from and --to'],
  ['--replay x --from 2018-01-22', '--replay needs --from and --to'],
  ['--replay x --to 2018-01-22', '--replay needs --from and --to'],
  ['--replay x --from 2018-01-22 --to 2018-01-23 --exchange live', 'leave out --exchange'],
  [
    '--replay x --from 2018-01-22 --to 2018-01-23 --history-start 2018-01-01',
    'leave out --exchange',
  ],
  [
    '--replay x --from 2018-01-23 --to 2018-01-22',
    '--from 2018-01-23 00:00 is not before --to 2018-01-22 00:00 (UTC)',
  ],
  ['--replay x --from 2018-01-23 --to 2018-01-23', 'is not before'],
  [
    '--replay x --from 2018-01-22 --to 2018-01-23 --pairs binance:ETH_BTC',
    '--replay is for Gate.io only, and --pairs binance:ETH_BTC is not; choose --pairs ETH_BTC',
  ],
  ['--replay x --from 2018-01-23T00:00:30 --to 2018-01-24', 'Expected a whole minute.'],
  ['--replay x --from 2018-01-23 --to 2018-01-24T00:00:30', 'Expected a whole minute.'],
  ['--history-start 2018-01-23T00:01', 'Expected a UTC day such as 2024-01-01.'],
  ['--history-start yesterday', 'Not a time: "yesterday"'],
  ['--engines podman', 'Allowed choices are auto, docker, jvm.'],
  [
    '--history-start 2009-01-02',
    '--history-start 2009-01-02 is before any market: choose 2009-01-03, the day of the first Bitcoin block, or a later day',
  ],
  [
    '--history-start 2099-01-01',
    "--history-start 2099-01-01 is after the exchange's time, 2026-01-15 00:00 (UTC): choose an earlier",
  ],
  [
    '--pairs BTC-USDT',
    '"BTC-USDT" is not a pair such as BTC_USDT: it has no underscore. Did you mean BTC_USDT?',
  ],
  ['--pairs eth-usdt', 'Did you mean ETH_USDT?'],
  ['--pairs ADABTC', 'Did you mean ADA_BTC?'],
  ['--pairs BTC_USDT,', '"" is not a pair such as BTC_USDT: it is empty.'],
  [`--pairs ${'A'.repeat(60)}_USDT`, 'it has 65 characters, at most 60 are allowed'],
  ['--kafka-port 0', 'Expected a port from 1 to 65535.'],
  ['--kafka-port 65536', 'Expected a port from 1 to 65535.'],
  ['--cassandra-port 9e3', 'Expected a port from 1 to 65535.'],
  ['--cassandra-port 9092', '--kafka-port and --cassandra-port are both 9092; choose two'],
  ['--stage', 'argument missing'],
  ['--quick', "unknown option '--quick'"],
  ['--pair BTC_USDT', "unknown option '--pair' (Did you mean --pairs?)"],
  ['prod', 'too many arguments'],
])('%j is refused', (line, why) => {
  expect(() => parse(line)).toThrow(UsageError);
  expect(() => parse(line)).toThrow(why);
});

test('help says which pairs are followed', () => {
  expect(() => parse('--help')).toThrow(HelpRequested);
  expect(() => parse('--help')).toThrow(/those of the\s+stage, or of the\s+recording/);
});

test('lies have a rate of their own, or the usual one', () => {
  expect(parse('--lies late,stale').lies).toEqual({
    lies: [
      { lie: 'late', exchange: undefined },
      { lie: 'stale', exchange: undefined },
    ],
    rate: 0.05,
  });
  expect(parse('--lies binance:cut --lie-rate 0.5').lies).toEqual({
    lies: [{ lie: 'cut', exchange: 'binance' }],
    rate: 0.5,
  });
});

const REPLAY = '--replay x --from 2018-01-22 --to 2018-01-23';

test.each([
  ['--lies lat', '"lat" is not a lie; choose from'],
  ['--lies lat', 'Did you mean "late"?'],
  ['--lies binanc:late', '"binanc" is not an exchange; choose from'],
  ['--lies binanc:late', 'Did you mean "binance"?'],
  ['--lies binance:late:x', '"binance:late:x" is not a lie such as late'],
  ['--lies binance:late:x', 'nor one of a single exchange such as binance:late.'],
  ['--lies binance:', '"binance:" is not a lie such as late'],
  ['--lies :late', '":late" is not a lie such as late'],
  ['--lies late,', '"" is not a lie such as late'],
  ['--lies binance:lat', '"lat" is not a lie; choose from'],
  [
    '--lies stale:binance',
    '"binance" is an exchange, and not a lie; its lies are such as binance:stale.',
  ],
  ['--lies binance', '"binance" is an exchange, and not a lie; its lies are such as binance:late.'],
  [
    '--lies okx:late-month',
    'OKX has no archive to lie with; choose gate-io:late-month or binance:late-month.',
  ],
  [
    `${REPLAY} --lies binance:late`,
    '--replay is for Gate.io only, and --lies binance:late is not; choose --lies late',
  ],
  ['--lies late --lie-rate 1.5', 'from 0 to 1'],
  ['--lies late --lie-rate often', 'from 0 to 1'],
  ['--lie-rate 0.5', '--lie-rate goes with --lies'],
  ['--lies late --exchange live', 'choose --exchange simulated'],
])('%s is refused: %s', (line, remedy) => {
  expect(() => parse(line)).toThrow(UsageError);
  expect(() => parse(line)).toThrow(remedy);
});
