import fc from 'fast-check';
import { auditDay, candlesToCompare } from '../../../../../lambdas/shared/domain/ledger/audit';
import type { Candle, CandlesByInterval } from '../../../../../lambdas/shared/domain/candle';
import { DAY_MS, INTERVALS, MINUTE_MS } from '../../../../../lambdas/shared/domain/interval';
import type { LedgerDay } from '../../../../../lambdas/shared/domain/ledger/ledger';
import { windowsUpFrom } from '../../../../../lambdas/shared/domain/roll-up';
import { checkRolled, type ObservedSegment } from '../../../../../lambdas/shared/domain/segment';
import { at, auditOf, DAY, minuteAt, minutesIn, minutesOfDay } from '../../../../fakes/candles';
import { agreedDay, ledgerDayOf, storedAuditOf } from '../../../../fakes/ledger/ledger-days';

const HOUR_MS = 60 * MINUTE_MS;
const END = DAY + DAY_MS;
const MINUTES = minutesIn(at(7), at(9));

interface Case {
  readonly answered?: readonly Candle[];
  readonly stored?: readonly Candle[];
  /** Times of stored one-minute rows that cannot be read. */
  readonly unreadableMs?: readonly number[];
  readonly day?: LedgerDay;
  readonly fields?: Partial<ObservedSegment>;
}

/** An audit a day and an hour after the end, of a day that is stored as it is answered, if nothing else is said. */
function auditedWith({
  answered = MINUTES,
  stored = MINUTES,
  unreadableMs = [],
  day,
  fields = {},
}: Case) {
  const segment = auditOf({
    observedAtMs: END + 25 * HOUR_MS,
    minuteCandles: answered,
    ...fields,
  });
  const unreadable = unreadableMs.map((openTimeMs) => ({
    interval: '1m' as const,
    openTimeMs,
    cause: new Error('null'),
  }));
  const read = { candles: windowsUpFrom(stored), unreadable };
  const rolled = auditDay(segment, read, day ?? ledgerDayOf());
  checkRolled(rolled);
  return rolled;
}

const NOTHING = { '1m': [], '5m': [], '15m': [], '1h': [], '4h': [], '1d': [] };

function without(minutes: readonly Candle[], ...timesMs: readonly number[]): Candle[] {
  return minutes.filter(({ openTimeMs }) => !timesMs.includes(openTimeMs));
}

function suspecting(...suspectsMs: readonly number[]): LedgerDay {
  return ledgerDayOf({ audit: storedAuditOf({ suspectsMs }) });
}

/** The table once an audit is stored. */
function tableAfter(stored: CandlesByInterval, rolled: ReturnType<typeof auditDay>) {
  const rows = INTERVALS.map((interval) => {
    const byTime = new Map((stored[interval] ?? []).map((one) => [one.openTimeMs, one]));
    for (const timeMs of rolled.deleted[interval] ?? []) byTime.delete(timeMs);
    for (const candle of rolled.candles[interval] ?? []) byTime.set(candle.openTimeMs, candle);
    return [interval, [...byTime.values()].sort((a, b) => a.openTimeMs - b.openTimeMs)];
  });
  return Object.fromEntries(rows) as CandlesByInterval;
}

/** The open times of the candles that an audit has written. */
function writtenTimes({ candles }: ReturnType<typeof auditDay>) {
  return Object.fromEntries(
    INTERVALS.map((interval) => [interval, candles[interval]?.map((one) => one.openTimeMs)]),
  );
}

test('every interval of the whole day is compared', () => {
  expect(candlesToCompare(auditOf())).toEqual(
    INTERVALS.map((interval) => ({ interval, fromMs: DAY, toMs: END })),
  );
});

