import { DAY_MS, MINUTE_MS } from '../../../lambdas/shared/domain/interval';
import { type LedgerDay, unknownDay } from '../../../lambdas/shared/domain/ledger/ledger';
import { marketKey } from '../../../lambdas/shared/domain/market';
import {
  type Archive,
  ArchiveMissingError,
  type Exchange,
} from '../../../lambdas/shared/domain/ports';
import { windowsUpFrom } from '../../../lambdas/shared/domain/roll-up';
import { reconcileCommand } from '../../../ops/reconcile/reconcile-command';
import { minuteAt } from '../../fakes/candles';
import { FakeExchange } from '../../fakes/exchange/exchange';
import { progressTo, sealedDay, storedAuditOf } from '../../fakes/ledger/ledger';
import { statusOf } from '../../fakes/listings';
import { BTC, daysFrom, FakePipelines } from '../../fakes/pipelines';

const TODAY = Date.UTC(2026, 3, 11);
const NOW = TODAY + 4 * 60 * MINUTE_MS;
const APRIL = Date.UTC(2026, 3, 1);
const MARCH = Date.UTC(2026, 2, 1);

/** April until yesterday is sealed, and March too. */
function stocked(): FakePipelines {
  const pipelines = new FakePipelines();
  const progress = progressTo(NOW - 2 * MINUTE_MS, { liveSinceMs: APRIL });
  pipelines.store.status.set(marketKey(BTC), statusOf({ progress }));
  pipelines.store.databaseTimeMs = NOW;
  for (const dayMs of daysFrom(MARCH, 41)) {
    const observedAtMs = dayMs + DAY_MS + 180 * MINUTE_MS;
    pipelines.store.putDay(BTC, sealedDay(dayMs, { observedAtMs }));
  }
  return pipelines;
}

const noArchive: Archive = {
  days: () => {
    throw new Error('The archive is not to be asked.');
  },
};

interface Scene {
  readonly pipelines?: FakePipelines;
  readonly exchange?: Pick<Exchange, 'candles'>;
  readonly archive?: Archive;
  readonly signal?: AbortSignal;
  /** Is called each time the command waits, with the time that it has by then. */
  readonly onWait?: (nowMs: number) => void;
}

async function run(line: string, scene: Scene = {}) {
  const { pipelines = stocked(), archive = noArchive } = scene;
  const exchange =
    scene.exchange ??
    new FakeExchange(() => {
      throw new Error('The exchange is not to be asked.');
    });
  const printed = { out: '', err: '' };
  let nowMs = NOW;
  const exitCode = await reconcileCommand(line.split(' '), {
    print: (text) => (printed.out += text),
    printError: (text) => (printed.err += text),
    clock: () => nowMs,
    wait: (ms) => {
      nowMs += ms;
      scene.onWait?.(nowMs);
      return Promise.resolve();
    },
    signal: scene.signal ?? new AbortController().signal,
    pipelines,
    exchange: () => exchange,
    archive: () => archive,
  });
  return { exitCode, ...printed, store: pipelines.store };
}

/** A day that was audited after its seal was taken off. */
function auditedAgain(dayMs: number, fields: Parameters<typeof storedAuditOf>[0]): LedgerDay {
  return { ...unknownDay(dayMs), reopenedAtMs: NOW, audit: storedAuditOf(fields) };
}

