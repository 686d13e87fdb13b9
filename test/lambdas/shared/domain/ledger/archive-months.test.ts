import { missingMonths } from '../../../../../lambdas/shared/domain/ledger/archive-months';
import { DAY_MS } from '../../../../../lambdas/shared/domain/interval';
import { monthAfter } from '../../../../../lambdas/shared/domain/calendar/months';
import {
  daysIn,
  type LedgerDay,
  MISSING_MONTH,
} from '../../../../../lambdas/shared/domain/ledger/ledger';
import { askOf, ledgerDayOf, sealedDay } from '../../../../fakes/ledger/ledger-days';

const NOW = Date.UTC(2026, 5, 15);
const TERMS = { nowMs: NOW, isListingKnown: false };

type State = 'there' | 'of the API' | 'missing' | 'not asked';

function month(text: string): number {
  return Date.parse(`${text}-01T00:00:00Z`);
}

/** A ledger whose months, newest first, stand like this; what is missing was so at several asks. */
function ledger(states: Readonly<Record<string, State>>, askCount = 2): LedgerDay[] {
  return Object.entries(states).flatMap(([text, state]) =>
    daysIn(month(text), monthAfter(month(text))).map((dayMs) => {
      if (state === 'there') return sealedDay(dayMs, { source: 'archive' });
      if (state === 'of the API') return sealedDay(dayMs, { source: 'api' });
      if (state === 'not asked') return ledgerDayOf({ dayMs });
      return ledgerDayOf({ dayMs, ask: askOf({ refusal: MISSING_MONTH, askCount }) });
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
  expect(missingMonths(ledger(states), TERMS)).toEqual({
    listedSinceMs: undefined,
    unservedMs: [],
  });
});

test('three missing months in a row lie before the listing', () => {
  const days = ledger({
    '2026-04': 'there',
    '2026-03': 'missing',
    '2026-02': 'missing',
    '2026-01': 'missing',
    '2025-12': 'not asked',
  });

  expect(missingMonths(days, TERMS)).toEqual({ listedSinceMs: month('2026-04'), unservedMs: [] });
});

test('a month that stays missing between two is a gap', () => {
  const days = ledger({ '2026-05': 'there', '2026-03': 'missing', '2026-02': 'there' });

  const { listedSinceMs, unservedMs } = missingMonths(days, TERMS);

  expect(listedSinceMs).toBeUndefined();
  expect(unservedMs).toEqual(daysIn(month('2026-03'), month('2026-04')));
});

test('so is one at the end of the ledger', () => {
  const days = ledger({ '2026-05': 'there', '2026-02': 'missing', '2026-01': 'missing' });

  expect(missingMonths(days, TERMS).unservedMs).toHaveLength(59);
});

test('its days that are sealed by now are not declared again', () => {
  const days = ledger({ '2026-05': 'there', '2026-03': 'missing', '2026-02': 'there' }).map(
    (day) =>
      day.dayMs === month('2026-03') + DAY_MS
        ? sealedDay(day.dayMs, { source: 'archive', disputed: true, minuteCount: 0 })
        : day,
  );

  expect(missingMonths(days, TERMS).unservedMs).toHaveLength(30);
});

const BEFORE_APRIL = {
  '2026-04': 'there',
  '2026-03': 'missing',
  '2026-02': 'missing',
  '2026-01': 'missing',
} as const;

test('months that were missing once say nothing: the archive may have been away', () => {
  const nothing = { listedSinceMs: undefined, unservedMs: [] };
  const hole = { '2026-05': 'there', '2026-03': 'missing', '2026-02': 'there' } as const;

  expect(missingMonths(ledger(BEFORE_APRIL, 1), TERMS)).toEqual(nothing);
  expect(missingMonths(ledger(hole, 1), TERMS)).toEqual(nothing);
});

test('no missing month says it better than the exchange, which names the listing', () => {
  const { listedSinceMs } = missingMonths(ledger(BEFORE_APRIL), { ...TERMS, isListingKnown: true });

  expect(listedSinceMs).toBeUndefined();
});

test('history does not end at missing months below which something is stored', () => {
  const days = ledger({ ...BEFORE_APRIL, '2025-12': 'there' });

  const { listedSinceMs, unservedMs } = missingMonths(days, TERMS);

  expect(listedSinceMs).toBeUndefined();
  expect(unservedMs).toEqual(daysIn(month('2026-01'), month('2026-04')));
});

test('nor does it if the archive has no month at all', () => {
  const days = ledger({ ...BEFORE_APRIL, '2026-04': 'of the API' });

  expect(missingMonths(days, TERMS)).toEqual({ listedSinceMs: undefined, unservedMs: [] });
});

test('a month that is missing among months of the API is a gap after 30 days of asking', () => {
  const states = {
    '2026-05': 'of the API',
    '2026-03': 'missing',
    '2026-02': 'of the API',
  } as const;

  expect(missingMonths(ledger(states, 29), TERMS).unservedMs).toEqual([]);
  expect(missingMonths(ledger(states, 30), TERMS).unservedMs).toHaveLength(31);
});
