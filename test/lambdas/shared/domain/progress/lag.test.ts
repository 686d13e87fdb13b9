import { MINUTE_MS } from '../../../../../lambdas/shared/domain/interval';
import { isSilent, isStale, lagOf } from '../../../../../lambdas/shared/domain/progress/lag';
import { at } from '../../../../fakes/candles';

const NOW = { nowMs: at(12, 7), retentionMs: 60 * MINUTE_MS, behindMs: 5 * MINUTE_MS };

const seen = (...seenToMs: number[]) => ({ seenToMs, startsAtMs: [] });

describe('lagOf', () => {
  it('finds nothing behind if nothing is followed', () => {
    expect(lagOf(seen(), NOW)).toEqual({
      marketsBehind: 0,
      worstMs: 0,
      retentionLeftMs: 60 * MINUTE_MS,
    });
  });

  it('finds nothing behind that is seen to a later time', () => {
    expect(lagOf(seen(at(12, 9)), NOW).worstMs).toBe(0);
  });

  it.each([
    ['5 minutes ago', at(12, 2), 0],
    ['a moment earlier', at(12, 2) - 1, 1],
  ])('takes a market that was seen to %s as %d behind', (_, seenToMs, marketsBehind) => {
    expect(lagOf(seen(seenToMs), NOW).marketsBehind).toBe(marketsBehind);
  });

  it('counts each market that is behind, and measures the worst', () => {
    expect(lagOf(seen(at(12), at(12, 4), at(11, 57)), NOW)).toEqual({
      marketsBehind: 2,
      worstMs: 10 * MINUTE_MS,
      retentionLeftMs: 50 * MINUTE_MS,
    });
  });

  it.each([
    ['as old as the exchange serves', at(11, 7)],
    ['older than it serves', at(10)],
  ])('leaves nothing of the retention if a minute is missing that is %s', (_, seenToMs) => {
    expect(lagOf(seen(seenToMs), NOW).retentionLeftMs).toBe(0);
  });
});

describe('a market that has not started', () => {
  it('is behind, and has no deadline', () => {
    expect(lagOf({ seenToMs: [at(12, 4)], startsAtMs: [at(0)] }, NOW)).toEqual({
      marketsBehind: 1,
      worstMs: 12 * 60 * MINUTE_MS + 7 * MINUTE_MS,
      retentionLeftMs: 57 * MINUTE_MS,
    });
  });
});

describe('isSilent', () => {
  const limits = { sinceMs: at(3), nowMs: at(12), silentAfterMs: 60 * MINUTE_MS };

  it.each([
    ['a candle that ended an hour ago', at(10, 59), false],
    ['a candle that ended a minute earlier', at(10, 58), true],
    ['no candle ever, asked for since long', null, true],
  ])('of a market with %s is %s', (_, newestMs, silent) => {
    expect(isSilent(newestMs, limits)).toBe(silent);
  });

  it('is not yet so of a market that has just started', () => {
    expect(isSilent(null, { ...limits, sinceMs: at(11, 30) })).toBe(false);
  });
});

describe('isStale', () => {
  const range = { fromMs: at(12), toMs: at(12, 7) };

  it.each([
    ['ends before the newest stored minute', at(12, 3), at(12, 4), true],
    ['is empty', undefined, at(12, 4), true],
    ['ends at it', at(12, 4), at(12, 4), false],
    ['ends after it', at(12, 5), at(12, 4), false],
    ['was not to hold it: it is older', undefined, at(11, 59), false],
    ['was not to hold it: it is newer', undefined, at(12, 7), false],
    ['comes before any', undefined, null, false],
  ])('of an answer that %s', (_, answeredMs, newestMs, stale) => {
    expect(isStale(answeredMs, { newestMs }, range)).toBe(stale);
  });
});