describe('a repair', () => {
  test('takes the seals off, waits for the audits, and tells what has changed', async () => {
    const pipelines = stocked();
    const [first = 0, second = 0] = daysFrom(APRIL + 6 * DAY_MS, 2);
    const onWait = (nowMs: number): void => {
      if (nowMs < NOW + 60_000) return;
      const audit = { observedAtMs: nowMs, minuteCount: 1_437, absentCount: 3, correctedCount: 2 };
      pipelines.store.putDay(BTC, auditedAgain(first, audit));
      pipelines.store.putDay(BTC, auditedAgain(second, { observedAtMs: nowMs, agreed: true }));
    };

    const line = '--market gate-io:BTC_USDT --from 2026-04-07 --to 2026-04-09';
    const { exitCode, out, err, store } = await run(line, { pipelines, onWait });

    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    expect(store.reopened).toEqual(['gate-io:BTC_USDT 2026-04-07', 'gate-io:BTC_USDT 2026-04-08']);
    expect(out.split('\n')).toEqual([
      'gate-io:BTC_USDT of the local run: 2 days are unsealed, and requested again at one of the next firings of reconcile (days of the last month within minutes, older ones within an hour)',
      'day (UTC)   source  minutes  absent  corrected  state',
      '2026-04-07  api        1437       3          2  changed; next request from 2026-04-11 05:01',
      '2026-04-08  api        1440       0          0  nothing changed; next request from 2026-04-12 00:00',
      '',
    ]);
    expect(store.closed).toBe(1);
  });

  test('is done once the archive has sealed the days', async () => {
    const pipelines = stocked();
    const onWait = (observedAtMs: number): void => {
      const sealed = sealedDay(MARCH, { observedAtMs, source: 'archive', correctedCount: 1_440 });
      pipelines.store.putDay(BTC, sealed);
    };

    const line = '--market BTC_USDT --from 2026-03-01 --to 2026-03-02';
    const { exitCode, out } = await run(line, { pipelines, onWait });

    expect(exitCode).toBe(0);
    expect(out).toContain('1 day is unsealed, and requested again');
    expect(out).toContain('2026-03-01  archive     1440       0       1440  sealed\n');
  });

  test('does not wait for days that neither API nor archive has now', async () => {
    const { exitCode, out, store } = await run(
      '--market BTC_USDT --from 2026-04-01 --to 2026-04-03',
    );

    expect(exitCode).toBe(1);
    expect(store.reopened).toHaveLength(2);
    expect(out).toContain(
      '2 days are not available now: the API no longer serves all of 2026-04-01, and the archive has its month from 2026-05-01 00:00 on',
    );
    expect(out).toContain('2 days are not audited yet. The ledger goes on by itself');
  });

  test('tells why a day is refused', async () => {
    const pipelines = stocked();
    const dayMs = APRIL + 8 * DAY_MS;
    const onWait = (askedAtMs: number): void => {
      const ask = { askedAtMs, askCount: 1, refusal: 'ExchangeError: 503' };
      pipelines.store.putDay(BTC, { ...unknownDay(dayMs), reopenedAtMs: NOW, ask });
    };

    const line = '--market BTC_USDT --from 2026-04-09 --to 2026-04-10';
    const { exitCode, out } = await run(line, { pipelines, onWait });

    expect(exitCode).toBe(1);
    expect(out).toContain('refused: ExchangeError: 503; next request from 2026-04-11 05:00');
  });

  test('ends at its time limit; the ledger goes on', async () => {
    const line = '--market BTC_USDT --from 2026-04-09 --to 2026-04-10 --time-limit 2';
    const { exitCode, out } = await run(line);

    expect(exitCode).toBe(1);
    expect(out.split('\n').at(-2)).toBe(
      'after 2 min at most: 1 day is not audited yet. The ledger goes on by itself; "npm run coverage -- gate-io:BTC_USDT" shows how far it is',
    );
  });

  test('ends with Ctrl-C; the ledger goes on', async () => {
    const stop = new AbortController();
    const line = '--market BTC_USDT --from 2026-04-09 --to 2026-04-10';
    const { exitCode, out } = await run(line, {
      signal: stop.signal,
      onWait: () => stop.abort(),
    });

    expect(exitCode).toBe(1);
    expect(out).toContain(
      '2026-04-09  api        1440       0          0  next request at one of the next firings',
    );
    expect(out).toContain('stopped: 1 day is not audited yet. The ledger goes on by itself');
  });

  test('of a machine whose clock is slow is later than what is stored all the same', async () => {
    const pipelines = stocked();
    const [audited = 0, asked = 0] = daysFrom(APRIL + 6 * DAY_MS, 2);
    const ask = { askedAtMs: NOW + 5_000, askCount: 1, refusal: null };
    pipelines.store.putDay(BTC, sealedDay(audited, { observedAtMs: NOW + 9_000 }));
    pipelines.store.putDay(BTC, { ...sealedDay(asked), ask });

    const line = '--market BTC_USDT --from 2026-04-07 --to 2026-04-10 --time-limit 1';
    const { store } = await run(line, { pipelines });

    expect(store.reopenedAtMs).toEqual([NOW + 9_001, NOW + 5_001, NOW]);
  });

  test('is refused if the clock of this machine is ahead: its time would win over the next audits', async () => {
    const pipelines = stocked();
    pipelines.store.databaseTimeMs = NOW - 5 * MINUTE_MS - 1;

    const line = '--market BTC_USDT --from 2026-04-07 --to 2026-04-08';
    const { exitCode, err, store } = await run(line, { pipelines });

    expect(exitCode).toBe(1);
    expect(err).toBe(
      'The clock of this machine, 2026-04-11 04:00, is ahead of that of the local run, 2026-04-11 03:54: no audit before the former could seal the days. Set the clock, and try again\n',
    );
    expect(store.reopened).toEqual([]);
  });

  test('fails if a seal does not come off', async () => {
    const pipelines = stocked();
    pipelines.store.keepsSeals = true;

    const line = '--market BTC_USDT --from 2026-04-07 --to 2026-04-09';
    const { exitCode, err } = await run(line, { pipelines });

    expect(exitCode).toBe(1);
    expect(err).toBe(
      'The seal of 2026-04-08 of gate-io:BTC_USDT in the local run has not come off (2 days are still sealed): the ledger has a newer write of it. Try again\n',
    );
  });

  test('leaves out days before the listing, and days that are not settled', async () => {
    const pipelines = stocked();
    const progress = progressTo(APRIL + 2 * DAY_MS, { liveSinceMs: APRIL });
    const status = statusOf({ progress, listedSinceMs: APRIL + 60_000 });
    pipelines.store.status.set(marketKey(BTC), status);

    const { store } = await run('--market BTC_USDT --from 2026-03-01 --to 2026-04-11', {
      pipelines,
    });
    const tooNew = await run('--market BTC_USDT --from 2026-04-09 --to 2026-04-11', { pipelines });
    const tooOld = await run('--market BTC_USDT --from 2026-03-09 --to 2026-03-11', { pipelines });

    expect(store.reopened).toEqual(['gate-io:BTC_USDT 2026-04-01', 'gate-io:BTC_USDT 2026-04-02']);
    expect(tooNew).toMatchObject({
      exitCode: 1,
      err: 'gate-io:BTC_USDT has none of these days: it is settled up to 2026-04-03 00:00, and an audit needs a whole settled day\n',
    });
    expect(tooOld.err).toBe(
      'gate-io:BTC_USDT has none of these days: it is listed since 2026-04-01 00:01\n',
    );
  });
});

