import { DAY_MS, MINUTE_MS } from '../../../../lambdas/shared/domain/interval';
import {
  advance,
  gapsOf,
  perhapsFilled,
  type Progress,
  settledGaps,
} from '../../../../lambdas/shared/domain/progress';
import { at, auditOf, DAY, rolledOf } from '../../../fakes/candles';

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

describe('gapsOf', () => {
  const REASON = 'beyond the retention of the exchange';

  it('has the range that the exchange no longer serves', () => {
    expect(gapsOf(rolledOf({ followsMs: at(9), gapFromMs: at(9) }))).toEqual([
      { fromMs: at(9), toMs: at(12, 3), reason: REASON },
    ]);
  });

  it('has it cut at UTC days', () => {
    const gapFromMs = DAY - DAY_MS - 2 * MINUTE_MS;

    expect(gapsOf(rolledOf({ followsMs: gapFromMs, gapFromMs }))).toEqual([
      { fromMs: gapFromMs, toMs: DAY - DAY_MS, reason: REASON },
      { fromMs: DAY - DAY_MS, toMs: DAY, reason: REASON },
      { fromMs: DAY, toMs: at(12, 3), reason: REASON },
    ]);
  });

  it('has each rejected minute with its reason', () => {
    const rejected = [{ openTimeMs: at(12, 4), reason: 'its low 5 is above its open 4' }];

    expect(gapsOf(rolledOf({ rejected }))).toEqual([
      {
        fromMs: at(12, 4),
        toMs: at(12, 5),
        reason: 'rejected: its low 5 is above its open 4',
      },
    ]);
  });

  it('is empty if the segment names none', () => {
    expect(gapsOf(rolledOf())).toEqual([]);
  });
});

describe('perhapsFilled', () => {
  const gapAt = (fromMs: number, reason = 'rejected: odd') => ({
    fromMs,
    toMs: fromMs + MINUTE_MS,
    reason,
  });

  it('has the rejected minutes of the range that are not rejected again', () => {
    const segment = rolledOf({ rejected: [{ openTimeMs: at(12, 5), reason: 'odd' }] });
    const gaps = [at(12, 2), at(12, 3), at(12, 5), at(12, 6), at(12, 7)].map((ms) => gapAt(ms));

    expect(perhapsFilled(segment, gaps).map(({ fromMs }) => fromMs)).toEqual([
      at(12, 3),
      at(12, 6),
    ]);
  });

  it('has no gap of another reason', () => {
    expect(perhapsFilled(rolledOf(), [gapAt(at(12, 4), 'beyond the retention')])).toEqual([]);
  });
});

describe('settledGaps', () => {
  const findings = {
    minuteCount: 0,
    absentCount: 1_439,
    correctedCount: 0,
    suspectsMs: [],
    agreed: false,
    sealed: false,
    disputed: false,
  };
  const unserved = { fromMs: at(7), toMs: at(7, 30), reason: 'beyond the retention' };
  const [first, second] = [at(11), at(12)].map((fromMs) => ({
    fromMs,
    toMs: fromMs + MINUTE_MS,
    reason: 'rejected: odd',
  }));
  const gaps = [unserved, first, second].filter((gap) => gap !== undefined);
  const audit = {
    ...auditOf(),
    newestMs: null,
    rejected: [],
    candles: {},
    deleted: {},
    audit: findings,
  };

  it.each([
    ['a seal', { audit: { ...findings, sealed: true } }],
    ['the archive, even if it has nothing', { source: 'archive' as const }],
  ])('are all those of the day for %s', (_, fields) => {
    expect(settledGaps({ ...audit, ...fields }, gaps)).toEqual(gaps);
  });

  it.each([
    ['an answer with a candle', { newestMs: at(8) }],
    ['a row without a candle', { rejected: [{ openTimeMs: at(13), reason: 'odd' }] }],
    ['a dispute', { newestMs: at(8), audit: { ...findings, sealed: true, disputed: true } }],
  ])('are those of minutes that were not served, but not of rejected ones, for %s', (_, fields) => {
    expect(settledGaps({ ...audit, ...fields }, gaps)).toEqual([unserved]);
  });

  it('are without the minutes that are rejected again', () => {
    const rejected = [{ openTimeMs: at(12), reason: 'odd' }];

    expect(settledGaps({ ...audit, rejected, source: 'archive' }, gaps)).toEqual([unserved, first]);
  });

  it.each([
    ['an empty answer', {}],
    ['a dispute with an empty answer', { audit: { ...findings, sealed: true, disputed: true } }],
    ['a day that nobody serves', { source: 'archive' as const, unserved: 'lost' }],
  ])('are none for %s', (_, fields) => {
    expect(settledGaps({ ...audit, ...fields }, gaps)).toEqual([]);
  });
});
