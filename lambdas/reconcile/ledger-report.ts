import type { MarketLedger } from '../shared/domain/ledger/due-days';
import { DAY_MINUTES, DAY_MS, floorTo } from '../shared/domain/interval';
import {
  type DayDue,
  dueOf,
  isDisputed,
  LEAST_APART_MS,
  type LedgerDay,
  MISSING_MONTH,
} from '../shared/domain/ledger/ledger';
import type { Telemetry } from '../shared/domain/ports';
import type { MarketLedgers } from './market-ledgers';

/** A day that was to be asked for longer ago than this is overdue. */
const OVERDUE_MS = DAY_MS;
/** So many asks go back further than that: they are 1, 2, 4, 8 and 16 hours apart. */
const ASKS_OF_A_DAY = 6;
const COMPLETENESS_DAYS = 30;

interface ReportTerms {
  readonly exchange: string;
  readonly nowMs: number;
  readonly retentionMs: number;
}

/** Reports the ledger: history that is left, days that are overdue, disputed or under way, and the completeness. */
export function reportLedgers(
  telemetry: Telemetry,
  ledgers: MarketLedgers,
  terms: ReportTerms,
): void {
  const all = ledgers.all();
  const open = ledgers.answerable();
  const countDue = (isCounted: typeof isHistoryLeft): number =>
    open.reduce((count, day) => (isCounted(day, dueOf(day, terms), terms) ? count + 1 : count), 0);
  const historyLeft = countDue(isHistoryLeft);
  const isMoving = all.some(({ days }) => days.some((day) => wasJustStored(day, terms)));
  const counts = {
    HistoryDaysLeft: historyLeft,
    HistoryStands: historyLeft > 0 && !isMoving ? 1 : 0,
    DaysOverdue: countDue(isOverdue),
    DaysDisputed: all.reduce((sum, { days }) => sum + days.filter(isDisputed).length, 0),
    DaysUnderWay: ledgers.underWayCount(),
  } as const;
  telemetry.count('HistoryDaysLeft', counts.HistoryDaysLeft);
  telemetry.count('HistoryStands', counts.HistoryStands);
  telemetry.count('DaysOverdue', counts.DaysOverdue);
  telemetry.count('DaysDisputed', counts.DaysDisputed);
  telemetry.count('DaysUnderWay', counts.DaysUnderWay);
  const worst = worstCompleteness(all, terms);
  if (worst !== undefined) telemetry.count('Completeness', worst);
  telemetry.info('ledger', {
    time: new Date(terms.nowMs).toISOString(),
    exchange: terms.exchange,
    markets: all.length,
    ...counts,
  });
}

/** Never stored, and to be had now: a day of the archive whose month has not come only waits. */
function isHistoryLeft({ audit, ask }: LedgerDay, due: DayDue, { nowMs }: ReportTerms): boolean {
  if (due.kind === 'sealed' || audit !== undefined || due.scheduledAtMs > nowMs) return false;
  return ask?.refusal !== MISSING_MONTH;
}

/** Stored for the first time within the last hour. Days that are audited again, or repaired, are no history. */
function wasJustStored({ audit, reopenedAtMs }: LedgerDay, { nowMs }: ReportTerms): boolean {
  if (audit === undefined || audit.auditCount > 1 || reopenedAtMs !== null) return false;
  return audit.observedAtMs > nowMs - LEAST_APART_MS;
}

/** A day of the archive waits for its month, without being overdue; if the month is there and refused, it does not get better by waiting. */
function isOverdue({ ask }: LedgerDay, due: DayDue, { nowMs }: ReportTerms): boolean {
  if (due.kind === 'sealed') return false;
  if (due.source === 'api') return due.scheduledAtMs + OVERDUE_MS < nowMs;
  if (ask === undefined || ask.refusal === null || ask.refusal === MISSING_MONTH) return false;
  return due.scheduledAtMs <= nowMs && ask.askCount >= ASKS_OF_A_DAY;
}

/** The share of minutes that are no gap, in percent, of the market where it is smallest; undefined without a sealed day. */
function worstCompleteness(ledgers: readonly MarketLedger[], { nowMs }: ReportTerms) {
  const sinceMs = floorTo(nowMs, DAY_MS) - COMPLETENESS_DAYS * DAY_MS;
  const shares = ledgers.flatMap(({ days }) => {
    const sealed = days.flatMap(({ dayMs, audit }) =>
      dayMs >= sinceMs && audit !== undefined && audit.sealedAtMs !== null ? [audit] : [],
    );
    if (sealed.length === 0) return [];
    const known = sealed.reduce((sum, one) => sum + one.minuteCount + one.absentCount, 0);
    return [(100 * known) / (sealed.length * DAY_MINUTES)];
  });
  return shares.length === 0 ? undefined : Math.min(...shares);
}
