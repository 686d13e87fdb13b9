import { parseLocalstackArguments } from '../../../local/localstack/localstack-request';
import { endpointOf } from '../../../local/containers/compose-project';
import { localstackProject } from '../../../local/localstack/localstack-project';
import { oncePerMinute } from '../../../local/localstack/command';

test('without arguments everything is brought up', () => {
  expect(parseLocalstackArguments([])).toEqual({
    kind: 'up',
    exchange: 'auto',
    settings: {},
    ui: false,
    replace: false,
    exchangeTimeMs: undefined,
    exchanges: undefined,
    pairs: undefined,
    historyStartMs: undefined,
  });
});

test('all options of a run', () => {
  const args = [
    '--exchange',
    'simulated',
    '--exchange-time',
    '2018-01-23T02:00',
    '--ui',
    '--replace',
  ];
  const pairs = ['--exchanges', 'gate-io,okx', '--pairs', 'BTC_USDT,okx:ETH_USDT'];
  const more = [...pairs, '--history-start', '2018-01-23'];
  const settings = ['--settings', '{"scheduleMinutes":5}'];
  expect(parseLocalstackArguments([...args, ...more, ...settings])).toEqual({
    kind: 'up',
    exchange: 'simulated',
    exchanges: ['gate-io', 'okx'],
    pairs: ['BTC_USDT', 'okx:ETH_USDT'],
    ui: true,
    replace: true,
    exchangeTimeMs: Date.UTC(2018, 0, 23, 2),
    historyStartMs: Date.UTC(2018, 0, 23),
    settings: { scheduleMinutes: 5 },
  });
});

test.each([
  [['--down'], { kind: 'down', volumes: false }],
  [['--down', '--volumes'], { kind: 'down', volumes: true }],
  [['--logs', 'persist', '--follow'], { kind: 'logs', of: 'persist', follow: true }],
  [['--difference'], { kind: 'difference' }],
])('%j', (args, request) => {
  expect(parseLocalstackArguments(args)).toEqual(request);
});

test.each([
  [['--volumes'], /--volumes goes with --down/],
  [['--follow'], /--follow goes with --logs/],
  [['--down', '--logs', 'fetch'], /cannot be used with option/],
  [['--logs', 'fetsch'], /The functions are fetch, reconcile, transform, persist/],
  [
    ['--exchanges', 'gate-io', '--settings', '{"exchanges":[]}'],
    /Give --exchanges, or exchanges in --settings; leave one of them out/,
  ],
  [['--settings', '[1]'], /Expected a JSON object/],
  [['--settings', '{'], /Expected a JSON object/],
  [
    ['--exchange', 'live', '--exchange-time', '2018-01-23'],
    /--exchange-time goes with an exchange/,
  ],
])('%j is refused', (args, message) => {
  expect(() => parseLocalstackArguments(args)).toThrow(message);
});

test('ports and names come from the environment, as for the compose file', () => {
  const project = localstackProject({ KAFKA_PORT: '19092', CANDLESTREAM_DATA_DIR: '/data' });
  expect(project).toMatchObject({
    projectName: 'candlestream-localstack',
    folder: '/data/localstack',
    ports: { localstack: 4566, kafka: 19092, cassandra: 9042 },
  });
  expect(endpointOf(project, 'kafka')).toBe('127.0.0.1:19092');
  expect(localstackProject({ COMPOSE_PROJECT_NAME: '' }).projectName).toBe(
    'candlestream-localstack',
  );
  expect(() => localstackProject({ KAFKA_PORT: '0' })).toThrow('KAFKA_PORT is "0": give a port');
});

test('warnings that alternate are shown once a minute each', () => {
  const said: string[] = [];
  let nowMs = 0;
  const note = oncePerMinute(
    (line) => said.push(line),
    () => nowMs,
  );
  for (const line of ['a', 'b', 'a', 'b']) note(line);
  nowMs = 60_000;
  note('a');
  expect(said).toEqual(['a', 'b', 'a']);
});