describe('a dry run', () => {
  const dayMs = APRIL + 8 * DAY_MS;
  const line = '--market BTC_USDT --from 2026-04-09 --to 2026-04-10 --dry-run';
  const minute = (index: number, texts: Parameters<typeof minuteAt>[1] = {}) =>
    minuteAt(dayMs + index * MINUTE_MS, texts);

  function withStored(minutes: ReturnType<typeof minuteAt>[]): FakePipelines {
    const pipelines = stocked();
    pipelines.store.candles.set(marketKey(BTC), windowsUpFrom(minutes));
    return pipelines;
  }

  test('finds no difference where there is none, and writes nothing', async () => {
    const exchange = new FakeExchange(() => [minute(0), minute(1)]);
    const pipelines = withStored([minute(0), minute(1)]);

    const { exitCode, out, store } = await run(line, { exchange, pipelines });

    expect(exitCode).toBe(0);
    expect(out).toBe('2026-04-09  api      2 minutes stored, 2 answered: no difference\n');
    expect(store.reopened).toEqual([]);
    expect(exchange.requests).toMatchObject([{ fromMs: dayMs, toMs: dayMs + DAY_MS }]);
  });

  test('prints every minute that differs', async () => {
    const exchange = new FakeExchange(() => ({
      candles: [minute(0), minute(1, { close: '10.25', quote: '21' }), minute(3)],
      rejected: [{ openTimeMs: dayMs + 4 * MINUTE_MS, reason: 'its high is below its low' }],
    }));
    const pipelines = withStored([minute(0), minute(1), minute(2)]);

    const { exitCode, out } = await run(line, { exchange, pipelines });

    expect(exitCode).toBe(1);
    expect(out.split('\n')).toEqual([
      '2026-04-09  api      3 minutes stored, 3 answered: 1 added, 1 changed, 1 missing in the answer, 1 rejected, 5 windows to write anew',
      '  added     2026-04-09 00:03  open 10.5, high 11, low 9.75, close 10, base volume 2, quote volume 20.6',
      '  changed   2026-04-09 00:01  close 10 -> 10.25, quote volume 20.6 -> 21',
      '  missing   2026-04-09 00:02  open 10.5, high 11, low 9.75, close 10, base volume 2, quote volume 20.6',
      '  rejected  2026-04-09 00:04  its high is below its low',
      '',
    ]);
  });

  test('prints no more than twenty minutes of a kind', async () => {
    const exchange = new FakeExchange(({ fromMs }) =>
      Array.from({ length: 25 }, (_, index) => minuteAt(fromMs + index * MINUTE_MS)),
    );

    const { out } = await run(line, { exchange });

    expect(out.match(/^ {2}added/gm)).toHaveLength(20);
    expect(out).toContain('  ... and 5 more\n');
  });

  test('reads the months of the archive for days that the API no longer serves', async () => {
    const archive: Archive = {
      async *days({ daysMs, monthMs }) {
        await Promise.resolve();
        if (monthMs === APRIL) throw new ArchiveMissingError('The archive does not have April');
        const [first = 0, second = 0] = daysMs;
        yield { dayMs: first, answer: { candles: [], rejected: [] } };
        yield { dayMs: second, refusal: 'its rows are twice in the file' };
        throw new Error('the file is cut');
      },
    };

    const { exitCode, out, err } = await run(
      '--market BTC_USDT --from 2026-03-29 --to 2026-04-02 --dry-run',
      { archive },
    );

    expect(exitCode).toBe(1);
    expect(out).toBe('2026-03-29  archive  0 minutes stored, 0 answered: no difference\n');
    expect(err.split('\n')).toEqual([
      '2026-03-30  archive  not answered: its rows are twice in the file',
      '2026-03-31  archive  not answered: the file is cut',
      '2026-04-01  archive  not answered: The archive does not have April',
      '',
    ]);
  });

  test('goes on after a day that the exchange does not answer for', async () => {
    const exchange = new FakeExchange(({ fromMs }) => {
      if (fromMs === dayMs) throw new Error('Gate.io answered 503');
      return [];
    });

    const { exitCode, out, err } = await run(
      '--market BTC_USDT --from 2026-04-09 --to 2026-04-11 --dry-run',
      { exchange },
    );

    expect(exitCode).toBe(1);
    expect(err).toBe('2026-04-09  api      not answered: Gate.io answered 503\n');
    expect(out).toContain('2026-04-10  api      0 minutes stored');
  });
});