describe('a day that is stored as it is answered', () => {
  it('is written again when it is sealed: older writes may still be under way', () => {
    expect(auditedWith({ day: agreedDay() }).candles).toEqual(windowsUpFrom(MINUTES));
  });

  it('is not written before: the next audit finds what older writes change', () => {
    expect(auditedWith({}).candles).toEqual(NOTHING);
  });

  it('agrees, and is sealed by the second audit in a row that does', () => {
    expect(auditedWith({}).audit).toEqual({
      minuteCount: 120,
      absentCount: 1_320,
      correctedCount: 0,
      suspectsMs: [],
      agreed: true,
      sealed: false,
      disputed: false,
    });
    expect(auditedWith({ day: agreedDay() }).audit).toMatchObject({
      sealed: true,
      disputed: false,
    });
  });

  it('is not sealed within a day after its end', () => {
    const fields = { observedAtMs: END + DAY_MS - 1 };

    expect(auditedWith({ day: agreedDay(), fields }).audit).toMatchObject({
      agreed: true,
      sealed: false,
    });
  });

  it('is not sealed by two firings that overlap: their answers are one', () => {
    const sealedAfter = (apartMs: number) =>
      auditedWith({ day: agreedDay({ observedAtMs: END + 25 * HOUR_MS - apartMs }) }).audit?.sealed;

    expect(sealedAfter(54 * MINUTE_MS)).toBe(false);
    expect(sealedAfter(55 * MINUTE_MS)).toBe(true);
  });

  it('is not sealed by two empty answers within a day if nothing is stored of it', () => {
    const sealedAfter = (apartMs: number) => {
      const observedAtMs = END + 100 * HOUR_MS - apartMs;
      const day = agreedDay({ observedAtMs, minuteCount: 0 });
      const fields = { observedAtMs: END + 100 * HOUR_MS };
      return auditedWith({ answered: [], stored: [], day, fields }).audit?.sealed;
    };

    expect(sealedAfter(2 * HOUR_MS)).toBe(false);
    expect(sealedAfter(24 * HOUR_MS)).toBe(true);
  });

  it('is not sealed by the same answer that comes again', () => {
    const day = agreedDay({ observedAtMs: END + 25 * HOUR_MS });

    expect(auditedWith({ day }).audit).toMatchObject({ agreed: true, sealed: false });
  });

  it('agrees if only the zeros at the end of numbers differ', () => {
    const answered = [minuteAt(at(7), { open: '10.50', base: '2.0' })];

    expect(auditedWith({ answered, stored: [minuteAt(at(7))] }).audit).toMatchObject({
      agreed: true,
      correctedCount: 0,
    });
  });

  it('does not agree where a window is wrong though all minutes are right', () => {
    const stored = windowsUpFrom(MINUTES);
    const wrong = { ...stored, '1d': windowsUpFrom(MINUTES.slice(1))['1d'] ?? [] };
    const rolled = auditDay(
      auditOf({ minuteCandles: MINUTES }),
      { candles: wrong, unreadable: [] },
      agreedDay(),
    );

    expect(rolled.audit).toMatchObject({ agreed: false, correctedCount: 0 });
  });
});

describe('a day that the exchange corrected', () => {
  it('takes over what was changed and added, and counts it', () => {
    const changed = minuteAt(at(7), { high: '12' });
    const answered = [changed, ...MINUTES.slice(1), minuteAt(at(9))];

    const rolled = auditedWith({ answered, day: agreedDay() });

    expect(writtenTimes(rolled)).toEqual({
      '1m': [at(7), at(9)],
      '5m': [at(7), at(9)],
      '15m': [at(7), at(9)],
      '1h': [at(7), at(9)],
      '4h': [at(4), at(8)],
      '1d': [DAY],
    });
    expect(tableAfter(windowsUpFrom(MINUTES), rolled)).toEqual(windowsUpFrom(answered));
    expect(rolled.audit).toMatchObject({ correctedCount: 2, agreed: false, sealed: false });
  });

  it('does not count what the first audit adds: a gap that it closes is no correction', () => {
    const answered = [minuteAt(at(7), { high: '12' }), ...MINUTES.slice(1), minuteAt(at(9))];

    expect(auditedWith({ answered }).audit).toMatchObject({ correctedCount: 1 });
    expect(auditedWith({ answered, unreadableMs: [at(9)] }).audit).toMatchObject({
      correctedCount: 2,
    });
  });

  it('counts nothing of a day that was never stored', () => {
    expect(auditedWith({ stored: [] }).audit).toMatchObject({ correctedCount: 0, agreed: false });
  });
});

