import { DAY_MS, floorTo } from '../../lambdas/shared/domain/interval';
import type { ExchangeCandle } from '../../local/exchange/candles/exchange-candle';
import { MINUTE_MS, RecordedRun } from './support/recorded-run';

/**
 * An exchange that lies, and one run for all of the file: each case plays on from
 * where the one before it ended, past the next second look, and then everything
 * that was ever stored is held against the recording.
 */
const START_MS = Date.parse('2018-01-22T10:00:00Z');
const HOUR_MS = 60 * MINUTE_MS;
const LIMIT_MS = 5 * MINUTE_MS;
const PAIRS = ['ETH_BTC', 'POWR_BTC'];

const recorded = new RecordedRun({ fromMs: START_MS });

beforeAll(() => recorded.start(), LIMIT_MS);

afterAll(() => recorded.stop(), LIMIT_MS);

afterEach(() => {
  recorded.faults.clear();
});

/** Plays to a time of the first day, such as `12:02`. */
async function playTo(time: string): Promise<void> {
  const toMs = Date.parse(`2018-01-22T${time}:00Z`);
  await recorded.play((toMs - recorded.playedToMs) / MINUTE_MS);
  await recorded.caughtUp();
}

/**
 * Plays to the minute after the next full hour, at which the last two hours are
 * asked for again. Before that tick and after it, all is stored: on a busy machine
 * a tick may else be rolled up over rows that are older than the tick before it.
 */
async function playPastSecondLook(): Promise<void> {
  const lookMs = floorTo(recorded.playedToMs, HOUR_MS) + HOUR_MS;
  await recorded.play((lookMs - recorded.playedToMs) / MINUTE_MS - 1);
  await recorded.caughtUp();
  await recorded.play(1);
  await recorded.caughtUp();
  await recorded.play(1);
}

/** Expects that by now, without another look, each candle is that of the recording. */
async function expectAllStored(): Promise<void> {
  await recorded.caughtUp();
  await recorded.expectStoredEqualsRecorded();
}

function stale(): void {
  for (const pair of PAIRS) recorded.faults.failNext('stale', { pair });
}

test(
  'one stale answer in the middle of windows, and one at the end of some',
  async () => {
    await playTo('10:06');
    stale();
    await playPastSecondLook();
    await expectAllStored();
    await playTo('12:01');
    stale();
    await playPastSecondLook();

    await expectAllStored();
  },
  LIMIT_MS,
);

test(
  'two of three answers stale, for an hour',
  async () => {
    for (let ticks = 0; ticks < 60; ticks++) {
      if (ticks % 3 > 0) stale();
      await recorded.play(1);
    }
    await playPastSecondLook();

    await expectAllStored();
  },
  LIMIT_MS,
);

test(
  'candles published four minutes late, for half an hour',
  async () => {
    const fromMs = recorded.playedToMs;
    const delayMs = 4 * MINUTE_MS;
    recorded.faults.publishLate({ delayMs, fromMs, untilMs: fromMs + 30 * MINUTE_MS });

    await recorded.play(20);
    await recorded.caughtUp();
    const stored = (pair: string) => recorded.use((all) => all.minutesOfDay(pair, fromMs));
    const whileLate = await Promise.all(PAIRS.map(stored));
    const publishedToMs = recorded.playedToMs - delayMs;
    const published = PAIRS.map((pair) => recorded.minutes(pair, fromMs, publishedToMs).length);
    await playPastSecondLook();

    expect(whileLate).toEqual(published);
    await expectAllStored();
  },
  LIMIT_MS,
);

/** Prices and volumes that no recording has. */
function otherCandle(openTimeMs: number): ExchangeCandle {
  const prices = { open: '2', high: '4', low: '1', close: '3' };
  return { openTimeMs, ...prices, baseVolume: '5000', quoteVolume: '15000' };
}

/** Open times of the next minutes in which ETH_BTC is traded. */
function nextTraded(count: number): number[] {
  const { playedToMs } = recorded;
  const minutes = recorded.minutes('ETH_BTC', playedToMs, playedToMs + HOUR_MS);
  return minutes.slice(0, count).map(({ openTimeMs }) => openTimeMs);
}

