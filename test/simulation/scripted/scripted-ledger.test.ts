import { DAY_MS, MINUTE_MS } from '../../../lambdas/shared/domain/interval';
import { MOST_UNDER_WAY } from '../../../lambdas/shared/domain/ledger/ledger';
import { at, DAY, minuteAt } from '../../fakes/candles';
import type { Breakage } from '../broken-ports';
import {
  COSTLY_LEDGER_BREAKAGES,
  LEDGER_BREAKAGES,
  RARE_LEDGER_BREAKAGES,
} from '../ledger/ledger-breakages';
import { type Answer, ScriptedWorld } from './scripted-world';

/** Hours of a day's audits, counted from its start: at first, with patience, and daily. */
const AUDIT_HOURS = [27, 48, 73, 98];
/** ... and hourly from then on, until long after a day can be in dispute. */
const ALL_HOURS = [...AUDIT_HOURS, ...Array.from({ length: 24 * 6 }, (_, hour) => 99 + hour)];
const TRADED_MINUTES = 60;
const SOME_MINUTE = at(0, 7);
/** The bound is the processor alone, which others may be using. */
const LONGEST_CASE_MS = 120_000;

/** An answer without some of its minutes. */
function without(isLacking: (openTimeMs: number) => boolean): Answer {
  return ({ candles, rejected }) => ({
    candles: candles.filter(({ openTimeMs }) => !isLacking(openTimeMs)),
    rejected,
  });
}

function withoutMinute(timeMs: number): Answer {
  return without((openTimeMs) => openTimeMs === timeMs);
}

/** A day with an hour of trading that was followed live, and is settled. */
async function pastDay(breakage?: Breakage, live?: Answer): Promise<ScriptedWorld> {
  const world = new ScriptedWorld(breakage);
  await tradeAnHour(world, live);
  await endDay(world, live);
  return world;
}

async function tradeAnHour(world: ScriptedWorld, live?: Answer): Promise<void> {
  for (let minute = 0; minute < TRADED_MINUTES; minute++) {
    world.minutes.set(at(0, minute), minuteAt(at(0, minute), { base: `${minute + 2}` }));
  }
  world.answer(live);
  for (const nowMs of [at(0, 30), at(1, 1)]) await world.wholeTick(nowMs);
}

async function endDay(world: ScriptedWorld, live?: Answer): Promise<void> {
  world.answer(live);
  for (const nowMs of [at(24, 1), at(25, 5), at(26, 10)]) await world.wholeTick(nowMs);
  world.answer();
}

/** Firings at some hours of the day's time, each with all that follows from it. */
async function fire(world: ScriptedWorld, hours: readonly number[]): Promise<void> {
  for (const hour of hours) await world.wholeFiring(at(hour, 10));
}

function columns(world: ScriptedWorld, ...names: string[]): unknown[] {
  return names.map((name) => world.day(DAY)?.get(name));
}

describe('A past day', () => {
  it('is sealed by the second audit that agrees, and not asked for again', async () => {
    const world = await pastDay();
    await fire(world, AUDIT_HOURS);
    expect(columns(world, 'audits', 'minutes', 'absent', 'rejected', 'corrected')).toEqual([
      2, 60, 1_380, 0, 0,
    ]);
    expect(columns(world, 'sealed_at', 'disputed')).toEqual([new Date(at(48, 10) + 1), false]);
  });

  it('has what the live loop lacked, and what the exchange corrected, which its row counts', async () => {
    const world = await pastDay(undefined, withoutMinute(SOME_MINUTE));
    world.minutes.set(at(0, 8), minuteAt(at(0, 8), { base: '777' }));
    await fire(world, AUDIT_HOURS);
    expect(columns(world, 'audits', 'minutes', 'corrected')).toEqual([3, 60, 1]);
    expect(columns(world, 'sealed_at', 'disputed')).toEqual([new Date(at(73, 10) + 1), false]);
    expect(world.stored('1m', at(0, 8), 'base_volume')).toBe('777');
  });

  it('loses a minute that the exchange withdrew, by the second audit that lacks it', async () => {
    const world = await pastDay();
    world.minutes.delete(SOME_MINUTE);
    await fire(world, [27]);
    expect(world.minutesStored()).toBe(TRADED_MINUTES);
    await fire(world, [48, 73, 98]);
    expect(world.minutesStored()).toBe(TRADED_MINUTES - 1);
    expect(columns(world, 'corrected', 'minutes', 'disputed')).toEqual([1, 59, false]);
  });
});

