import { type Candle } from '../../../lambdas/shared/domain/candle';
import { DAY_MS, MINUTE_MS } from '../../../lambdas/shared/domain/interval';
import { at, DAY, minuteAt } from '../../fakes/candles';
import { BREAKAGES, COSTLY_BREAKAGES, RARE_BREAKAGES } from '../breakages';
import type { Breakage } from '../broken-ports';
import { type Answer, ScriptedWorld } from './scripted-world';

/** The bound is the processor alone, which others may be using. */
const LONGEST_CASE_MS = 120_000;

/** An answer that is so many minutes old. */
function lagging(minutes: number): Answer {
  return ({ candles, rejected }, { toMs }) => ({
    candles: candles.filter(({ openTimeMs }) => openTimeMs < toMs - minutes * MINUTE_MS),
    rejected,
  });
}

/** An answer without one minute. */
function without(openTimeMs: number): Answer {
  return ({ candles, rejected }) => ({
    candles: candles.filter((candle) => candle.openTimeMs !== openTimeMs),
    rejected,
  });
}

/** A different candle every minute. */
function candleAt(openTimeMs: number): Candle {
  const minute = (openTimeMs - DAY) / MINUTE_MS;
  return minuteAt(openTimeMs, { close: `10.${minute % 10}`, base: `${minute + 2}.5` });
}

/** A tick each minute of a range, each with all that follows from it; every minute is traded and published at once. */
async function run(
  world: ScriptedWorld,
  fromMs: number,
  toMs: number,
  before: (nowMs: number) => void = () => undefined,
): Promise<void> {
  for (let nowMs = fromMs; nowMs <= toMs; nowMs += MINUTE_MS) {
    const openTimeMs = nowMs - MINUTE_MS;
    world.minutes.set(openTimeMs, candleAt(openTimeMs));
    before(nowMs);
    await world.wholeTick(nowMs);
  }
}

describe('An exchange that is to be doubted', () => {
  it('publishes late for half an hour: every minute is stored once it comes, before any second look', async () => {
    const world = new ScriptedWorld();
    const whileLate: number[] = [];
    await run(world, at(0, 1), at(0, 55), (nowMs) => {
      const isLate = nowMs >= at(0, 20) && nowMs < at(0, 50);
      world.answer(isLate ? lagging(5) : undefined);
      if (nowMs === at(0, 46)) whileLate.push(world.minutesStored());
    });
    expect(whileLate).toEqual([40]);
    expect(world.differences(at(0, 55))).toEqual([]);
  });

  it.each([
    ['10:07', at(10, 7)],
    ['12:02', at(12, 2)],
  ])(
    'answers once from a replica that lags, at %s: windows equal their minutes a minute later',
    async (_, staleMs) => {
      const world = new ScriptedWorld();
      await run(world, staleMs - 5 * MINUTE_MS, staleMs + MINUTE_MS, (nowMs) => {
        world.answer(nowMs === staleMs ? lagging(5) : undefined);
      });
      expect(world.differences(staleMs + MINUTE_MS)).toEqual([]);
    },
  );

  it('answers two of three ticks from a replica that lags: windows equal their minutes between second looks', async () => {
    const world = new ScriptedWorld();
    await run(world, at(0, 1), at(1, 57), (nowMs) => {
      world.answer((nowMs / MINUTE_MS) % 3 === 0 ? undefined : lagging(5));
    });
    expect(world.differences(at(1, 57))).toEqual([]);
  });

  it('publishes a minute late, and an outage begins before it is out: the tick after it finds the minute', async () => {
    const world = new ScriptedWorld();
    await run(world, at(0, 1), at(1, 58), (nowMs) => {
      world.answer(nowMs < at(1, 10) ? undefined : without(at(1, 40)));
    });
    world.answer();
    for (let openTimeMs = at(1, 58); openTimeMs < at(4, 30); openTimeMs += MINUTE_MS) {
      world.minutes.set(openTimeMs, candleAt(openTimeMs));
    }
    await run(world, at(4, 30), at(5, 1));
    expect(world.differences(at(5, 1))).toEqual([]);
  });

  it('corrects a minute long after its close: the second look takes it over', async () => {
    const world = new ScriptedWorld();
    await run(world, at(0, 1), at(2), (nowMs) => {
      if (nowMs !== at(1, 20)) return;
      world.minutes.set(at(0, 30), minuteAt(at(0, 30), { base: '777' }));
    });
    expect(world.stored('1m', at(0, 30), 'base_volume')).toBe('777');
    expect(world.differences(at(2))).toEqual([]);
  });
});