describe('a stored minute that the answer lacks', () => {
  const lacking = without(MINUTES, at(7, 30));

  it('is kept, as a suspect', () => {
    const rolled = auditedWith({ answered: lacking, day: agreedDay() });

    expect(rolled.candles).toEqual(NOTHING);
    expect(rolled.deleted).toEqual({});
    expect(rolled.audit).toMatchObject({ suspectsMs: [at(7, 30)], agreed: false, sealed: false });
  });

  it('is deleted if the audit before lacked it too', () => {
    const rolled = auditedWith({ answered: lacking, day: suspecting(at(7, 30), at(8)) });

    expect(tableAfter(windowsUpFrom(MINUTES), rolled)).toEqual(windowsUpFrom(lacking));
    expect(rolled.deleted).toEqual({ '1m': [at(7, 30)] });
    expect(rolled.audit).toMatchObject({ suspectsMs: [], correctedCount: 1, agreed: false });
  });

  it('is not deleted by a firing that overlaps with the one that missed it', () => {
    const observedAtMs = END + 25 * HOUR_MS;
    const audit = storedAuditOf({ suspectsMs: [at(8)], observedAtMs: observedAtMs - MINUTE_MS });

    const rolled = auditedWith({
      answered: without(MINUTES, at(8)),
      day: ledgerDayOf({ audit }),
      fields: { observedAtMs },
    });

    expect(rolled.deleted).toEqual({});
    expect(rolled.audit?.suspectsMs).toEqual([at(8)]);
  });

  it('is deleted with the windows that have no other minute', () => {
    const stored = [minuteAt(at(3)), minuteAt(at(17, 2))];
    const rolled = auditedWith({ answered: [minuteAt(at(3))], stored, day: suspecting(at(17, 2)) });

    expect(rolled.deleted).toEqual({
      '1m': [at(17, 2)],
      '5m': [at(17)],
      '15m': [at(17)],
      '1h': [at(17)],
      '4h': [at(16)],
    });
  });

  it.each([
    ['an empty answer', { answered: [], day: suspecting(...MINUTES.map((m) => m.openTimeMs)) }],
    [
      'an answer that lacks 31 minutes',
      { answered: MINUTES.slice(31), day: suspecting(...MINUTES.map((m) => m.openTimeMs)) },
    ],
    [
      'the answer that made it a suspect, given again',
      {
        answered: lacking,
        day: ledgerDayOf({
          audit: storedAuditOf({ suspectsMs: [at(7, 30)], observedAtMs: END + 25 * HOUR_MS }),
        }),
      },
    ],
    [
      'an answer whose row of it is no candle',
      {
        answered: lacking,
        day: suspecting(at(7, 30)),
        fields: { rejected: [{ openTimeMs: at(7, 30), reason: 'odd' }] },
      },
    ],
    [
      'the archive',
      { answered: lacking, day: suspecting(at(7, 30)), fields: { source: 'archive' as const } },
    ],
  ])('is not deleted by %s', (_, given) => {
    const rolled = auditedWith(given);

    expect(rolled.deleted).toEqual({});
    expect(rolled.audit).toMatchObject({ minuteCount: 120, agreed: false });
  });

  it('goes, 30 of them at once', () => {
    const times = MINUTES.slice(0, 30).map(({ openTimeMs }) => openTimeMs);
    const rolled = auditedWith({ answered: MINUTES.slice(30), day: suspecting(...times) });

    expect(rolled.deleted['1m']).toEqual(times);
  });
});

describe('a stored row that cannot be read', () => {
  it('is overwritten by its minute', () => {
    const rolled = auditedWith({
      stored: without(MINUTES, at(7, 30)),
      unreadableMs: [at(7, 30)],
      day: agreedDay(),
    });

    expect(writtenTimes(rolled)).toEqual({
      '1m': [at(7, 30)],
      '5m': [at(7, 30)],
      '15m': [at(7, 30)],
      '1h': [at(7)],
      '4h': [at(4)],
      '1d': [DAY],
    });
    expect(rolled.deleted).toEqual({});
    expect(rolled.audit).toMatchObject({ minuteCount: 120, agreed: false });
  });

  it('is a suspect if the answer lacks its minute, and deleted by the next that does', () => {
    const given = { unreadableMs: [at(12)], day: agreedDay() };

    expect(auditedWith(given)).toMatchObject({ deleted: {}, audit: { suspectsMs: [at(12)] } });
    expect(auditedWith({ ...given, day: suspecting(at(12)) }).deleted).toEqual({
      '1m': [at(12)],
    });
  });

  it.each(['api', 'archive'] as const)(
    'is deleted at once, by the %s, if its time is no minute',
    (source) => {
      const rolled = auditedWith({ unreadableMs: [at(12) + 30_000], fields: { source } });

      expect(rolled.deleted).toEqual({ '1m': [at(12) + 30_000] });
      expect(rolled.audit).toMatchObject({ suspectsMs: [], agreed: false, disputed: false });
    },
  );
});

describe('a row that is no candle', () => {
  const rejected = [{ openTimeMs: at(12), reason: 'odd' }];

  it('keeps its day from agreeing, and is a gap if nothing is stored of its minute', () => {
    const rolled = auditedWith({ fields: { rejected }, day: agreedDay() });

    expect(rolled.rejected).toEqual(rejected);
    expect(rolled.audit).toMatchObject({ absentCount: 1_319, agreed: false, sealed: false });
  });

  it('is no gap if its minute is stored', () => {
    const stored = [...MINUTES, minuteAt(at(12))];
    const rolled = auditedWith({ stored, fields: { rejected } });

    expect(rolled.rejected).toEqual([]);
    expect(tableAfter(windowsUpFrom(stored), rolled)['1m']).toHaveLength(121);
  });
});

