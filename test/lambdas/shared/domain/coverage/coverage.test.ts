import fc from 'fast-check';
import { coverageOf, MINUTE_KINDS } from '../../../../../lambdas/shared/domain/coverage/coverage';
import type { CoverageInput } from '../../../../../lambdas/shared/domain/coverage/stretches';
import { DAY_MS, MINUTE_MS } from '../../../../../lambdas/shared/domain/interval';
import { type LedgerDay, unknownDay } from '../../../../../lambdas/shared/domain/ledger/ledger';
import { progressTo, sealedDay, storedAuditOf } from '../../../../fakes/ledger/ledger';
import { statusOf } from '../../../../fakes/listings';

const HOUR_MS = 60 * MINUTE_MS;
/** Noon of the day that the tests take for today. */
const NOW = Date.UTC(2026, 2, 11, 12);
const TODAY = Date.UTC(2026, 2, 11);

/** A day, counted back from today. */
function back(days: number): number {
  return TODAY - days * DAY_MS;
}

/** A market that is live since the day before yesterday, and up to date; its history starts then too. */
function inputOf(fields: Partial<CoverageInput> = {}): CoverageInput {
  const progress = progressTo(NOW - 2 * MINUTE_MS, { liveSinceMs: back(2), seenToMs: NOW });
  return {
    status: statusOf({ progress }),
    days: [],
    gaps: [],
    minutesByDay: new Map(),
    historyStartMs: back(2),
    retentionMs: 9_900 * MINUTE_MS,
    nowMs: NOW,
    ...fields,
  };
}

/** The stretches as `state from..to`, in days back from today. */
function told(input: CoverageInput): string[] {
  return coverageOf(input).stretches.map(({ state, fromMs, toMs }) => {
    const [from, to] = [fromMs, toMs].map((timeMs) => (timeMs - TODAY) / DAY_MS);
    return `${state} ${from}..${to}`;
  });
}

test('sealed days are complete; a minute that they lack had no trade', () => {
  const input = inputOf({
    days: [sealedDay(back(1), { minuteCount: 1_000, absentCount: 440 }), sealedDay(back(2))],
    minutesByDay: new Map([[TODAY, 700]]),
  });

  const coverage = coverageOf(input);

  expect(told(input)).toEqual(['complete -2..0', 'live 0..0.5']);
  expect(coverage.minutes).toMatchObject({ stored: 2_440 + 700, untraded: 440, unsure: 20 });
  expect(coverage).toMatchObject({
    sealed: { part: 2_880, whole: 2_880 },
    sealedToMs: TODAY,
    storedFromMs: back(2),
    storedToMs: NOW,
    behindMs: 0,
    unsealedDays: 0,
    nextAuditAtMs: null,
  });
});

test('a day that is not sealed says when it is asked for again', () => {
  const audit = storedAuditOf({ observedAtMs: TODAY + 3 * HOUR_MS, minuteCount: 1_400 });
  const input = inputOf({ days: [{ ...unknownDay(back(1)), audit }, sealedDay(back(2))] });

  const coverage = coverageOf(input);

  expect(told(input)).toEqual(['complete -2..-1', 'unsealed -1..0', 'live 0..0.5']);
  expect(coverage.stretches[1]?.due).toEqual({ atMs: TODAY + DAY_MS, source: 'api' });
  expect(coverage).toMatchObject({
    sealedToMs: back(1),
    unsealedDays: 1,
    nextAuditAtMs: TODAY + DAY_MS,
    sealed: { part: 1_440, whole: 1_440 },
  });
  expect(coverage.minutes.unsure).toBe(40 + 720);
});

test('a day that only the live loop has stored counts what is stored of it', () => {
  const input = inputOf({ minutesByDay: new Map([[back(1), 1_300]]) });

  expect(told(input)).toEqual(['unsealed -2..0', 'live 0..0.5']);
  expect(coverageOf(input).minutes).toMatchObject({ stored: 1_300, unsure: 2_880 + 720 - 1_300 });
});

test('a gap is cut out of its day, and lowers the completeness', () => {
  const gap = { fromMs: back(2) + HOUR_MS, toMs: back(2) + 2 * HOUR_MS, reason: 'lost' };
  const days = [sealedDay(back(1)), sealedDay(back(2), { minuteCount: 1_380 })];
  const input = inputOf({ days, gaps: [gap] });

  const coverage = coverageOf(input);

  expect(coverage.stretches.map(({ state, reason }) => [state, reason])).toEqual([
    ['complete', null],
    ['gap', 'lost'],
    ['complete', null],
    ['live', null],
  ]);
  expect(coverage.sealed).toEqual({ part: 2_820, whole: 2_880 });
  expect(coverage).toMatchObject({ gapCount: 1, minutes: { gap: 60, untraded: 0 } });
});

test('gaps of neighbouring days that say the same are one stretch', () => {
  const reason = 'its month is missing in the archive';
  const gaps = [2, 1].map((day) => ({ fromMs: back(day), toMs: back(day - 1), reason }));
  const days = [1, 2].map((day) => sealedDay(back(day), { disputed: true, minuteCount: 0 }));

  const coverage = coverageOf(inputOf({ days, gaps }));

  expect(coverage).toMatchObject({ gapCount: 1, disputedDays: 2, sealed: { part: 0 } });
});