test(
  'a candle that is corrected an hour and a half after its close, and one that is withdrawn',
  async () => {
    const [correctedMs = 0, withdrawnMs = 0] = nextTraded(2);
    const { faults } = recorded;
    faults.answerInstead('ETH_BTC', otherCandle(correctedMs), correctedMs + 90 * MINUTE_MS);
    faults.withdrawMinute('ETH_BTC', withdrawnMs, withdrawnMs + 30 * MINUTE_MS);

    await playPastSecondLook();
    await recorded.caughtUp();
    const before = await recorded.use((tables) => tables.candles());
    await playPastSecondLook();

    const at = new Date(correctedMs).toISOString();
    expect(before.get(`ETH_BTC 1m ${at}`)).toContain(' 200000000 400000000 100000000 300000000 ');
    await expectAllStored();
  },
  LIMIT_MS,
);

test(
  'rows that cannot be candles, until they are right',
  async () => {
    const [first = 0, second = 0, third = 0] = nextTraded(3);
    const untilMs = recorded.playedToMs + 30 * MINUTE_MS;
    const bad = [
      { ...otherCandle(first), low: '2.5' },
      { ...otherCandle(second), open: '0' },
      { ...otherCandle(third), close: 'NaN' },
    ];
    for (const row of bad) recorded.faults.answerInstead('ETH_BTC', row, untilMs);

    await recorded.play(10);
    await recorded.caughtUp();
    const gaps = await recorded.use((tables) => tables.gapReasons());
    await playPastSecondLook();

    expect([...gaps.keys()].sort()).toEqual(
      [first, second, third].map((timeMs) => `ETH_BTC ${new Date(timeMs).toISOString()}`),
    );
    expect([...gaps.values()].join()).toMatch(/low.*NaN/s);
    await expectAllStored();
  },
  LIMIT_MS,
);

test.each(['null', 'html', 'redirect', 'endless-body'] as const)(
  'one answer that is none (%s) is asked for again within the tick',
  async (fault) => {
    for (const pair of PAIRS) recorded.faults.failNext(fault, { pair });

    const answer = await recorded.tickAfter(1);

    expect(recorded.faults.pendingAnswers()).toBe(0);
    expect(answer.ok).toBe(true);
    await expectAllStored();
  },
  LIMIT_MS,
);

test(
  'a ninth column, and rows of volume zero',
  async () => {
    recorded.faults.failNext('more-columns', { pair: 'ETH_BTC', times: Infinity });
    recorded.faults.failNext('zero-rows', { pair: 'POWR_BTC', times: Infinity });

    await playPastSecondLook();

    await expectAllStored();
  },
  LIMIT_MS,
);

test(
  'persist frozen for three hours',
  async () => {
    const frozenAtMs = recorded.playedToMs;
    recorded.signal('persist', 'SIGSTOP');
    const answers = [];
    for (let ticks = 0; ticks < 36; ticks++) answers.push(await recorded.tickAfter(5));
    const whileFrozen = await recorded.use((tables) => tables.progress());
    recorded.signal('persist', 'SIGCONT');
    await recorded.caughtUp();
    await playPastSecondLook();

    expect(answers.filter(({ ok }) => !ok)).toEqual([]);
    expect(whileFrozen.map(({ seenToMs }) => seenToMs)).toEqual([frozenAtMs, frozenAtMs]);
    await expectAllStored();
  },
  LIMIT_MS,
);

// A page of a day that is over is the same from a replica that is 5 minutes behind.
test.each(['empty', 'cut'] as const)(
  'one page of a catch-up %s, of each pair, is asked for again within the tick',
  async (fault) => {
    for (const pair of PAIRS) recorded.faults.failNext(fault, { pair });

    await recorded.catchUp((DAY_MS + 10 * HOUR_MS) / MINUTE_MS);

    expect(recorded.faults.pendingAnswers()).toBe(0);
    await expectAllStored();
  },
  LIMIT_MS,
);
