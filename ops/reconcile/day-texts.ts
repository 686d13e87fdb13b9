import { dayText, minuteText } from '../../cli/utc-time';
import {
  type DayDue,
  dueOf,
  isDisputed,
  type LedgerDay,
  type StoredAudit,
} from '../../lambdas/shared/domain/ledger/ledger';
import type { Column } from '../../cli/text-table';

/** Terms that decide when a day is due. */
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
  const state = stateText(day, dueOf(day, terms), terms.nowMs);
  if (audit === undefined) return [dayText(day.dayMs), '-', '-', '-', '-', state];
  const counts = [audit.minuteCount, audit.absentCount, audit.correctedCount].map(String);
  return [dayText(day.dayMs), audit.source, ...counts, state];
}

function stateText(day: LedgerDay, due: DayDue, nowMs: number): string {
  if (due.kind === 'sealed') return isDisputed(day) ? 'disputed' : 'sealed';
  const { audit, ask, reopenedAtMs } = day;
  const when =
    due.dueAtMs <= nowMs ? 'at one of the next firings' : `from ${minuteText(due.dueAtMs)}`;
  const observedAtMs = audit?.observedAtMs ?? 0;
  if (ask !== undefined && ask.refusal !== null && ask.askedAtMs >= observedAtMs) {
    return `refused: ${ask.refusal}; next request ${when}`;
  }
  if (ask !== undefined && ask.askedAtMs >= observedAtMs) return 'requested, not stored yet';
  if (audit === undefined || observedAtMs <= (reopenedAtMs ?? 0)) return `next request ${when}`;
  return `${findingText(audit)}; next request ${when}`;
}

function findingText({ agreed, suspectsMs }: StoredAudit): string {
  if (agreed) return 'nothing changed';
  return suspectsMs.length === 0 ? 'changed' : `${suspectsMs.length} minutes missing in the answer`;
}