describe('An exchange that forgets', () => {
  /** Minutes that are stored after audits that are answered so for ever. */
  async function minutesLeft(answer: Answer, breakage?: Breakage): Promise<number> {
    const world = await pastDay(breakage);
    world.answer(answer);
    await fire(world, ALL_HOURS);
    if (breakage === undefined) expect(columns(world, 'disputed')).toEqual([true]);
    return world.minutesStored();
  }

  it.each([
    ['everything', without(() => true)],
    ['half of the day', without((openTimeMs) => openTimeMs >= at(0, 20))],
  ])(
    'costs no stored minute if it forgets %s for ever',
    async (_, answer) => {
      expect(await minutesLeft(answer)).toBe(TRADED_MINUTES);
      const unguarded = RARE_LEDGER_BREAKAGES['an audit deletes all that it lacks'];
      expect(await minutesLeft(answer, unguarded)).toBeLessThan(TRADED_MINUTES);
    },
    LONGEST_CASE_MS,
  );

  it(
    'costs no stored minute if it has an odd row for ever',
    async () => {
      const odd: Answer = (honest, query) => ({
        candles: withoutMinute(SOME_MINUTE)(honest, query).candles,
        rejected: [{ openTimeMs: SOME_MINUTE, reason: 'its low is above its high' }],
      });
      expect(await minutesLeft(odd)).toBe(TRADED_MINUTES);
      const rule = 'a row that is no candle is evidence of absence';
      expect(await minutesLeft(odd, RARE_LEDGER_BREAKAGES[rule])).toBe(TRADED_MINUTES - 1);
    },
    LONGEST_CASE_MS,
  );

  it('costs no stored minute if a single answer lacks one', async () => {
    const flicker = async (breakage?: Breakage): Promise<number> => {
      const world = await pastDay(breakage);
      await fire(world, [27]);
      world.answer(withoutMinute(SOME_MINUTE));
      await fire(world, [48]);
      return world.minutesStored();
    };
    expect(await flicker()).toBe(TRADED_MINUTES);
    const rule = 'a minute that one audit lacks is deleted';
    expect(await flicker(RARE_LEDGER_BREAKAGES[rule])).toBe(TRADED_MINUTES - 1);
  });
});

describe('A write that lands late', () => {
  /** The last minute's volume as a replica that lags has it lands once the day is sealed. */
  async function storedVolume(breakage?: Breakage): Promise<unknown> {
    const world = new ScriptedWorld(breakage);
    await tradeAnHour(world);
    world.answer(({ candles, rejected }) => ({
      candles: [...candles.slice(0, -1), minuteAt(at(0, 59), { base: '1' })],
      rejected,
    }));
    await world.tick(at(2));
    await world.transform();
    const land = world.holdBack();
    await endDay(world);
    await fire(world, AUDIT_HOURS);
    expect(columns(world, 'disputed', 'agreed')).toEqual([false, true]);
    await land();
    return world.stored('1m', at(0, 59), 'base_volume');
  }

  it('changes nothing that an audit has confirmed', async () => {
    expect(await storedVolume()).toBe('61');
    for (const rule of [
      'an audit writes only what differs',
      'an audit that changes nothing writes nothing',
    ] as const) {
      expect(await storedVolume(RARE_LEDGER_BREAKAGES[rule])).toBe('1');
    }
  });
});

