import { DAY_MS, MINUTE_MS } from '../../../../../lambdas/shared/domain/interval';
import {
  audited,
  daysIn,
  dueOf,
  isUnderWay,
  type LedgerDay,
  MISSING_MONTH,
  nextAsk,
  refusedAsk,
} from '../../../../../lambdas/shared/domain/ledger/ledger';
import type { AuditFindings } from '../../../../../lambdas/shared/domain/segment';
import { auditOf, DAY, rolledOf } from '../../../../fakes/candles';
import {
  agreedDay,
  askOf,
  ledgerDayOf,
  sealedDay,
  storedAuditOf,
} from '../../../../fakes/ledger/ledger-days';

const HOUR_MS = 60 * MINUTE_MS;
const END = DAY + DAY_MS;
const RETENTION_MS = 9_900 * MINUTE_MS;

/** The hours after the day's end at which it is due. */
function dueAfterHours(day: LedgerDay, nowMs = END + HOUR_MS, retentionMs = 30 * DAY_MS) {
  const due = dueOf(day, { nowMs, retentionMs });
  return due.kind === 'sealed' ? 'sealed' : (due.dueAtMs - END) / HOUR_MS;
}

/** A day whose latest audit was observed so many hours after its end. */
function auditedAfter(hours: number): LedgerDay {
  return ledgerDayOf({ audit: storedAuditOf({ observedAtMs: END + hours * HOUR_MS }) });
}

describe('a day that the API serves', () => {
  it.each([
    ['never asked for', ledgerDayOf(), 3],
    ['audited while it was open', auditedAfter(-1), 3],
    ['audited three hours after its end', auditedAfter(3), 24],
    ['audited a day after its end', auditedAfter(24), 48],
    ['audited two days after its end', auditedAfter(49), 72],
    ['audited three days after its end', auditedAfter(72), 73],
    ['audited long after its end', auditedAfter(100), 101],
    ['sealed', sealedDay(DAY), 'sealed'],
  ])('is due by its latest audit: %s', (_, day, expected) => {
    expect(dueAfterHours(day)).toBe(expected);
  });

  it.each([
    [1, 1],
    [2, 2],
    [3, 4],
    [4, 8],
    [5, 16],
    [6, 24],
    [60, 24],
  ])('is due again after ask %i that brought nothing, %i hours later', (askCount, hours) => {
    const day = ledgerDayOf({ ask: askOf({ askedAtMs: END + 3 * HOUR_MS, askCount }) });

    expect(dueAfterHours(day)).toBe(3 + hours);
  });

  it('is due by its audit once the ask has brought one', () => {
    const ask = askOf({ askedAtMs: END + 3 * HOUR_MS });

    expect(dueAfterHours(ledgerDayOf({ ...auditedAfter(3.01), ask }))).toBe(24);
  });

  it('is due at once if someone took its seal off', () => {
    const day = { ...auditedAfter(100), reopenedAtMs: END + 101 * HOUR_MS };

    expect(dueAfterHours(day)).toBeLessThan(100);
    expect(dueAfterHours({ ...day, reopenedAtMs: END + 99 * HOUR_MS })).toBe(101);
  });
});

describe('a day that the API does not serve whole any more', () => {
  it('is due from the archive once its month is over', () => {
    const nowMs = DAY + RETENTION_MS + 1;
    const monthEndMs = Date.UTC(2026, 1, 1);

    expect(dueOf(ledgerDayOf(), { nowMs, retentionMs: RETENTION_MS })).toEqual({
      kind: 'open',
      source: 'archive',
      scheduledAtMs: monthEndMs,
      dueAtMs: monthEndMs,
    });
    expect(dueOf(ledgerDayOf(), { nowMs: nowMs - 1, retentionMs: RETENTION_MS })).toMatchObject({
      source: 'api',
    });
  });

  it('is due daily, not hourly, if nothing is stored of it', () => {
    const observedAtMs = DAY + 10 * DAY_MS;
    const dueAfter = (minuteCount: number) => {
      const day = ledgerDayOf({ audit: storedAuditOf({ observedAtMs, minuteCount }) });
      const due = dueOf(day, { nowMs: observedAtMs, retentionMs: 30 * DAY_MS });
      return due.kind === 'open' ? due.dueAtMs - observedAtMs : undefined;
    };

    expect(dueAfter(0)).toBe(DAY_MS);
    expect(dueAfter(1)).toBe(60 * MINUTE_MS);
  });

  it('is due again ever later after the archive refused it, and a day after its month was missing', () => {
    const askedAtMs = Date.UTC(2026, 1, 3);
    const dueAfter = (refusal: string, askCount: number) => {
      const ask = askOf({ askedAtMs, refusal, askCount });
      const due = dueOf(ledgerDayOf({ ask }), { nowMs: askedAtMs, retentionMs: RETENTION_MS });
      return due.kind === 'open' ? (due.dueAtMs - askedAtMs) / HOUR_MS : undefined;
    };

    const counts = [1, 2, 3, 4, 5, 6, 60];
    expect(counts.map((count) => dueAfter('503', count))).toEqual([1, 2, 4, 8, 16, 24, 24]);
    expect(counts.map((count) => dueAfter(MISSING_MONTH, count))).toEqual(counts.map(() => 24));
  });
});

