import { MINUTE_MS } from '../../../lambdas/shared/domain/interval';
import { at, minuteAt } from '../../fakes/candles';
import { createRandom } from '../world/random';
import { ScriptedWorld } from './scripted-world';

/** The bound is the processor alone, which others may be using. */
const LONGEST_CASE_MS = 120_000;
const PAIRS = ['BTC_USDT', 'ETH_USDT', 'XRP_USDT'];

/** Listings that are not the truth; the last one is as if a market had gone. */
const LIES: readonly (readonly string[] | undefined)[] = [
  undefined,
  [],
  ['ETH_USDT'],
  ['DOGE_BTC'],
  ['ETH_USDT', 'XRP_USDT'],
];

it.each([1, 2, 3])(
  'listings of a pattern that lie at random for hours lose nothing (seed %i)',
  async (seed) => {
    const random = createRandom(seed);
    const world = new ScriptedWorld({}, { pattern: '*_USDT' });
    world.list(PAIRS);
    const endMs = at(4);
    for (let nowMs = at(0, 1); nowMs <= endMs; nowMs += MINUTE_MS) {
      const openTimeMs = nowMs - MINUTE_MS;
      const base = `${(openTimeMs / MINUTE_MS) % 1_000}.5`;
      world.minutes.set(openTimeMs, minuteAt(openTimeMs, { base }));
      // A lie lasts for some minutes.
      if (random.chance(0.1)) world.list(random.pick([PAIRS, ...LIES]));
      if (nowMs > at(3, 50)) world.list(PAIRS);
      if (random.chance(0.02)) world.replaceProcess();
      await world.wholeTick(nowMs);
    }
    expect(world.differences(endMs)).toEqual([]);
  },
  LONGEST_CASE_MS,
);

const SELDOM_MS = 10 * MINUTE_MS;

/** Plays more than a day of a market that trades, listed as is told after half an hour. */
async function dayOfListings(listed: readonly string[] | undefined): Promise<ScriptedWorld> {
  const world = new ScriptedWorld({}, { pattern: '*_USDT', scheduleMs: SELDOM_MS });
  world.list(PAIRS);
  for (let nowMs = at(0, 10); nowMs <= at(26); nowMs += SELDOM_MS) {
    for (let openTimeMs = nowMs - SELDOM_MS; openTimeMs < nowMs; openTimeMs += MINUTE_MS) {
      world.minutes.set(openTimeMs, minuteAt(openTimeMs));
    }
    if (nowMs > at(0, 30)) world.list(listed);
    await world.wholeTick(nowMs);
  }
  return world;
}

it.each([
  ['that is not to be had', undefined],
  ['that is empty', []],
  ['that is cut', ['ETH_USDT']],
  ['of other pairs', ['DOGE_BTC']],
])(
  'a listing of more than a day %s ends no market that trades',
  async (_name, listed) => {
    const world = await dayOfListings(listed);

    expect(world.hasEnded()).toBe(false);
    expect(world.differences(at(26))).toEqual([]);
  },
  LONGEST_CASE_MS,
);

it(
  'a listing of more than a day that lacks a single market ends it',
  async () => {
    expect((await dayOfListings(['ETH_USDT', 'XRP_USDT'])).hasEnded()).toBe(true);
  },
  LONGEST_CASE_MS,
);
