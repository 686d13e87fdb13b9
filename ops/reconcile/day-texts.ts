import { dayText, minuteText } from '../../cli/utc-time';
import {
  type DayDue,
  dueOf,
  type LedgerDay,
  type StoredAudit,
} from '../../lambdas/shared/domain/ledger';
import type { Column } from '../../cli/text-table';

/** What decides when a day is due. */
export interface DueTerms {
  readonly nowMs: number;
  readonly retentionMs: number;
}

/** The columns of {@link dayCells}. */
export const DAY_COLUMNS: readonly Column[] = [
  { heading: 'day (UTC)', align: 'left' },
  { heading: 'source', align: 'left' },
  { heading: 'minutes', align: 'right' },
  { heading: 'absent', align: 'right' },
  { heading: 'corrected', align: 'right' },
  { heading: 'state', align: 'left' },
];

/** A day as the ledger has it. */
export function dayCells(day: LedgerDay, terms: DueTerms): string[] {
  const { audit } = day;
  const state = stateText(day, dueOf(day, terms));
  if (audit === undefined) return [dayText(day.dayMs), '-', '-', '-', '-', state];
  const counts = [audit.minuteCount, audit.absentCount, audit.correctedCount].map(String);
  return [dayText(day.dayMs), audit.source, ...counts, state];
}

function stateText({ audit, ask }: LedgerDay, due: DayDue): string {
  if (due.kind === 'sealed') return audit?.disputed === true ? 'disputed' : 'sealed';
  const refusal = ask?.refusal ?? null;
  const again = `asked for again from ${minuteText(due.dueAtMs)}`;
  if (refusal !== null && (ask?.askedAtMs ?? 0) >= (audit?.observedAtMs ?? 0)) {
    return `refused: ${refusal}; ${again}`;
  }
  return `${agreement(audit)}; ${again}`;
}

function agreement(audit: StoredAudit | undefined): string {
  if (audit === undefined) return 'not stored';
  return audit.agreed ? 'nothing changed' : 'changed';
}
