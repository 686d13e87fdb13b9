import { MINUTE_MS } from '../../../../../lambdas/shared/domain/interval';
import { type Ask, isDue } from '../../../../../lambdas/shared/domain/progress/pace';
import type { Progress } from '../../../../../lambdas/shared/domain/progress/progress';
import { at, DAY } from '../../../../fakes/candles';

function progressAt(settledToMs: number, seenToMs = settledToMs): Progress {
  return { liveSinceMs: DAY, settledToMs, seenToMs, newestMs: null, observedAtMs: seenToMs };
}

function askOf(askedAtMs: number, settledToMs: number | undefined): Ask {
  return { askedAtMs, settledToMs };
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

  it('does not hold of a tick that comes up to an hour after a later one', () => {
    const asked = askOf(at(13), at(12));
    expect(isDue(asked, progressAt(at(12, 59)), at(12, 59))).toBe(false);
    expect(isDue(asked, progressAt(at(12, 59)), at(12))).toBe(false);
    expect(isDue(asked, progressAt(at(12, 59)), at(12) - 1)).toBe(true);
    expect(isDue(asked, progressAt(at(12, 59)), at(13))).toBe(true);
  });

  it('does not hold back a quiet market: it is seen, though not settled', () => {
    expect(isDue(askOf(at(20), at(11)), progressAt(at(11), at(19, 59)), at(20, 1))).toBe(true);
  });

  it('takes a new market to be as far behind as today is long', () => {
    expect(isDue(askOf(at(0, 59), undefined), undefined, at(1))).toBe(true);
    expect(isDue(askOf(at(12), undefined), undefined, at(12, 1))).toBe(false);
    expect(isDue(askOf(at(12), undefined), undefined, at(18))).toBe(true);
  });

  it('does not hold back a new market once something of it is stored', () => {
    expect(isDue(askOf(at(12), undefined), progressAt(DAY, at(12)), at(12, 1))).toBe(true);
  });
});

describe('the asks while nothing is stored', () => {
  /** Minutes that are asked for in a day, by a process that is replaced from time to time. */
  function minutesAsked(stuck: Progress | undefined, everyHours: number): number {
    let minutes = 0;
    let last: Ask | undefined;
    for (let nowMs = at(0, 1); nowMs <= at(24); nowMs += MINUTE_MS) {
      if ((nowMs - at(0)) % (everyHours * 60 * MINUTE_MS) === 0) last = undefined;
      if (!isDue(last, stuck, nowMs)) continue;
      last = askOf(nowMs, stuck?.settledToMs);
      minutes += (nowMs - at(0)) / MINUTE_MS;
    }
    return minutes;
  }

  describe.each([
    ['of a market that is settled to midnight', progressAt(at(0))],
    ['of a new market', undefined],
  ])('%s', (_, stuck) => {
    it('are for at most ten times the minutes that are needed, with a new process every two hours', () => {
      expect(minutesAsked(stuck, 2) / 1_440).toBeLessThanOrEqual(10);
    });

    it('would be for hundreds of times as many if every process were new', () => {
      expect(minutesAsked(stuck, 1 / 60) / 1_440).toBeGreaterThan(500);
    });
  });
});
