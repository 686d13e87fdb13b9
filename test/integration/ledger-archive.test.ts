import { DAY_MS } from '../../lambdas/shared/domain/interval';
import { daysIn } from '../../lambdas/shared/domain/ledger/ledger';
import { TOPICS } from '../../lambdas/shared/domain/topics';
import { MINUTE_MS, RecordedRun } from './support/recorded-run';
import { differences, expectedRows, type Rows, type StoredDay } from './support/stored-rows';
import { until } from './support/waiting';

/**
 * The ledger of days over the exchange's archive. The recording is moved so that
 * a month ends within it: its first eight whole days are the end of February, and
 * come from the archive, while the days of March run live.
 */
const MOVED_DAYS = 31;
const HISTORY_START = '2018-02-21';
const HISTORY_MS = Date.parse(`${HISTORY_START}T00:00:00Z`);
const MONTH_END_MS = Date.parse('2018-03-01T00:00:00Z');
const START_MS = Date.parse('2018-03-01T10:00:00Z');
/** The API serves a day and a bit, so that all of February is the archive's. */
const RETENTION_MINUTES = 1_500;
const HOUR_MS = 60 * MINUTE_MS;
const LIMIT_MS = 8 * MINUTE_MS;
const PAIRS = ['ETH_BTC', 'POWR_BTC'];

const recorded = new RecordedRun({
  fromMs: START_MS,
  historyStart: HISTORY_START,
  retentionMinutes: RETENTION_MINUTES,
  movedDays: MOVED_DAYS,
});

beforeAll(() => recorded.start(), LIMIT_MS);

afterAll(() => recorded.stop(), LIMIT_MS);

function expected(): Rows {
  const { playedToMs } = recorded;
  return new Map(
    PAIRS.flatMap((pair) => {
      // The archive does not know quote volumes.
      const archived = recorded
        .minutes(pair, HISTORY_MS, MONTH_END_MS)
        .map((candle) => ({ ...candle, quoteVolume: null }));
      const live = recorded.minutes(pair, MONTH_END_MS, playedToMs);
      const past = { fromMs: HISTORY_MS, toMs: MONTH_END_MS, source: 'archive' } as const;
      return [
        ...expectedRows(pair, archived, past),
        ...expectedRows(pair, live, { fromMs: MONTH_END_MS, toMs: playedToMs }),
      ];
    }),
  );
}

async function expectAllStored(): Promise<void> {
  const stored = await recorded.use((tables) => tables.candles());
  expect(differences(stored, expected())).toEqual([]);
}

function ledger(): Promise<ReadonlyMap<string, StoredDay | undefined>> {
  return recorded.use((tables) => tables.ledger());
}

/** Every minute of every day of February is accounted for, and each day is sealed by its first audit. */
async function expectFebruarySealed(): Promise<void> {
  const days = await ledger();
  const accounts = PAIRS.flatMap((pair) =>
    daysIn(HISTORY_MS, MONTH_END_MS).map((dayMs) => {
      const key = `${pair} ${new Date(dayMs).toISOString().slice(0, 10)}`;
      const { minutes, absent, sealed, disputed, source } = days.get(key) ?? {};
      return { key, minutes, absent, sealed, disputed, source };
    }),
  );
  expect(accounts).toEqual(
    accounts.map(({ key }) => {
      const [pair = '', day = ''] = key.split(' ');
      const dayMs = Date.parse(`${day}T00:00:00Z`);
      const minutes = recorded.minutes(pair, dayMs, dayMs + DAY_MS).length;
      return {
        key,
        minutes,
        absent: 1_440 - minutes,
        sealed: true,
        disputed: false,
        source: 'archive',
      };
    }),
  );
}

test(
  'a month that the archive does not have yet waits, and the live loop goes on',
  async () => {
    for (const pair of PAIRS)
      recorded.faults.publishMonthLate(pair, monthOf(HISTORY_MS), DAY_MS / 2);

    await recorded.play(2);
    expect(await recorded.reconcile()).toMatchObject({ ok: true });

    const days = await ledger();
    expect([...days.values()].filter((day) => day !== undefined)).toEqual([]);
    expect(days.size).toBe(2 * 8);
  },
  LIMIT_MS,
);

test(
  'a file that is cut costs the days from the cut on, until it is whole',
  async () => {
    recorded.faults.failNext('cut', { pair: 'ETH_BTC', endpoint: 'archive', times: 100 });

    await recorded.catchUp((25 * HOUR_MS) / MINUTE_MS);
    expect(await recorded.reconcile()).toMatchObject({ ok: true });

    const days = [...(await ledger())];
    const storedOf = (pair: string) =>
      days.filter(([key, day]) => key.startsWith(pair) && day?.source === 'archive').length;
    expect(storedOf('ETH_BTC')).toBeLessThan(8);
    expect(storedOf('POWR_BTC')).toBe(8);
    recorded.faults.clear();
  },
  LIMIT_MS,
);

test(
  'functions that are killed in the middle of history lose nothing',
  async () => {
    await recorded.catchUp((25 * HOUR_MS) / MINUTE_MS);
    const { faults, run, firingMs } = recorded;
    faults.failNext('hang', { pair: 'ETH_BTC', endpoint: 'archive' });
    const killed = run.pipeline.reconcile(firingMs);
    await until('the archive is asked', () => faults.pendingAnswers() === 0);
    recorded.signal('reconcile', 'SIGKILL');
    expect(await killed).toMatchObject({ ok: false });

    // The third ask that brought nothing: the days are due again after four hours.
    await recorded.catchUp(241);
    recorded.signal('persist', 'SIGSTOP');
    const before = await rolledCount();
    expect(await run.pipeline.reconcile(recorded.firingMs)).toMatchObject({ ok: true });
    await until('a part is rolled up', async () => (await rolledCount()) > before);
    recorded.signal('transform', 'SIGKILL');
    recorded.signal('persist', 'SIGKILL');
    await recorded.caughtUp();

    await expectFebruarySealed();
    await expectAllStored();
  },
  LIMIT_MS,
);

test(
  'nothing is due that need not be',
  async () => {
    const before = await ledger();

    await recorded.catchUp(61);
    expect(await recorded.reconcile()).toMatchObject({ ok: true });

    const after = await ledger();
    for (const [key, day] of before) if (day?.sealed === true) expect(after.get(key)).toEqual(day);
    await expectAllStored();
  },
  LIMIT_MS,
);

function rolledCount(): Promise<number> {
  return recorded.run.pipeline.recordCount(TOPICS.rolled);
}

function monthOf(timeMs: number): number {
  const time = new Date(timeMs);
  return Date.UTC(time.getUTCFullYear(), time.getUTCMonth(), 1);
}