describe('A second look', () => {
  it.each([
    ['lost', 1],
    ['lost, and the next one too', 2],
  ])('whose record is %s is asked for again', async (_, lost) => {
    const world = new ScriptedWorld();
    await run(world, at(0, 1), at(1, 59), (nowMs) => {
      if (nowMs === at(1, 20)) world.minutes.set(at(0, 30), minuteAt(at(0, 30), { base: '777' }));
    });
    for (let minute = 0; minute < lost; minute++) {
      world.minutes.set(at(1, 59 + minute), candleAt(at(1, 59 + minute)));
      await world.tick(at(2, minute));
      await world.transform();
      world.holdBack();
    }
    await run(world, at(2, lost), at(2, lost));
    expect(world.stored('1m', at(0, 30), 'base_volume')).toBe('777');
    expect(world.differences(at(2, lost))).toEqual([]);
  });

  it('is asked for once an hour if it is stored', async () => {
    const world = new ScriptedWorld();
    await run(world, at(0, 1), at(3, 59));
    const beforeMinutes = world.minutesAskedFor;
    await run(world, at(4), at(4, 59));
    // Each tick asks for what is not settled: three minutes.
    expect(world.minutesAskedFor - beforeMinutes).toBe(60 * 3 + 120);
  });
});

describe('A catch-up of 2,008 minutes', () => {
  const nowMs = DAY + 2_008 * MINUTE_MS;

  /** Minutes that the tick lacks which catches up, if the answer for its first day is wrong once. */
  async function lacking(wrong: Answer, breakage?: Breakage): Promise<number> {
    const world = new ScriptedWorld(breakage);
    await world.wholeTick(at(0, 1));
    for (let openTimeMs = DAY; openTimeMs < nowMs; openTimeMs += MINUTE_MS) {
      world.minutes.set(openTimeMs, candleAt(openTimeMs));
    }
    world.answer((honest, query) => {
      world.answer();
      return wrong(honest, query);
    });
    await world.wholeTick(nowMs);
    return 2_008 - world.minutesStored();
  }

  it.each<[string, Answer, number]>([
    ['empty', () => ({ candles: [], rejected: [] }), 1_440],
    [
      'cut to 100 minutes',
      ({ candles }) => ({ candles: candles.slice(0, 100), rejected: [] }),
      1_340,
    ],
  ])(
    'lacks nothing if the answer for a day is %s once',
    async (_, wrong, lost) => {
      expect(await lacking(wrong)).toBe(0);
      expect(await lacking(wrong, BREAKAGES['a missing end is not asked for again'])).toBe(lost);
    },
    LONGEST_CASE_MS,
  );
});

describe('A row that cannot be a candle', () => {
  const oddMs = at(0, 7);
  const odd: Answer = (honest, query) => ({
    candles: without(oddMs)(honest, query).candles,
    rejected:
      query.fromMs <= oddMs && oddMs < query.toMs
        ? [{ openTimeMs: oddMs, reason: 'its low 99 is above its open 10.5' }]
        : [],
  });

  /** A world in which a row is odd until half past. */
  async function untilHalfPast(breakage?: Breakage): Promise<ScriptedWorld> {
    const world = new ScriptedWorld(breakage);
    world.answer(odd);
    await run(world, at(0, 1), at(0, 30));
    return world;
  }

  it('is a gap with its reason, and the other minutes are stored', async () => {
    const world = await untilHalfPast();
    expect(world.minutesStored()).toBe(29);
    expect(world.gaps()).toEqual([
      {
        fromMs: oddMs,
        toMs: oddMs + MINUTE_MS,
        reason: 'rejected: its low 99 is above its open 10.5',
      },
    ]);
    const stopped = await untilHalfPast(BREAKAGES['a rejected row costs its page']);
    expect(stopped.minutesStored()).toBe(7);
  });

  it('is no gap any more once it is right', async () => {
    const world = await untilHalfPast();
    world.answer();
    await run(world, at(0, 31), at(1));
    expect(world.gaps()).toEqual([]);
    expect(world.differences(at(1))).toEqual([]);
  });
});

it.each(['币安人生_USDT', 'BTC_3L_USDT'])('A market named %s is followed', async (pair) => {
  const world = new ScriptedWorld({}, { pair });
  await run(world, at(0, 1), at(0, 10));
  expect(world.differences(at(0, 10))).toEqual([]);
});

