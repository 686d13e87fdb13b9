import { advance, gapBefore, type Progress } from '../../../../lambdas/shared/domain/progress';
import { at, historyOf, segmentOf } from '../../../fakes/candles';

function storedAt(settledToMs: number, fields: Partial<Progress> = {}): Progress {
  return { settledToMs, seenToMs: settledToMs, observedAtMs: settledToMs, ...fields };
}

describe('advance', () => {
  it('settles, sees and dates what the segment brings', () => {
    expect(advance(storedAt(at(12, 3)), segmentOf())).toEqual({
      settledToMs: at(12, 5),
      seenToMs: at(12, 7),
      observedAtMs: at(12, 7),
    });
  });

  it('takes the first segment of a new pair', () => {
    expect(advance(undefined, segmentOf({ followsMs: null }))?.settledToMs).toBe(at(12, 5));
  });

  it('takes a segment that follows less than what is settled', () => {
    expect(advance(storedAt(at(12, 4)), segmentOf())?.settledToMs).toBe(at(12, 5));
  });

  it('sees further where as much is settled already', () => {
    expect(advance(storedAt(at(12, 5), { seenToMs: at(12, 6) }), segmentOf())).toEqual({
      settledToMs: at(12, 5),
      seenToMs: at(12, 7),
      observedAtMs: at(12, 7),
    });
  });

  it('never sees less than it has seen', () => {
    const stored = storedAt(at(12, 3), { seenToMs: at(12, 30) });

    expect(advance(stored, segmentOf())?.seenToMs).toBe(at(12, 30));
  });

  it.each([
    ['what the segment follows is not reached', storedAt(at(12, 2)), segmentOf()],
    ['nothing is stored and the segment follows something', undefined, segmentOf()],
    [
      'something is stored and the segment follows nothing',
      storedAt(at(12, 3)),
      segmentOf({ followsMs: null }),
    ],
    [
      'as much is settled and seen already',
      storedAt(at(12, 5), { seenToMs: at(12, 7) }),
      segmentOf(),
    ],
    ['more is settled already', storedAt(at(12, 6)), segmentOf()],
    ['it is history', storedAt(at(12, 3)), historyOf()],
    ['it is history of a new pair', undefined, historyOf()],
  ])('makes none where %s', (_, stored, segment) => {
    expect(advance(stored, segment)).toBeUndefined();
  });
});

describe('gapBefore', () => {
  it('is the range that the exchange no longer serves', () => {
    expect(gapBefore(segmentOf({ followsMs: at(9), gapFromMs: at(9) }))).toEqual({
      fromMs: at(9),
      toMs: at(12, 3),
      reason: 'beyond the retention of the exchange',
    });
  });

  it('is none where the segment names none', () => {
    expect(gapBefore(segmentOf())).toBeUndefined();
  });
});