test('what is sealed ends before the first day that is stored and not sealed, whatever history lacks', () => {
  const fields = { historyStartMs: back(7), days: [sealedDay(back(6)), sealedDay(back(4))] };

  expect(coverageOf(inputOf(fields)).sealedToMs).toBe(back(3));
  const reopened = { ...unknownDay(back(6)), audit: storedAuditOf() };
  const days = [sealedDay(back(7)), reopened, sealedDay(back(4))];
  expect(coverageOf(inputOf({ ...fields, days })).sealedToMs).toBe(back(6));
  expect(coverageOf(inputOf({ ...fields, days: [reopened] })).sealedToMs).toBeNull();
});

test('a disputed day says what its audits do not agree on', () => {
  const suspects = sealedDay(back(1), { disputed: true, suspectsMs: [back(1), back(1) + 1] });
  const rejected = sealedDay(back(2), { disputed: true, rejectedCount: 3 });

  const { stretches } = coverageOf(inputOf({ days: [suspects, rejected] }));

  expect(stretches.slice(0, 2).map(({ reason }) => reason)).toEqual([
    '3 minutes whose rows are no candles',
    '2 stored minutes that the exchange no longer has',
  ]);
});

test('history that was never stored is missing, and waits for the archive or its turn', () => {
  const historyStartMs = Date.UTC(2026, 1, 1);
  const input = inputOf({ historyStartMs });

  const coverage = coverageOf(input);

  // March is not over; the API serves its days from the 5th on.
  const aprilMs = Date.UTC(2026, 3, 1);
  expect(coverage.history).toEqual({
    days: 28 + 8,
    waitingDays: 4,
    lastWaitsUntilMs: aprilMs,
    expectedAtMs: null,
  });
  expect(coverage.stretches[1]).toMatchObject({
    state: 'missing',
    fromMs: Date.UTC(2026, 2, 1),
    due: { source: 'archive', atMs: aprilMs },
  });
  expect(coverage).toMatchObject({ sealedToMs: null, storedFromMs: back(2) });
});

test('history is expected at the pace of the last hour', () => {
  const firedAtMs = NOW - 10 * MINUTE_MS;
  const stored = [3, 4, 5, 6].map((day) => sealedDay(back(day), { observedAtMs: firedAtMs }));
  const input = inputOf({
    historyStartMs: back(14),
    days: stored,
    retentionMs: 400 * DAY_MS,
  });

  // Four in ten minutes, so the other eight take twenty.
  expect(coverageOf(input).history).toMatchObject({
    days: 8,
    expectedAtMs: NOW + 20 * MINUTE_MS,
  });
});

test('history whose ask was lost is not expected before it is asked for again', () => {
  const stored = sealedDay(back(3), { observedAtMs: NOW - 10 * MINUTE_MS });
  const lost = (askedAtMs: number) => ({
    ...unknownDay(back(4)),
    ask: { askedAtMs, askCount: 1, refusal: null },
  });
  const expectedAt = (askedAtMs: number) =>
    coverageOf(inputOf({ historyStartMs: back(4), days: [stored, lost(askedAtMs)] })).history
      .expectedAtMs;

  expect(expectedAt(NOW - 5 * MINUTE_MS)).toBe(NOW + 10 * MINUTE_MS);
  expect(expectedAt(NOW - 20 * MINUTE_MS)).toBe(NOW + 40 * MINUTE_MS);
});

test('what kept a day from being stored is its reason', () => {
  const ask = { askedAtMs: NOW, askCount: 1, refusal: 'the file is cut' };
  const underWay = { ...unknownDay(back(3)), ask: { ...ask, refusal: null } };
  const refused = { ...unknownDay(back(4)), ask };

  const { stretches } = coverageOf(inputOf({ historyStartMs: back(4), days: [underWay, refused] }));

  expect(stretches.slice(0, 2).map(({ reason }) => reason)).toEqual([
    'the file is cut',
    'requested, not stored yet',
  ]);
});

test('before its listing there is no market', () => {
  const listed = { ...inputOf().status, listedSinceMs: back(3) + HOUR_MS };
  const input = inputOf({ status: statusOf(listed), historyStartMs: back(10) });

  expect(told(input).slice(0, 2)).toEqual(['before -10..-3', 'missing -3..-2']);
});

test("the days that the live loop has not settled are not the ledger's yet", () => {
  const progress = progressTo(back(1) + HOUR_MS, { liveSinceMs: back(2) });
  const input = inputOf({ status: statusOf({ progress }) });

  expect(told(input)).toEqual([
    'unsealed -2..-1',
    `live -1..${-1 + 1 / 24}`,
    `behind ${-1 + 1 / 24}..0.5`,
  ]);
  expect(coverageOf(input).behindMs).toBe(NOW - progress.seenToMs);
});

