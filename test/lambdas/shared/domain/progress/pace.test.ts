import { MINUTE_MS } from '../../../../../lambdas/shared/domain/interval';
import { type Ask, asked, isDue } from '../../../../../lambdas/shared/domain/progress/pace';
import type { Progress } from '../../../../../lambdas/shared/domain/progress/progress';
import { at, DAY } from '../../../../fakes/candles';

function progressAt(settledToMs: number, seenToMs = settledToMs): Progress {
  return { liveSinceMs: DAY, settledToMs, seenToMs, newestMs: null, observedAtMs: seenToMs };
}

function askOf(askedAtMs: number, settledToMs: number | undefined): Ask {
  return { askedAtMs, settledToMs, firstAskedAtMs: askedAtMs };
}

describe('isDue', () => {
  it('holds of the first ask of a process, however far behind', () => {
    expect(isDue(undefined, progressAt(at(1)), at(23))).toBe(true);
  });

  it('holds of a market that is no more than an hour behind', () => {
    expect(isDue(askOf(at(12, 59), at(12)), progressAt(at(12)), at(13))).toBe(true);
  });

  it.each([
    ['a third of what it is behind is over', at(20), at(12), at(24), true],
    ['less than that is over', at(20), at(12), at(24) - 1, false],
  ])('of a market that is far behind and stands still, when %s', (_, lastMs, seen, now, due) => {
    expect(isDue(askOf(lastMs, at(11)), progressAt(at(11), seen), now)).toBe(
      due && now - lastMs >= (now - seen) / 3,
    );
  });

  it('holds of a market that has moved since it was asked for', () => {
    expect(isDue(askOf(at(20), at(11)), progressAt(at(12)), at(20, 1))).toBe(true);
  });

  it('does not hold back a quiet market: it is seen, though not settled', () => {
    expect(isDue(askOf(at(20), at(11)), progressAt(at(11), at(19, 59)), at(20, 1))).toBe(true);
  });

  it('counts from the first ask of a new market, which nothing is stored of', () => {
    const first: Ask = { askedAtMs: at(12), settledToMs: undefined, firstAskedAtMs: at(10) };

    expect(isDue(askOf(at(12), undefined), undefined, at(12, 1))).toBe(true);
    expect(isDue(first, undefined, at(12, 1))).toBe(false);
    expect(isDue(first, undefined, at(13))).toBe(true);
  });
});

describe('the asks while nothing is stored', () => {
  /** Minutes that are asked for in a day, by a process that is replaced from time to time. */
  function minutesAsked(everyHours: number): number {
    const stuck = progressAt(at(0));
    let minutes = 0;
    let last: Ask | undefined;
    for (let nowMs = at(0, 1); nowMs <= at(24); nowMs += MINUTE_MS) {
      if ((nowMs - at(0)) % (everyHours * 60 * MINUTE_MS) === 0) last = undefined;
      if (!isDue(last, stuck, nowMs)) continue;
      last = asked(last, stuck, nowMs);
      minutes += (nowMs - at(0)) / MINUTE_MS;
    }
    return minutes;
  }

  it('are for at most ten times the minutes that are needed, with a new process every two hours', () => {
    expect(minutesAsked(2) / 1_440).toBeLessThanOrEqual(10);
  });

  it('would be for hundreds of times as many if every process were new', () => {
    expect(minutesAsked(1 / 60) / 1_440).toBeGreaterThan(500);
  });
});

describe('asked', () => {
  it('remembers the first of the asks since the market last moved', () => {
    const first = asked(undefined, progressAt(at(12)), at(13));
    const second = asked(first, progressAt(at(12)), at(14));
    const third = asked(second, progressAt(at(12, 30)), at(15));

    expect([first, second, third].map(({ firstAskedAtMs }) => firstAskedAtMs)).toEqual([
      at(13),
      at(13),
      at(15),
    ]);
  });
});