describe('An answer that comes again', () => {
  /** A minute never came live, and one answer lacks it too, which is rolled up twice. */
  async function isSealedWrong(breakage?: Breakage): Promise<boolean> {
    const world = await pastDay(breakage, withoutMinute(SOME_MINUTE));
    world.answer(withoutMinute(SOME_MINUTE));
    await world.wholeFiring(at(48, 10));
    // Nothing is due: only the time goes on.
    await world.reconcile(at(48, 20));
    world.giveAgain('observed', 1);
    await world.transform();
    await world.persist();
    const [sealedAt] = columns(world, 'sealed_at');
    return sealedAt !== null && world.minutesStored() < TRADED_MINUTES;
  }

  it('counts once', async () => {
    expect(await isSealedWrong()).toBe(false);
    expect(await isSealedWrong(RARE_LEDGER_BREAKAGES['the same answer counts again'])).toBe(true);
  });
});

describe('A day that is not settled', () => {
  /** When a day is sealed that live ticks stopped in the middle of. */
  async function sealedAt(breakage?: Breakage): Promise<unknown> {
    const world = new ScriptedWorld(breakage);
    world.minutes.set(at(0, 1), minuteAt(at(0, 1)));
    await world.wholeTick(at(0, 30));
    await fire(world, AUDIT_HOURS);
    return columns(world, 'sealed_at')[0] ?? null;
  }

  it("is the live loop's: it is not sealed", async () => {
    expect(await sealedAt()).toBeNull();
    const rule = 'days that are not settled are audited';
    expect(await sealedAt(RARE_LEDGER_BREAKAGES[rule])).not.toBeNull();
  });
});

describe('A pipeline that stands still', () => {
  /** A market with some days of history, of which nothing is stored. */
  function standing(historyDays: number, breakage?: Breakage): ScriptedWorld {
    const historyStartMs = DAY - historyDays * DAY_MS;
    return new ScriptedWorld(breakage, { historyStartMs, retentionMs: 400 * DAY_MS });
  }

  it(
    'is sent each day of history a few times in a day; hundreds of times if asks are not remembered',
    async () => {
      const timesSent = async (breakage?: Breakage): Promise<number> => {
        const world = standing(3, breakage);
        for (let nowMs = DAY; nowMs < DAY + DAY_MS; nowMs += 5 * MINUTE_MS) {
          await world.reconcile(nowMs + 6 * 60 * MINUTE_MS);
        }
        return world.observed() / 3;
      };
      expect(await timesSent()).toBeLessThanOrEqual(6);
      const unremembered = COSTLY_LEDGER_BREAKAGES['asks are not remembered'];
      expect(await timesSent(unremembered)).toBeGreaterThan(200);
    },
    LONGEST_CASE_MS,
  );

  it(
    'has no more days under way than may be',
    async () => {
      const daysSent = async (breakage?: Breakage): Promise<number> => {
        const world = standing(200, breakage);
        for (let minute = 0; minute < 30; minute += 5) await world.reconcile(at(6, minute));
        return world.observed();
      };
      expect(await daysSent()).toBe(MOST_UNDER_WAY);
      const rule = 'any number of days is under way';
      expect(await daysSent(RARE_LEDGER_BREAKAGES[rule])).toBe(200);
    },
    LONGEST_CASE_MS,
  );
});

describe('History from the archive', () => {
  /** A day of last month, and how often it was asked for in a month. */
  async function history(breakage?: Breakage) {
    const dayMs = Date.UTC(2025, 11, 31);
    const world = new ScriptedWorld(breakage, { historyStartMs: dayMs, retentionMs: 2 * DAY_MS });
    world.minutes.set(dayMs, minuteAt(dayMs));
    await world.wholeTick(DAY);
    for (let day = 0; day < 14; day++) await world.wholeFiring(at(24 * day + 6));
    return world;
  }

  it('is final: a day is sealed by the first audit, without a quote volume', async () => {
    const world = await history();
    const december = world.day(Date.UTC(2025, 11, 31));
    expect(december?.get('audits')).toBe(1);
    expect(december?.get('disputed')).toBe(false);
    expect(world.stored('1d', Date.UTC(2025, 11, 31), 'quote_volume')).toBeNull();
    const doubted = await history(LEDGER_BREAKAGES['the archive is doubted']);
    expect(doubted.observed()).toBeGreaterThan(world.observed());
  });
});