test('a market that has ended is not behind', () => {
  const progress = progressTo(back(1), { liveSinceMs: back(2) });
  const input = inputOf({ status: statusOf({ progress, endedAtMs: back(1) + HOUR_MS }) });

  expect(told(input)).toEqual(['unsealed -2..-1', `live -1..${-1 + 1 / 24}`]);
  expect(coverageOf(input).behindMs).toBe(0);
});

test('of a market without anything stored all is to come', () => {
  const input = inputOf({ status: undefined });

  expect(told(input)).toEqual(['missing -2..0', 'behind 0..0.5']);
  expect(coverageOf(input)).toMatchObject({ storedFromMs: null, storedToMs: null });
});

const minutes = (from: number, to: number) =>
  fc.integer({ min: from, max: to }).map((minute) => TODAY + minute * MINUTE_MS);
const WEEK = 7 * 1_440;

const ledgerDays: fc.Arbitrary<LedgerDay> = fc
  .record({
    day: fc.integer({ min: 0, max: 14 }),
    hasAudit: fc.boolean(),
    isSealed: fc.boolean(),
    disputed: fc.boolean(),
    minuteCount: fc.integer({ min: 0, max: 1_440 }),
    observedAtMs: minutes(-WEEK, 720),
    ask: fc.option(
      fc.record({
        askedAtMs: minutes(-WEEK, 720),
        askCount: fc.integer({ min: 1, max: 9 }),
        refusal: fc.option(fc.constant('refused')),
      }),
      { nil: undefined },
    ),
    reopenedAtMs: fc.option(minutes(-WEEK, 720)),
  })
  .map(({ day, hasAudit, isSealed, ask, reopenedAtMs, ...audit }) => ({
    dayMs: back(day),
    ask,
    reopenedAtMs,
    audit: hasAudit
      ? storedAuditOf({ ...audit, sealedAtMs: isSealed ? audit.observedAtMs : null })
      : undefined,
  }));

const anyGaps = fc
  .record({ fromMs: minutes(-2 * WEEK, 800), length: fc.integer({ min: 1, max: 3_000 }) })
  .map(({ fromMs, length }) => ({ fromMs, toMs: fromMs + length * MINUTE_MS, reason: 'lost' }));

const statuses = fc.record({
  progress: fc.option(
    fc
      .record({
        liveDay: fc.integer({ min: 0, max: 14 }),
        settledToMs: minutes(-2 * WEEK, 720),
        seenToMs: minutes(-2 * WEEK, 720),
      })
      .map(({ liveDay, ...reached }) =>
        progressTo(NOW, { liveSinceMs: back(liveDay), ...reached }),
      ),
    { nil: undefined },
  ),
  unknownSinceMs: fc.constant(null),
  endedAtMs: fc.option(minutes(-2 * WEEK, 720), { freq: 3 }),
  listedSinceMs: fc.option(minutes(-3 * WEEK, 800)),
});

const anyInput: fc.Arbitrary<CoverageInput> = fc.record({
  status: fc.option(statuses, { nil: undefined, freq: 9 }),
  days: fc.uniqueArray(ledgerDays, { selector: ({ dayMs }) => dayMs }),
  gaps: fc.array(anyGaps, { maxLength: 8 }),
  minutesByDay: fc
    .array(fc.tuple(fc.integer({ min: 0, max: 14 }).map(back), fc.integer({ min: 0, max: 1_440 })))
    .map((entries) => new Map(entries)),
  historyStartMs: fc.integer({ min: 0, max: 14 }).map(back),
  retentionMs: fc.integer({ min: 1, max: 20 }).map((days) => days * DAY_MS),
  nowMs: fc.integer({ min: 0, max: DAY_MS - 1 }).map((ms) => TODAY + ms),
});

test('stretches cover the time without an overlap or a hole, whatever is stored', () => {
  fc.assert(
    fc.property(anyInput, (input) => {
      const { fromMs, toMs, stretches } = coverageOf(input);
      const ends = [fromMs, ...stretches.map((stretch) => stretch.toMs)];
      expect([...stretches.map((stretch) => stretch.fromMs), toMs]).toEqual(ends);
      expect(stretches.every((stretch) => stretch.fromMs < stretch.toMs)).toBe(true);
    }),
  );
});

test('every minute is of exactly one kind, whatever is stored', () => {
  fc.assert(
    fc.property(anyInput, (input) => {
      const { fromMs, toMs, minutes: counts, sealed, stretches } = coverageOf(input);
      const sum = MINUTE_KINDS.reduce((total, kind) => total + counts[kind], 0);
      expect(sum).toBe((toMs - fromMs) / MINUTE_MS);
      expect(MINUTE_KINDS.every((kind) => counts[kind] >= 0)).toBe(true);
      const lengthOf = (...states: string[]) =>
        stretches
          .filter(({ state }) => states.includes(state))
          .reduce((total, one) => total + (one.toMs - one.fromMs) / MINUTE_MS, 0);
      expect(counts.gap).toBe(lengthOf('gap'));
      expect(counts.missing).toBe(lengthOf('missing'));
      expect(sealed.part).toBe(lengthOf('complete', 'disputed'));
      expect(counts.stored + counts.untraded + counts.unsure).toBe(
        lengthOf('complete', 'disputed', 'unsealed', 'live'),
      );
    }),
  );
});
