import type { StatusByMarket } from '../../../lambdas/shared/domain/ports';
import type { Progress } from '../../../lambdas/shared/domain/progress/progress';
import { UsageError } from '../../../cli/command-line';
import { assertPlayable } from '../../../local/start/playable';
import { replay, type ReplayPatience, type ReplayStage } from '../../../local/start/replay';
import { ReplayUnfinishedError } from '../../../local/start/replay-at-work';

import { statusOf } from '../../fakes/listings';

const MINUTE_MS = 60_000;
const FROM_MS = Date.UTC(2018, 0, 23);
const TO_MS = FROM_MS + 10 * MINUTE_MS;
const RANGE = { pairs: ['A_B', 'C_D'], fromMs: FROM_MS, toMs: TO_MS };
const HASTY: ReplayPatience = { behindMs: 0, standstillMs: 0, lastTicks: 3, fruitlessTicks: 5 };

function progressTo(seenToMs: number, observedAtMs = seenToMs): Progress {
  return {
    liveSinceMs: FROM_MS,
    settledToMs: seenToMs,
    seenToMs,
    newestMs: null,
    observedAtMs,
  };
}

/** The progress of pairs as a store gives it. */
function statusByKey(progress: ReadonlyMap<string, Progress>): StatusByMarket {
  return new Map(
    [...progress].map(([pair, known]) => [`gate-io:${pair}`, statusOf({ progress: known })]),
  );
}

/** Stores what a tick asks for at once, as far as the test lets it. */
class FakeStage implements ReplayStage {
  readonly stored = new Map<string, Progress>();
  readonly ticks: number[] = [];
  readonly progress = { readStatus: async () => statusByKey(await this.read()) };
  exchangeMs = NaN;
  /** Told before a tick stores: the pairs that it stores. */
  stores: (timeMs: number) => readonly string[] = () => RANGE.pairs;
  read: () => Promise<ReadonlyMap<string, Progress>> = () => Promise.resolve(new Map(this.stored));

  setExchangeTime(timeMs: number): void {
    this.exchangeMs = timeMs;
  }

  tick(timeMs: number): Promise<void> {
    if (timeMs !== this.exchangeMs) throw new Error(`The exchange's time is not ${timeMs}`);
    this.ticks.push(timeMs);
    const seenToMs = Math.floor(timeMs / MINUTE_MS) * MINUTE_MS;
    for (const pair of this.stores(timeMs)) {
      if (timeMs <= (this.stored.get(pair)?.observedAtMs ?? 0)) continue;
      this.stored.set(pair, progressTo(seenToMs, timeMs));
    }
    return Promise.resolve();
  }
}

const minutesAfter = (count: number) => FROM_MS + count * MINUTE_MS;

test('a tick a minute, until all is stored', async () => {
  const stage = new FakeStage();

  await expect(replay(stage, RANGE, { patience: HASTY })).resolves.toBe(10);

  expect(stage.ticks).toEqual(Array.from({ length: 10 }, (_, at) => minutesAfter(at + 1)));
  expect(stage.exchangeMs).toBe(TO_MS);
});

test('a tick that brings nothing is made up for by the next one', async () => {
  const stage = new FakeStage();
  stage.stores = (timeMs) => (timeMs === minutesAfter(4) ? [] : RANGE.pairs);

  await expect(replay(stage, RANGE, { patience: HASTY })).resolves.toBe(10);

  expect(stage.ticks).toHaveLength(10);
});

test('the last tick is repeated a second later each time', async () => {
  const stage = new FakeStage();
  stage.stores = (timeMs) => (timeMs >= TO_MS && timeMs < TO_MS + 2_000 ? ['A_B'] : RANGE.pairs);

  await expect(replay(stage, RANGE, { patience: HASTY })).resolves.toBe(10);

  expect(stage.ticks.slice(-3)).toEqual([TO_MS, TO_MS + 1_000, TO_MS + 2_000]);
  expect(stage.exchangeMs).toBe(TO_MS);
});

test('the last tick is repeated only so often', async () => {
  const stage = new FakeStage();
  stage.stores = (timeMs) => (timeMs >= TO_MS ? ['A_B'] : RANGE.pairs);

  const played = replay(stage, RANGE, { patience: HASTY });

  await expect(played).rejects.toThrow(ReplayUnfinishedError);
  await expect(played).rejects.toThrow(
    '3 repetitions of the last tick brought nothing: A_B to 2018-01-23T00:10:00.000Z, C_D to 2018-01-23T00:09:00.000Z',
  );
  expect(stage.ticks.slice(-2)).toEqual([TO_MS + 2_000, TO_MS + 3_000]);
});

