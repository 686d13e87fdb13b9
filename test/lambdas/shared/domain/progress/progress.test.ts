import { advance, type Progress } from '../../../../../lambdas/shared/domain/progress/progress';
import { at, auditOf, DAY, rolledOf } from '../../../../fakes/candles';

function storedAt(settledToMs: number, fields: Partial<Progress> = {}): Progress {
  return {
    liveSinceMs: DAY,
    settledToMs,
    seenToMs: settledToMs,
    newestMs: null,
    observedAtMs: settledToMs,
    ...fields,
  };
}

const AUDIT = { ...auditOf(), newestMs: null };

describe('advance', () => {
  it('settles, sees and dates what the segment brings', () => {
    expect(advance(storedAt(at(12, 3)), rolledOf({ newestMs: at(12, 6) }))).toEqual({
      liveSinceMs: DAY,
      settledToMs: at(12, 5),
      seenToMs: at(12, 7),
      newestMs: at(12, 6),
      observedAtMs: at(12, 7),
    });
  });

  it('takes the first segment of a new market', () => {
    expect(advance(undefined, rolledOf({ followsMs: null }))?.settledToMs).toBe(at(12, 5));
  });

  it('starts a market live at a midnight, even if the exchange serves only part of that day', () => {
    expect(advance(undefined, rolledOf({ followsMs: null }))?.liveSinceMs).toBe(DAY);
  });

  it('takes a segment that follows less than what is settled', () => {
    expect(advance(storedAt(at(12, 4)), rolledOf())?.settledToMs).toBe(at(12, 5));
  });

  it('sees further if as much is settled already', () => {
    expect(advance(storedAt(at(12, 5), { seenToMs: at(12, 6) }), rolledOf())).toEqual({
      liveSinceMs: DAY,
      settledToMs: at(12, 5),
      seenToMs: at(12, 7),
      newestMs: null,
      observedAtMs: at(12, 7),
    });
  });

  it('knows a newer minute even if nothing more is settled or seen', () => {
    const stored = storedAt(at(12, 5), { seenToMs: at(12, 7), newestMs: at(12, 4) });

    expect(advance(stored, rolledOf({ newestMs: at(12, 6) }))?.newestMs).toBe(at(12, 6));
  });

  it('never sees less than it has seen', () => {
    const stored = storedAt(at(12, 3), { seenToMs: at(12, 30) });

    expect(advance(stored, rolledOf())?.seenToMs).toBe(at(12, 30));
  });

  it.each([
    [at(12, 2), at(12, 6), at(12, 6)],
    [at(12, 2), null, at(12, 2)],
    [null, at(12, 6), at(12, 6)],
    [at(12, 20), at(12, 6), at(12, 20)],
  ])('knows the newest minute that ever came: of %d and %d, %d', (known, brought, newestMs) => {
    const stored = storedAt(at(12, 3), { newestMs: known });

    expect(advance(stored, rolledOf({ newestMs: brought }))?.newestMs).toBe(newestMs);
  });

  it.each([
    ['what the segment follows is not reached', storedAt(at(12, 2)), rolledOf()],
    ['nothing is stored and the segment follows something', undefined, rolledOf()],
    [
      'something is stored and the segment follows nothing',
      storedAt(at(12, 3)),
      rolledOf({ followsMs: null }),
    ],
    [
      'as much is settled and seen already',
      storedAt(at(12, 5), { seenToMs: at(12, 7) }),
      rolledOf(),
    ],
    ['more is settled already', storedAt(at(12, 6)), rolledOf()],
    ['it is an audit', storedAt(at(12, 3)), AUDIT],
    ['it is an audit of a new market', undefined, AUDIT],
  ])('makes none if %s', (_, stored, segment) => {
    expect(advance(stored, segment)).toBeUndefined();
  });
});
