import { DAY_MS, MINUTE_MS } from '../../../../../lambdas/shared/domain/interval';
import {
  gapsOf,
  perhapsFilled,
  settledGaps,
} from '../../../../../lambdas/shared/domain/progress/gaps';
import { at, auditOf, DAY, rolledOf } from '../../../../fakes/candles';

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