describe('A rule whose lack shows once in a thousand runs', () => {
  /** A second look from a replica that flickers: it lacks one minute that is long stored. */
  async function flicker(breakage?: Breakage): Promise<string[]> {
    const world = new ScriptedWorld(breakage);
    await run(world, at(0, 1), at(2), (nowMs) => {
      world.answer(nowMs === at(2) ? without(at(1, 7)) : undefined);
    });
    return world.differences(at(2));
  }

  it('a live answer erases nothing', async () => {
    expect(await flicker()).toEqual([]);
    const wrong = await flicker(RARE_BREAKAGES['a live answer erases what it lacks']);
    expect(wrong.map((difference) => difference.split(' ').slice(1, 2).join())).toEqual(
      expect.arrayContaining(['5m', '15m', '1h']),
    );
  });

  /**
   * Two ticks of one time, the second rolled up once a minute is stored that
   * neither answer has: the same minutes, and different windows.
   */
  async function twoOfOneTime(breakage?: Breakage): Promise<unknown[]> {
    const world = new ScriptedWorld(breakage);
    world.minutes.set(DAY, minuteAt(DAY, { low: '5', base: '9' }));
    await world.tick(at(0, 1));
    await world.transform();
    world.answer(without(DAY));
    world.minutes.set(at(0, 1), minuteAt(at(0, 1), { low: '8', base: '200' }));
    await world.tick(at(0, 2));
    await world.transform();
    await world.persist(1);
    world.replaceProcess();
    await world.tick(at(0, 2));
    await world.transform();
    await world.persist();
    return ['low', 'base_volume', 'minutes'].map((column) => world.stored('5m', DAY, column));
  }

  it('a row belongs to one observation, its windows too', async () => {
    const [first, second] = [
      ['8', '200', 1],
      ['5', '209', 2],
    ];
    expect([first, second]).toContainEqual(await twoOfOneTime());
    const unmarked = await twoOfOneTime(RARE_BREAKAGES['rows of one time carry no mark']);
    expect([first, second]).not.toContainEqual(unmarked);
  });

  /**
   * A minute is corrected between two firings, the second of which is late, and
   * the rows of the first land last.
   */
  async function lateFiring(forgetsTheFirst: boolean): Promise<string[]> {
    const world = new ScriptedWorld();
    await run(world, at(0, 1), at(0, 3));
    world.minutes.set(at(0, 3), candleAt(at(0, 3)));
    await world.tick(at(0, 5));
    await world.transform();
    const landLate = world.holdBack();
    world.minutes.set(at(0, 3), minuteAt(at(0, 3), { low: '5', base: '9' }));
    if (forgetsTheFirst) world.replaceProcess();
    await world.tick(at(0, 4));
    await world.transform();
    await world.persist();
    await world.wholeTick(at(0, 6));
    await landLate();
    return world.differences(at(0, 6));
  }

  it('a tick that comes after a later one asks for nothing: its answer would lose to an older one', async () => {
    expect(await lateFiring(false)).toEqual([]);
    expect(await lateFiring(true)).toContainEqual(expect.stringMatching(/: 1m .*T00:03/));
  });
});

describe('A pipeline that stands still for a day', () => {
  /** A market that is stored up to a time, its last. */
  async function storedTo(storedToMs: number): Promise<ScriptedWorld> {
    const world = new ScriptedWorld();
    await run(world, at(0, 1), storedToMs);
    return world;
  }

  /** Minutes that are asked for in the day after a time while nothing is persisted, with a new process every so many minutes. */
  async function askedFor(
    world: ScriptedWorld,
    sinceMs: number,
    processMinutes: number,
  ): Promise<number> {
    // How many of them were traded makes no difference.
    world.answer(() => ({ candles: [], rejected: [] }));
    const beforeMinutes = world.minutesAskedFor;
    for (let nowMs = sinceMs + MINUTE_MS; nowMs <= sinceMs + DAY_MS; nowMs += MINUTE_MS) {
      if ((nowMs / MINUTE_MS) % processMinutes === 0) world.replaceProcess();
      await world.tick(nowMs);
    }
    return world.minutesAskedFor - beforeMinutes;
  }

  it(
    'is sent at most ten times the minutes that it needs; hundreds of times without a memory of what was asked for',
    async () => {
      const needed = DAY_MS / MINUTE_MS;
      const stored = () => storedTo(at(0, 5));
      expect(await askedFor(await stored(), at(0, 5), 120)).toBeLessThanOrEqual(10 * needed);
      expect(await askedFor(await stored(), at(0, 5), 1)).toBeGreaterThan(100 * needed);
    },
    LONGEST_CASE_MS,
  );

  it(
    'is sent no more than that if each look of the hour is asked for in vain',
    async () => {
      const needed = DAY_MS / MINUTE_MS;
      const world = await storedTo(at(2, 59));
      expect(await askedFor(world, at(2, 59), 120)).toBeLessThanOrEqual(10 * needed);
    },
    LONGEST_CASE_MS,
  );

  it.each([
    ['midnight', at(0)],
    ['noon', at(12)],
  ])(
    'is sent at most ten times the minutes that a market needs that is new at %s',
    async (_, sinceMs) => {
      const needed = DAY_MS / MINUTE_MS;
      expect(await askedFor(new ScriptedWorld(), sinceMs, 120)).toBeLessThanOrEqual(10 * needed);
    },
    LONGEST_CASE_MS,
  );
});

describe('A backlog of a market', () => {
  /** Rows that are written for a few ticks that persist takes as one batch. */
  async function rows(breakage?: Breakage): Promise<number> {
    const world = new ScriptedWorld(breakage);
    for (let minute = 1; minute <= 10; minute++) {
      world.minutes.set(at(0, minute - 1), candleAt(at(0, minute - 1)));
      await world.tick(at(0, minute));
    }
    await world.transform();
    await world.persist();
    expect(world.differences(at(0, 10))).toEqual([]);
    return world.rowsWritten();
  }

  it('is written once: its last segment covers those before it', async () => {
    const covered = await rows();
    const each = await rows(COSTLY_BREAKAGES['segments that a later one covers are written']);
    expect(each).toBeGreaterThan(4 * covered);
  });
});