describe('a day is under way', () => {
  it.each([
    ['once it was asked for', ledgerDayOf({ ask: askOf() }), true],
    ['not if it was never asked for', ledgerDayOf(), false],
    ['not once its audit is stored', agreedDayAsked(), false],
    ['not if the ask brought nothing', ledgerDayOf({ ask: askOf({ refusal: 'no' }) }), false],
    [
      'again if it was asked for again',
      { ...agreedDay(), ask: askOf({ askedAtMs: END * 2 }) },
      true,
    ],
  ])('%s', (_, day, expected) => {
    expect(isUnderWay(day)).toBe(expected);
  });
});

function agreedDayAsked(): LedgerDay {
  const ask = askOf();
  return { ...agreedDay({ observedAtMs: ask.askedAtMs + 1 }), ask };
}

test('asks are counted from the last audit on', () => {
  const day = ledgerDayOf({ ask: askOf({ askCount: 3 }) });

  expect(nextAsk(ledgerDayOf(), END)).toEqual({ askedAtMs: END, askCount: 1, refusal: null });
  expect(nextAsk(day, END)).toMatchObject({ askCount: 4 });
  expect(nextAsk(agreedDayAsked(), END)).toMatchObject({ askCount: 1 });
});

test('asks that find the month missing are counted by themselves, for they are a day apart', () => {
  const countAfter = (before: Parameters<typeof askOf>[0], refusal: string) => {
    const day = ledgerDayOf({ ask: askOf({ askCount: 3, ...before }) });
    return refusedAsk(day, nextAsk(day, END), refusal);
  };

  expect(countAfter({ refusal: '503' }, '503')).toMatchObject({ askCount: 4, refusal: '503' });
  expect(countAfter({ refusal: '503' }, MISSING_MONTH)).toMatchObject({ askCount: 1 });
  expect(countAfter({ refusal: MISSING_MONTH }, MISSING_MONTH)).toMatchObject({ askCount: 4 });
  // It was declared a gap, and that got lost.
  expect(countAfter({ refusal: null }, MISSING_MONTH)).toMatchObject({ askCount: 4 });
});

describe('the row of a day after an audit', () => {
  const findings: AuditFindings = {
    minuteCount: 1_438,
    absentCount: 2,
    correctedCount: 3,
    suspectsMs: [DAY],
    agreed: false,
    sealed: false,
    disputed: false,
  };
  const { kind, fromMs, toMs, followsMs, settlesMs } = auditOf();
  const segment = rolledOf({
    kind,
    fromMs,
    toMs,
    followsMs,
    settlesMs,
    observedAtMs: END + 30 * HOUR_MS,
    audit: findings,
  });

  it('has what the audit found, and counts it', () => {
    const before = ledgerDayOf({ audit: storedAuditOf({ correctedCount: 4, auditCount: 2 }) });

    expect(audited(before, segment)).toEqual({
      observedAtMs: END + 30 * HOUR_MS,
      source: 'api',
      minuteCount: 1_438,
      absentCount: 2,
      rejectedCount: 0,
      correctedCount: 7,
      suspectsMs: [DAY],
      auditCount: 3,
      agreed: false,
      sealedAtMs: null,
      disputed: false,
    });
  });

  it('is sealed as of the observation', () => {
    const sealing = { ...segment, audit: { ...findings, sealed: true, disputed: true } };

    expect(audited(ledgerDayOf(), sealing)).toMatchObject({
      sealedAtMs: END + 30 * HOUR_MS,
      disputed: true,
      auditCount: 1,
    });
  });

  it.each([
    ['the same answer comes twice', END + 30 * HOUR_MS],
    ['an older answer comes late', END + 31 * HOUR_MS],
  ])('stays as it is if %s', (_name, observedAtMs) => {
    expect(audited(agreedDay({ observedAtMs }), segment)).toBeUndefined();
  });

  it('stays as it is for a live segment', () => {
    expect(audited(ledgerDayOf(), rolledOf())).toBeUndefined();
  });
});

test('the days of a range are those that it touches', () => {
  expect(daysIn(DAY, DAY)).toEqual([]);
  expect(daysIn(DAY, DAY + 1)).toEqual([DAY]);
  expect(daysIn(DAY + 5, END + 1)).toEqual([DAY, END]);
});
