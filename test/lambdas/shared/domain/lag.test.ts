import { MINUTE_MS } from '../../../../lambdas/shared/domain/interval';
import { lagOf } from '../../../../lambdas/shared/domain/lag';
import { at, segmentOf } from '../../../fakes/candles';

const NOW = { nowMs: at(12, 7), retentionMs: 60 * MINUTE_MS, behindMs: 5 * MINUTE_MS };

/** A plan that starts at a time, with a later segment behind it. */
function planFrom(fromMs: number) {
  return [segmentOf({ fromMs }), segmentOf()];
}

describe('lagOf', () => {
  it('finds nothing behind where nothing is planned', () => {
    expect(lagOf([], NOW)).toEqual({
      pairsBehind: 0,
      worstMs: 0,
      retentionLeftMs: 60 * MINUTE_MS,
    });
  });

  it.each([
    ['5 minutes ago', at(12, 2), 0],
    ['a moment earlier', at(12, 2) - 1, 1],
  ])('takes a pair whose plan starts %s as %d behind', (_, fromMs, pairsBehind) => {
    expect(lagOf([planFrom(fromMs)], NOW).pairsBehind).toBe(pairsBehind);
  });

  it('counts each pair that is behind, and measures the worst', () => {
    const plans = [planFrom(at(12)), planFrom(at(12, 4)), planFrom(at(11, 57))];

    expect(lagOf(plans, NOW)).toEqual({
      pairsBehind: 2,
      worstMs: 10 * MINUTE_MS,
      retentionLeftMs: 50 * MINUTE_MS,
    });
  });

  it.each([
    ['as old as the exchange serves', at(11, 7)],
    ['older than it serves', at(10)],
  ])('leaves nothing of the retention where a minute is missing that is %s', (_, fromMs) => {
    expect(lagOf([planFrom(fromMs)], NOW).retentionLeftMs).toBe(0);
  });
});
