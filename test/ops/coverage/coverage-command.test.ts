import { coverageCommand } from '../../../ops/coverage/coverage-command';
import { OperationError } from '../../../ops/operation-error';
import { DAY_MS, MINUTE_MS } from '../../../lambdas/shared/domain/interval';
import { unknownDay } from '../../../lambdas/shared/domain/ledger/ledger';
import { marketKey } from '../../../lambdas/shared/domain/market';
import { minuteAt } from '../../fakes/candles';
import { progressTo, sealedDay, storedAuditOf } from '../../fakes/ledger/ledger';
import { statusOf } from '../../fakes/listings';
import { BTC, daysFrom, FakePipelines, pipelineOf, POWR } from '../../fakes/pipelines';

const HISTORY_START = Date.UTC(2026, 2, 1);
const TODAY = Date.UTC(2026, 2, 11);
const NOW = TODAY + 4 * 60 * MINUTE_MS;

/** BTC_USDT has all of its ten days; POWR_BTC has a gap, and is older than what is stored of it. */
function stocked(): FakePipelines {
  const pipelines = new FakePipelines();
  const { store } = pipelines;
  const reached = { liveSinceMs: TODAY - 2 * DAY_MS, seenToMs: NOW - MINUTE_MS };
  const progress = progressTo(NOW - 2 * MINUTE_MS, reached);
  for (const market of [BTC, POWR]) store.status.set(marketKey(market), statusOf({ progress }));
  const yesterday = {
    ...unknownDay(TODAY - DAY_MS),
    audit: storedAuditOf({ observedAtMs: TODAY + 3 * 60 * MINUTE_MS }),
  };
  for (const dayMs of daysFrom(HISTORY_START, 9)) store.putDay(BTC, sealedDay(dayMs));
  store.putDay(BTC, yesterday);
  for (const dayMs of daysFrom(HISTORY_START + 4 * DAY_MS, 5)) {
    store.putDay(POWR, sealedDay(dayMs, { minuteCount: 600, absentCount: 840 }));
  }
  store.putDay(POWR, yesterday);
  const fromMs = HISTORY_START + 5 * DAY_MS + 600 * MINUTE_MS;
  const reason = 'beyond the retention of the exchange';
  store.gaps.set(marketKey(POWR), [{ fromMs, toMs: fromMs + 131 * MINUTE_MS, reason }]);
  for (const market of [BTC, POWR]) {
    const today = { ...minuteAt(TODAY), minuteCount: 200 };
    store.candles.set(marketKey(market), { '1d': [today] });
  }
  return pipelines;
}

async function run(line: string, pipelines = stocked()) {
  const printed = { out: '', err: '' };
  const exitCode = await coverageCommand(line === '' ? [] : line.split(' '), {
    print: (text) => (printed.out += text),
    printError: (text) => (printed.err += text),
    pipelines,
    clock: () => NOW,
  });
  return { exitCode, ...printed, pipelines };
}

test('a line a market says what is stored of it, and what is to come', async () => {
  const { exitCode, out, err, pipelines } = await run('');

  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
  expect(out).toBe(
    [
      'market            from (UTC)  to (UTC)          behind  covered  sealed up to  not sealed yet                        gaps  disputed  history to come',
      'gate-io:BTC_USDT  2026-03-01  2026-03-11 03:59   1 min    100 %  2026-03-10    1 d, next 2026-03-12 00:00               0         0  -',
      'gate-io:POWR_BTC  2026-03-05  2026-03-11 03:59   1 min  98.18 %  2026-03-10    1 d, next 2026-03-12 00:00  1 (2 h 11 min)         0  4 d wait until 2026-04-01',
      '',
    ].join('\n'),
  );
  expect(pipelines.store.closed).toBe(1);
});

test('the stretches of a market say where what is, and why it is not', async () => {
  const { exitCode, out } = await run('gate-io:POWR_BTC');

  expect(exitCode).toBe(0);
  expect(out.split('\n').map((line) => line.trimEnd())).toEqual([
    'state     from (UTC)        to (UTC)              length',
    'missing   2026-03-01 00:00  2026-03-05 00:00         4 d  next request from 2026-04-01 00:00, from the archive',
    'complete  2026-03-05 00:00  2026-03-06 10:00    1 d 10 h',
    'gap       2026-03-06 10:00  2026-03-06 12:11  2 h 11 min  beyond the retention of the exchange',
    'complete  2026-03-06 12:11  2026-03-10 00:00    3 d 11 h',
    'unsealed  2026-03-10 00:00  2026-03-11 00:00         1 d  next request from 2026-03-12 00:00',
    'live      2026-03-11 00:00  2026-03-11 03:59  3 h 59 min',
    'behind    2026-03-11 03:59  2026-03-11 04:00       1 min',
    '',
    'covered: 98.18 % of 5 sealed days',
    'minutes: 4640 stored, 4069 without a trade, 39 not sure yet, 131 in gaps, 5760 of history to come, 1 behind',
    '',
  ]);
});