describe('a day whose audits do not agree', () => {
  const changed = [minuteAt(at(7), { high: '12' }), ...MINUTES.slice(1)];
  const late = { observedAtMs: END + 7 * DAY_MS };

  it('is sealed as disputed a week after its end', () => {
    const day = agreedDay({ auditCount: 7 });

    expect(auditedWith({ answered: changed, day, fields: late }).audit).toMatchObject({
      sealed: true,
      disputed: true,
    });
  });

  it('is not disputed before, nor before its eighth audit', () => {
    const early = { observedAtMs: END + 7 * DAY_MS - 1 };

    const [week, eighth] = [
      auditedWith({ answered: changed, day: agreedDay({ auditCount: 7 }), fields: early }),
      auditedWith({ answered: changed, day: agreedDay({ auditCount: 6 }), fields: late }),
    ];
    expect([week.audit?.sealed, eighth.audit?.sealed]).toEqual([false, false]);
  });

  it('is sealed without dispute if they agree in the end', () => {
    const day = agreedDay({ auditCount: 100 });

    expect(auditedWith({ day, fields: late }).audit).toMatchObject({
      sealed: true,
      disputed: false,
    });
  });
});

describe('a day from the archive', () => {
  const fields = { source: 'archive' as const };
  const unknownQuote = (candle: Candle): Candle => ({ ...candle, quoteVolume: null });

  it('is sealed at once', () => {
    const rolled = auditedWith({ stored: [], fields });

    expect(rolled.candles).toEqual(windowsUpFrom(MINUTES));
    expect(rolled.audit).toMatchObject({ sealed: true, disputed: false, minuteCount: 120 });
  });

  it('writes only the minutes that differ, and all windows: they may be stored as open', () => {
    const changed = minuteAt(at(7), { high: '12' });
    const rolled = auditedWith({ answered: [changed, ...MINUTES.slice(1)], fields });

    expect(rolled.candles['1m']).toEqual([changed]);
    expect(auditedWith({ fields }).candles).toEqual({ ...windowsUpFrom(MINUTES), '1m': [] });
  });

  it('does not overwrite a known quote volume of the same candle', () => {
    const answered = [
      unknownQuote(minuteAt(at(7), { high: '12' })),
      ...MINUTES.slice(1).map(unknownQuote),
    ];
    const rolled = auditedWith({ answered, fields });

    expect(rolled.candles['1m']).toEqual([answered[0]]);
    const [first, ...others] = rolled.candles['5m'] ?? [];
    expect(first?.quoteVolume).toBeNull();
    expect(others.filter(({ quoteVolume }) => quoteVolume === null)).toEqual([]);
  });

  it('is disputed if it lacks what is stored, or has a row that is no candle', () => {
    const lacking = auditedWith({ answered: MINUTES.slice(1), fields });
    const odd = auditedWith({
      fields: { ...fields, rejected: [{ openTimeMs: at(12), reason: 'odd' }] },
    });

    for (const { audit } of [lacking, odd]) {
      expect(audit).toMatchObject({ sealed: true, disputed: true, minuteCount: 120 });
    }
  });

  it('is a gap if nobody has it any more', () => {
    const rolled = auditedWith({
      answered: [],
      stored: [],
      fields: { ...fields, unserved: 'lost' },
    });

    expect(rolled.audit).toMatchObject({
      sealed: true,
      disputed: true,
      minuteCount: 0,
      absentCount: 0,
    });
    expect(rolled.unserved).toBe('lost');
  });
});

describe('whatever is stored and answered', () => {
  it('the windows of the table follow from its minutes, and no minute is lost but a confirmed suspect', () => {
    const times = fc.array(fc.integer({ min: 0, max: 1_439 }), { maxLength: 40 });
    fc.assert(
      fc.property(
        minutesOfDay(40),
        minutesOfDay(40),
        times,
        fc.boolean(),
        (stored, answered, suspects, isFinal) => {
          const suspectsMs = suspects.map((minute) => DAY + minute * MINUTE_MS);
          const before = windowsUpFrom(stored);
          const rolled = auditedWith({
            answered,
            stored,
            day: suspecting(...suspectsMs),
            fields: { source: isFinal ? 'archive' : 'api' },
          });
          const after = tableAfter(before, rolled);
          expect(after).toEqual(windowsUpFrom(after['1m'] ?? []));
          const kept = new Set((after['1m'] ?? []).map(({ openTimeMs }) => openTimeMs));
          const lost = stored.filter(({ openTimeMs }) => !kept.has(openTimeMs));
          expect(lost.every(({ openTimeMs }) => suspectsMs.includes(openTimeMs))).toBe(true);
          expect(answered.every(({ openTimeMs }) => kept.has(openTimeMs))).toBe(true);
          expect(rolled.audit?.minuteCount).toBe(kept.size);
        },
      ),
    );
  });
});