test.each([
  ['--from 2026-04-01 --to 2026-04-02', '--market <market> is missing'],
  ['--market BTC_USDT --to 2026-04-02', '--from <day> is missing'],
  [
    '--market BTC_USDT --from 2026-04-02 --to 2026-04-02',
    '--from 2026-04-02 is not before --to 2026-04-02',
  ],
  ['--market BTC_USDT --from 2026-02-30 --to 2026-04-02', 'Not a time: "2026-02-30"'],
  [
    '--market BTC_USDT --from 2026-04-01T10:00 --to 2026-04-02',
    'Expected a UTC day such as 2024-01-01.',
  ],
  [
    '--market BTC_USDT --from 2026-04-09 --to 2026-04-12',
    '--to 2026-04-12 is too late: give 2026-04-11 (today, UTC) at the latest',
  ],
  [
    '--market BTC_USDT --from 2026-02-28 --to 2026-03-02',
    '--from 2026-02-28 is before 2026-03-01, the history start of the local run',
  ],
  [
    '--market BTC_USTD --from 2026-04-01 --to 2026-04-02',
    'There is no market "BTC_USTD" in the local run: choose one of gate-io:BTC_USDT',
  ],
  [
    '--market BTC_USDT --from 2026-04-01 --to 2026-04-02 --time-limit 0',
    'Expected a whole number of minutes from 1 to 99999.',
  ],
])('invalid arguments, before anything is read: %s', async (line, message) => {
  const { exitCode, err, store } = await run(line);

  expect(exitCode).toBe(2);
  expect(err).toContain(message);
  expect(store.closed).toBe(0);
});