test('a pair alone names its market, and JSON has the same', async () => {
  const { out } = await run('BTC_USDT --json');

  const { summary, stretches } = JSON.parse(out) as {
    summary: Record<string, unknown>;
    stretches: Record<string, unknown>[];
  };
  expect(summary).toMatchObject({
    market: 'gate-io:BTC_USDT',
    from: '2026-03-01T00:00:00.000Z',
    coveredPercent: '100',
    behindMinutes: 1,
    unsealedDays: 1,
    gaps: 0,
  });
  expect(stretches.map(({ state }) => state)).toEqual(['complete', 'unsealed', 'live', 'behind']);
  expect(stretches[1]).toMatchObject({ dueAt: '2026-03-12T00:00:00.000Z', dueFrom: 'api' });
});

test('CSV has a header, and nothing for nothing', async () => {
  const { out } = await run('--csv');

  const [header, first] = out.split('\r\n');
  expect(header).toMatch(/^market,from,to,behindMinutes,coveredPercent,sealedTo,/);
  expect(first).toMatch(/^gate-io:BTC_USDT,2026-03-01T00:00:00.000Z,/);
  expect((await run('BTC_USDT --csv')).out.split('\r\n')[1]).toBe(
    'gate-io:BTC_USDT,complete,2026-03-01T00:00:00.000Z,2026-03-10T00:00:00.000Z,12960,,,',
  );
  expect(JSON.parse((await run('--json')).out)).toHaveLength(2);
});

test('--check fails if a minute is missing, and says which', async () => {
  const { exitCode, err } = await run('--check');

  expect(exitCode).toBe(1);
  expect(err).toBe('gate-io:POWR_BTC: gaps: 1 (2 h 11 min); 4 d of history are not stored\n');
  expect(await run('BTC_USDT --check')).toMatchObject({ exitCode: 0, err: '' });
  expect(await run('BTC_USDT --check --behind 0')).toMatchObject({
    exitCode: 1,
    err: 'gate-io:BTC_USDT: 1 min behind\n',
  });
});

test('a market without anything stored is told as such', async () => {
  const pipelines = new FakePipelines();
  pipelines.pipeline = pipelineOf({ markets: [BTC] });

  const { out, err, exitCode } = await run('--check', pipelines);

  expect(out).toContain('gate-io:BTC_USDT  -           -');
  expect(out).toContain('6 d, none stored lately; 4 d wait until 2026-04-01');
  expect(err).toBe(
    'gate-io:BTC_USDT: nothing is stored; 10 d of history are not stored; 4 h behind\n',
  );
  expect(exitCode).toBe(1);
});

test('a market that is stored, but not followed any more, can be looked at', async () => {
  const pipelines = stocked();
  pipelines.store.known = [BTC, { exchange: 'gate-io', pair: 'OLD_USDT' }];

  expect(await run('OLD_USDT', pipelines)).toMatchObject({ exitCode: 0, err: '' });
});

test.each([
  [
    'BTC_USTD',
    'There is no market "BTC_USTD" in the local run: choose one of gate-io:BTC_USDT, gate-io:POWR_BTC',
  ],
  [
    'kraken:BTC_USDT',
    'There is no market "kraken:BTC_USDT" in the local run: choose one of gate-io:BTC_USDT, gate-io:POWR_BTC',
  ],
  ['--json --csv', '--json and --csv exclude each other; choose one'],
  ['--behind 3', '--behind is for --check: add it'],
  [
    '--check --behind x',
    "option '--behind <minutes>' argument 'x' is invalid. Expected a whole number of minutes from 0 to 999999.",
  ],
  ['--region eu-central-1', '--region eu-central-1 is for a stage in AWS: add --stage <name>'],
])('invalid arguments: %s', async (line, message) => {
  expect(await run(line)).toMatchObject({ exitCode: 2, out: '', err: `${message}\n` });
});

test('a stage is found by its name, profile and region', async () => {
  const { pipelines } = await run('--stage dev --profile me --region eu-central-1');

  expect(pipelines.choices).toEqual([{ stage: 'dev', profile: 'me', region: 'eu-central-1' }]);
});

test('without a pipeline it fails with the reason', async () => {
  const pipelines = new FakePipelines();
  pipelines.broken = new OperationError('The local run is not running');

  expect(await run('', pipelines)).toMatchObject({
    exitCode: 1,
    out: '',
    err: 'The local run is not running\n',
  });
});
