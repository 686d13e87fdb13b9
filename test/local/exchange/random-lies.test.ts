import { type Lie, RandomLies } from '../../../local/exchange/random-lies';
import { everyMinute, MINUTE_MS, NOON_MS } from './exchange-fixtures';

const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const day = everyMinute(NOON_MS, NOON_MS + DAY_MS);

const liar = (lie: Lie, rate: number, seed = 1) => new RandomLies({ lies: [lie], rate, seed });

/** The day as it is shown some time after its end. */
function shown(lies: RandomLies, afterMs: number) {
  const toMs = NOON_MS + DAY_MS;
  return lies.visible('A_B', day, { fromMs: NOON_MS, toMs, nowMs: toMs + afterMs });
}

describe('answers', () => {
  const taken = (lies: RandomLies) =>
    Array.from({ length: 1_000 }, () => lies.takeAnswer('A_B', 'candlesticks'));

  it('lie at the rate, and the same seed tells the same lies', () => {
    const faults = taken(liar('stale', 0.1));
    expect(new Set(faults)).toEqual(new Set(['stale', undefined]));
    const count = faults.filter(Boolean).length;
    expect(count).toBeGreaterThan(50);
    expect(count).toBeLessThan(200);
    expect(taken(liar('stale', 0.1))).toEqual(faults);
    expect(taken(liar('stale', 0.1, 2))).not.toEqual(faults);
  });

  it('about anything but candles are true', () => {
    expect(liar('empty', 1).takeAnswer(undefined, 'time')).toBeUndefined();
    expect(liar('empty', 1).takeAnswer('A_B', 'candlesticks')).toBe('empty');
  });

  it.each(['currency_pairs', 'exchangeInfo', 'instruments', 'products'])(
    'about all pairs lie by lies of the listing alone: %s',
    (endpoint) => {
      expect(liar('empty-listing', 1).takeAnswer(undefined, endpoint)).toBe('empty');
      expect(liar('html-listing', 1).takeAnswer(undefined, endpoint)).toBe('html');
      expect(liar('empty', 1).takeAnswer(undefined, endpoint)).toBeUndefined();
      expect(liar('empty-listing', 1).takeAnswer('A_B', endpoint)).toBeUndefined();
      expect(liar('empty-listing', 1).takeAnswer('A_B', 'klines')).toBeUndefined();
    },
  );

  it('are true as a whole if only minutes lie', () => {
    expect(liar('late', 1).takeAnswer('A_B', 'candlesticks')).toBeUndefined();
  });
});

describe('minutes', () => {
  it('come three to seven minutes late, all that are younger', () => {
    const missing = day.length - shown(liar('late', 1), 0).length;
    expect(missing).toBeGreaterThanOrEqual(3);
    expect(missing).toBeLessThanOrEqual(7);
    expect(shown(liar('late', 1), 8 * MINUTE_MS)).toEqual(day);
    expect(shown(liar('late', 0), 0)).toEqual(day);
  });

  it.each(['bad-rows', 'corrected'] as const)(
    '%s: wrong at first, right within two hours',
    (lie) => {
      const lies = liar(lie, 0.5);
      const wrong = shown(lies, 0).filter((candle, index) => candle !== day[index]);
      expect(wrong.length).toBeGreaterThan(10);
      expect(wrong.every(({ openTimeMs }) => openTimeMs > NOON_MS + DAY_MS - 2 * HOUR_MS)).toBe(
        true,
      );
      expect(shown(lies, 2 * HOUR_MS)).toEqual(day);
      expect(shown(lies, 0)).toEqual(shown(liar(lie, 0.5), 0));
    },
  );

  it('are withdrawn half an hour after their close', () => {
    const left = shown(liar('withdrawn', 0.1), 0);
    expect(left.length).toBeLessThan(day.length - 50);
    expect(left.slice(-30)).toEqual(day.slice(-30));
    expect(shown(liar('withdrawn', 1), HOUR_MS)).toEqual([]);
  });
});
