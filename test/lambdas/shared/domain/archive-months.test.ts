import { MISSING_MONTH, missingMonths } from '../../../../lambdas/shared/domain/archive-months';
import { DAY_MS } from '../../../../lambdas/shared/domain/interval';
import { daysIn, type LedgerDay, monthAfter } from '../../../../lambdas/shared/domain/ledger';
import { askOf, ledgerDayOf, sealedDay } from '../../../fakes/ledger-days';

const NOW = Date.UTC(2026, 5, 15);

type State = 'there' | 'missing' | 'not asked';

function month(text: string): number {
  return Date.parse(`${text}-01T00:00:00Z`);
}

/** A ledger whose months, newest first, stand like this. */
function ledger(states: Readonly<Record<string, State>>): LedgerDay[] {
  return Object.entries(states).flatMap(([text, state]) =>
    daysIn(month(text), monthAfter(month(text))).map((dayMs) => {
      if (state === 'there') return sealedDay(dayMs, { source: 'archive' });
      if (state === 'not asked') return ledgerDayOf({ dayMs });
      return ledgerDayOf({ dayMs, ask: askOf({ refusal: MISSING_MONTH }) });
    }),
  );
}

test.each<[string, Record<string, State>]>([
  [
    'nothing of the archive is there',
    { '2026-05': 'missing', '2026-04': 'missing', '2026-03': 'missing', '2026-02': 'missing' },
  ],
  ['only the newest month is missing', { '2026-05': 'missing', '2026-04': 'there' }],
  [
    'the month below has not been asked for',
    { '2026-04': 'there', '2026-03': 'missing', '2026-02': 'not asked' },
  ],
  [
    'the missing month is younger than 60 days',
    { '2026-05': 'there', '2026-04': 'missing', '2026-03': 'there' },
  ],
])('says nothing if %s', (_, states) => {
  expect(missingMonths(ledger(states), NOW)).toEqual({ listedSinceMs: undefined, unservedMs: [] });
});

test('three missing months in a row lie before the listing', () => {
  const days = ledger({
    '2026-04': 'there',
    '2026-03': 'missing',
    '2026-02': 'missing',
    '2026-01': 'missing',
    '2025-12': 'not asked',
  });

  expect(missingMonths(days, NOW)).toEqual({ listedSinceMs: month('2026-04'), unservedMs: [] });
});

test('a month that stays missing between two is a gap', () => {
  const days = ledger({ '2026-05': 'there', '2026-03': 'missing', '2026-02': 'there' });

  const { listedSinceMs, unservedMs } = missingMonths(days, NOW);

  expect(listedSinceMs).toBeUndefined();
  expect(unservedMs).toEqual(daysIn(month('2026-03'), month('2026-04')));
});

test('so is one at the end of the ledger', () => {
  const days = ledger({ '2026-05': 'there', '2026-02': 'missing', '2026-01': 'missing' });

  expect(missingMonths(days, NOW).unservedMs).toHaveLength(59);
});

test('its days that are sealed by now are not declared again', () => {
  const days = ledger({ '2026-05': 'there', '2026-03': 'missing', '2026-02': 'there' }).map(
    (day) =>
      day.dayMs === month('2026-03') + DAY_MS
        ? sealedDay(day.dayMs, { source: 'archive', disputed: true, minuteCount: 0 })
        : day,
  );

  expect(missingMonths(days, NOW).unservedMs).toHaveLength(30);
});
