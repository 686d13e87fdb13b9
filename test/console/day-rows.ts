import type { DayRow } from '../../console/answers/answers';

/** A day of the ledger as the API writes it: sealed by one audit, unless other fields are given. */
export function dayRow(day: string, fields: Partial<DayRow> = {}): DayRow {
  return {
    ...{ day, state: 'sealed', minutes: 1_440, absent: 0, gap: 0, rejected: 0, corrected: 0 },
    ...{ suspects: [], audits: 1, source: 'api', sealedAt: `${day}T12:00:00Z`, dueAt: null },
    ...{ askedAt: null, refusal: null },
    ...fields,
  };
}