test('where one pair is never stored, it gives up after some ticks', async () => {
  const stage = new FakeStage();
  stage.stores = () => ['A_B'];

  await expect(replay(stage, RANGE, { patience: HASTY })).rejects.toThrow(
    '5 ticks in a row brought nothing: A_B to 2018-01-23T00:05:00.000Z, C_D not at all',
  );
  expect(stage.ticks).toHaveLength(5);
});

test('while storing gets on, there is no further tick', async () => {
  const stage = new FakeStage();
  stage.stores = () => [];
  let reads = 0;
  // Far more reads than the standstill has room for: each one sees more.
  stage.read = () => {
    const seenToMs = Math.min(TO_MS, FROM_MS + ++reads * 6_000);
    return Promise.resolve(new Map(RANGE.pairs.map((pair) => [pair, progressTo(seenToMs)])));
  };

  const oneTick = { ...RANGE, fromMs: TO_MS - MINUTE_MS };
  await expect(replay(stage, oneTick, { patience: { ...HASTY, standstillMs: 200 } })).resolves.toBe(
    1,
  );

  expect(stage.ticks).toEqual([TO_MS]);
  expect(reads).toBeGreaterThanOrEqual(100);
});

test('a database that does not answer is asked again', async () => {
  const stage = new FakeStage();
  let failures = 3;
  stage.read = () =>
    failures-- > 0 ? Promise.reject(new Error('down')) : Promise.resolve(new Map(stage.stored));

  await expect(
    replay(stage, RANGE, { patience: { ...HASTY, standstillMs: 60_000 } }),
  ).resolves.toBe(10);
  expect(failures).toBeLessThan(0);
});

test('a database that never answers ends it as unfinished', async () => {
  const stage = new FakeStage();
  stage.read = () => Promise.reject(new Error('down'));

  await expect(replay(stage, RANGE, { patience: HASTY })).rejects.toThrow(
    'is not known (Error: down)',
  );
});

test('an abort ends a wait at once, with its reason', async () => {
  const stage = new FakeStage();
  stage.stores = () => [];
  const asked = new AbortController();
  const reason = new Error('asked to stop');
  let reads = 0;
  stage.read = () => {
    if (++reads === 3) setImmediate(() => asked.abort(reason));
    return Promise.resolve(new Map());
  };

  const patience = { ...HASTY, standstillMs: 3_600_000 };
  await expect(replay(stage, RANGE, { patience, signal: asked.signal })).rejects.toBe(reason);
  expect(stage.ticks).toHaveLength(1);
});

describe('what is stored', () => {
  const check = (progress: Progress | undefined, stored: number, recorded = 10) =>
    assertPlayable(
      {
        readStatus: () =>
          Promise.resolve(statusByKey(new Map(progress === undefined ? [] : [['A_B', progress]]))),
      },
      { stored: () => Promise.resolve(stored), recorded: () => recorded },
      { ...RANGE, pairs: ['A_B'] },
    );

  test.each([
    ['nothing', undefined, 0],
    ['an earlier time', progressTo(FROM_MS - MINUTE_MS), 0],
    ['the start', progressTo(FROM_MS), 0],
    ['all of it', progressTo(TO_MS), 10],
    ['all of it, and more after it', progressTo(TO_MS + 500 * MINUTE_MS), 10],
    ['a part, by a later tick of the replay', progressTo(FROM_MS + 5 * MINUTE_MS, TO_MS), 10],
  ])('%s can be played on', async (_, progress, stored) => {
    await expect(check(progress, stored)).resolves.toBeUndefined();
  });

  test('a later time can be played on where nothing was recorded', async () => {
    await expect(check(progressTo(TO_MS + MINUTE_MS), 0, 0)).resolves.toBeUndefined();
  });

  test.each([
    ['a later time', progressTo(Date.UTC(2024, 0, 1)), 0, '2024-01-01 00:00'],
    ['the end alone', progressTo(TO_MS), 3, '2018-01-23 00:10'],
    ['a part, much later', progressTo(minutesAfter(5), TO_MS + MINUTE_MS), 10, '2018-01-23 00:05'],
  ])('%s is refused', async (_, progress, stored, time) => {
    await expect(check(progress, stored)).rejects.toThrow(UsageError);
    await expect(check(progress, stored)).rejects.toThrow(`A_B is stored to ${time} (UTC) already`);
    await expect(check(progress, stored)).rejects.toThrow(/--fresh.*CANDLESTREAM_DATA_DIR/);
  });
});
