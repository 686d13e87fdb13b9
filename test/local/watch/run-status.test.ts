import {
  type PairStatus,
  renderLine,
  renderStatus,
  type RunStatus,
} from '../../../local/watch/run-status';

const nowMs = Date.UTC(2018, 0, 22, 9, 30, 12);
const minute = (hours: number, minutes: number) => Date.UTC(2018, 0, 22, hours, minutes);

const ofBitcoin: PairStatus = {
  pair: 'BTC_USDT',
  newest: { openTimeMs: minute(9, 29), close: '11512.50' },
  seenToMs: minute(9, 30),
  minutesStored: 2_880,
  gaps: 0,
  history: { storedDays: 12, wantedDays: 365, waitingDays: 20 },
  problem: null,
};
const quiet: PairStatus = {
  pair: 'POWR_BTC',
  newest: { openTimeMs: minute(9, 10), close: '0.00008123' },
  seenToMs: minute(9, 27),
  minutesStored: 900,
  gaps: 1,
  history: { storedDays: 1, wantedDays: 1, waitingDays: 0 },
  problem: null,
};
const unborn: PairStatus = {
  pair: 'NEW_USDT',
  newest: null,
  seenToMs: null,
  minutesStored: 0,
  gaps: 0,
  history: null,
  problem: null,
};
const status: RunStatus = {
  exchange: 'simulated, seed 1',
  pairs: [ofBitcoin, quiet, unborn],
  functions: [
    { name: 'fetch', invocations: 1_200, errors: 0, restarts: 0 },
    { name: 'transform', invocations: 1, errors: 1, restarts: 2 },
  ],
  mappings: [
    { name: 'transform', lagRecords: 0 },
    { name: 'persist', lagRecords: 1 },
  ],
  deadLetters: 2,
  throttledRequests: null,
};

test('a status is a table of pairs, with functions, mappings and exchange below', () => {
  expect(renderStatus(status, nowMs)).toBe(
    [
      'pair      newest (UTC)           close  behind  minutes  gaps                   history',
      'BTC_USDT  2018-01-22 09:29    11512.50    12 s    2,880     0  12 of 365 days, 20 later',
      'POWR_BTC  2018-01-22 09:10  0.00008123   3 min      900     1                 all 1 day',
      'NEW_USDT  none yet                   -       -        0     0                         -',
      '',
      'functions     fetch 1,200 invocations; transform 1 invocation, 1 error, 2 restarts',
      'waiting       transform 0 records; persist 1 record',
      'dead letters  2',
      'exchange      simulated, seed 1',
    ].join('\n'),
  );
});

test('a pair whose progress cannot be read is named', () => {
  const problem = 'The row of gate-io:NEW_USDT in the table progress cannot be read';
  const broken = { ...status, pairs: [ofBitcoin, { ...unborn, problem }] };

  const lines = renderStatus(broken, nowMs).split('\n');

  expect(lines).toContainEqual(expect.stringMatching(/^NEW_USDT +unreadable +- +- /));
  expect(lines).toContain(`unreadable    1 pair: ${problem}`);
  expect(renderLine(broken, nowMs)).toContain(', 1 pair unreadable,');
});

test('a status of nothing says so', () => {
  const nothing = {
    exchange: 'live',
    pairs: [],
    functions: [],
    mappings: [],
    deadLetters: 0,
    throttledRequests: null,
  };

  expect(renderStatus(nothing, nowMs).split('\n').slice(-4)).toEqual([
    'functions     none yet',
    'waiting       nothing',
    'dead letters  0',
    'exchange      live',
  ]);
});

test.each([
  ['without progress, by its newest candle', { seenToMs: null }, '12 s'],
  ['days late', { newest: null, seenToMs: nowMs - 52 * 3_600_000 }, '2 d 4 h'],
  ['ahead of the clock', { seenToMs: nowMs + 60_000 }, '0 s'],
])('how far behind: %s', (_, change, expected) => {
  const [, row = ''] = renderStatus(
    { ...status, pairs: [{ ...ofBitcoin, ...change }] },
    nowMs,
  ).split('\n');

  expect(row).toContain(` ${expected}    2,880`);
});

test('no line is longer than the terminal is wide', () => {
  const lines = renderStatus(status, nowMs, { columns: 30, rows: 40 }).split('\n');

  expect(Math.max(...lines.map((line) => line.length))).toBe(30);
  expect(lines[1]).toBe('BTC_USDT  2018-01-22 09:29   …');
  expect(lines.at(-1)).toBe('exchange      simulated, seed…');
});

test('pairs that the terminal is not high enough for are counted', () => {
  const pairs = Array.from({ length: 50 }, (_, at) => ({ ...ofBitcoin, pair: `PAIR${at}_USDT` }));

  const lines = renderStatus({ ...status, pairs }, nowMs, { columns: 100, rows: 12 }).split('\n');

  expect(lines).toHaveLength(12);
  expect(lines[5]).toMatch(/^PAIR4_USDT /);
  expect(lines[6]).toBe('and 45 more');
});

test('pairs that just fit are all shown', () => {
  const lines = renderStatus(status, nowMs, { columns: 100, rows: 9 }).split('\n');

  expect(lines).toHaveLength(9);
  expect(lines[3]).toMatch(/^NEW_USDT /);
});

test('one line for logs', () => {
  expect(renderLine(status, nowMs)).toBe(
    '3 pairs, newest 2018-01-22 09:29 UTC, at most 3 min behind, 3,780 minutes stored, 333 days of history left, 20 days not in the archive yet, 2 dead letters, 1 gap, 1 error, 2 restarts, 1 record waiting',
  );
});

test('one line where nothing is stored, and nothing is wrong', () => {
  const fresh = {
    ...status,
    pairs: [unborn],
    functions: [],
    mappings: [],
    deadLetters: 0,
    throttledRequests: null,
  };

  expect(renderLine(fresh, nowMs)).toBe('1 pair, nothing stored yet, 0 minutes stored');
});
