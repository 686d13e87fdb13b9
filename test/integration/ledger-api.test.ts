import { DAY_MS } from '../../lambdas/shared/domain/interval';
import type { ExchangeCandle } from '../../local/exchange/candles/exchange-candle';
import { MINUTE_MS, RecordedRun } from './support/recorded-run';
import { differences, expectedRows, type StoredDay } from './support/stored-rows';

/**
 * The ledger of days over the exchange's API: a market that is new in the morning
 * of the 26th, with a history from the 22nd on. Time goes by in hours.
 */
const START_MS = Date.parse('2018-01-26T10:00:00Z');
const HISTORY_START = '2018-01-22';
const HISTORY_MS = Date.parse(`${HISTORY_START}T00:00:00Z`);
const HOUR_MS = 60 * MINUTE_MS;
const LIMIT_MS = 8 * MINUTE_MS;
const PAIRS = ['ETH_BTC', 'POWR_BTC'];

const recorded = new RecordedRun({ fromMs: START_MS, historyStart: HISTORY_START });

beforeAll(() => recorded.start(), LIMIT_MS);

afterAll(() => recorded.stop(), LIMIT_MS);

/** Minutes that the exchange has taken back. */
const withdrawn: { pair: string; openTimeMs: number }[] = [];

async function expectAllStored(): Promise<void> {
  const { playedToMs: toMs } = recorded;
  const isThere = (pair: string, openTimeMs: number): boolean =>
    !withdrawn.some((one) => one.pair === pair && one.openTimeMs === openTimeMs);
  const expected = PAIRS.flatMap((pair) => {
    const minutes = recorded.minutes(pair, HISTORY_MS, toMs);
    const there = minutes.filter(({ openTimeMs }) => isThere(pair, openTimeMs));
    return [...expectedRows(pair, there, { fromMs: HISTORY_MS, toMs })];
  });
  const stored = await recorded.use((tables) => tables.candles());
  expect(differences(stored, new Map(expected))).toEqual([]);
}

function ledger(): Promise<ReadonlyMap<string, StoredDay | undefined>> {
  return recorded.use((tables) => tables.ledger());
}

function minutesOf(pair: string, day: string): number {
  const dayMs = Date.parse(`${day}T00:00:00Z`);
  const gone = withdrawn.filter(
    (one) => one.pair === pair && Math.floor(one.openTimeMs / DAY_MS) * DAY_MS === dayMs,
  );
  return recorded.minutes(pair, dayMs, dayMs + DAY_MS).length - gone.length;
}

/** An hour goes by: a tick, and a firing of reconcile. */
async function hourLater(): Promise<void> {
  await recorded.catchUp(60);
  expect(await recorded.reconcile()).toMatchObject({ ok: true });
}

test(
  'the days before a market starts live, asked for by three firings at once, are stored, and stand open in the ledger',
  async () => {
    await recorded.play(2);

    const firings = [0, 1, 2].map((ms) => recorded.run.pipeline.reconcile(recorded.firingMs + ms));
    const answers = await Promise.all(firings);
    await recorded.caughtUp();

    expect(answers.filter(({ ok }) => !ok)).toEqual([]);
    const days = await ledger();
    expect([...days.keys()]).toEqual(
      PAIRS.flatMap((pair) => [22, 23, 24, 25].map((day) => `${pair} 2018-01-${day}`)),
    );
    for (const [key, day] of days) {
      const [pair = '', date = ''] = key.split(' ');
      const minutes = minutesOf(pair, date);
      expect({ key, ...day }).toMatchObject({
        key,
        minutes,
        absent: 1_440 - minutes,
        rejected: 0,
        corrected: 0,
        audits: 1,
        sealed: false,
        source: 'api',
      });
    }
    await expectAllStored();
  },
  LIMIT_MS,
);

test(
  'firings that come again ask for nothing twice',
  async () => {
    const before = await ledger();

    const at = recorded.firingMs;
    const answers = await Promise.all([1, 2, 3].map(() => recorded.run.pipeline.reconcile(at)));
    await recorded.caughtUp();

    expect(answers.filter(({ ok }) => !ok)).toEqual([]);
    expect(await ledger()).toEqual(before);
  },
  LIMIT_MS,
);

/** Prices and volumes that no recording has. */
function otherCandle(openTimeMs: number): ExchangeCandle {
  const prices = { open: '2', high: '4', low: '1', close: '3' };
  return { openTimeMs, ...prices, baseVolume: '5000', quoteVolume: '15000' };
}

/** The open time of the first minute of a day's afternoon in which a pair is traded. */
function afternoonMinute(pair: string, day: string): number {
  const noonMs = Date.parse(`${day}T12:00:00Z`);
  const [first] = recorded.minutes(pair, noonMs, noonMs + 12 * HOUR_MS);
  if (first === undefined) throw new Error(`${pair} has no trade in the afternoon of ${day}`);
  return first.openTimeMs;
}

test(
  'what the exchange corrects and withdraws days later is taken over, and every day is sealed once it is right',
  async () => {
    const correctedMs = afternoonMinute('ETH_BTC', '2018-01-24');
    const withdrawnMs = afternoonMinute('POWR_BTC', '2018-01-25');
    const { faults, playedToMs } = recorded;
    // Wrong for a day and two hours: stored so by the audit of that time.
    faults.answerInstead('ETH_BTC', otherCandle(correctedMs), playedToMs + 26 * HOUR_MS);
    faults.withdrawMinute('POWR_BTC', withdrawnMs, playedToMs + HOUR_MS);

    for (let hours = 0; hours < 25; hours++) await hourLater();
    const stored = await recorded.use((tables) => tables.candles());
    const minute = stored.get(`ETH_BTC 1m ${new Date(correctedMs).toISOString()}`);
    expect(minute).toContain(' 200000000 400000000 100000000 300000000 ');
    while (recorded.playedToMs < Date.parse('2018-01-29T04:00:00Z')) await hourLater();

    withdrawn.push({ pair: 'POWR_BTC', openTimeMs: withdrawnMs });
    const days = await ledger();
    const sealed = PAIRS.flatMap((pair) =>
      [22, 23, 24, 25, 26, 27].map((day) => `${pair} 2018-01-${day}`),
    );
    for (const key of sealed) {
      const [pair = '', date = ''] = key.split(' ');
      const minutes = minutesOf(pair, date);
      expect({ key, ...days.get(key) }).toMatchObject({
        minutes,
        absent: 1_440 - minutes,
        sealed: true,
        disputed: false,
      });
    }
    // Changed, and changed back.
    expect(days.get('ETH_BTC 2018-01-24')?.corrected).toBe(2);
    expect(days.get('POWR_BTC 2018-01-25')?.corrected).toBe(1);
    expect(days.get('ETH_BTC 2018-01-28')).toMatchObject({ sealed: false, audits: 1 });
    expect(await recorded.use((tables) => tables.gaps())).toBe(0);
    await expectAllStored();
  },
  LIMIT_MS,
);

test(
  'nothing is asked for that is sealed',
  async () => {
    const before = await ledger();

    await hourLater();

    const after = await ledger();
    for (const [key, day] of before) if (day?.sealed === true) expect(after.get(key)).toEqual(day);
  },
  LIMIT_MS,
);
