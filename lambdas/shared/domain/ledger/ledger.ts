import { monthAfter } from '../calendar/months';
import { DAY_MS, floorTo, HOUR_MS, MINUTE_MS } from '../interval';
import type { RolledSegment, SegmentSource } from '../segment';

/**
 * A past UTC day of a market in the ledger: a row of the table `days`.
 * A day without a row has never been asked for.
 */
export interface LedgerDay {
  /** Start of the day. */
  readonly dayMs: number;
  /** The latest audit that was stored; undefined if none was. */
  readonly audit: StoredAudit | undefined;
  /** The latest ask; undefined if there was none, or if the day was reopened since. */
  readonly ask: DayAsk | undefined;
  /** Time at which someone unsealed the day; null if nobody did. */
  readonly reopenedAtMs: number | null;
}

/** The state of a day's audits, as persist stored it. Its minutes, absent minutes and gaps are the 1,440 of the day. */
export interface StoredAudit {
  readonly observedAtMs: number;
  readonly source: SegmentSource;
  /** Minutes with a candle. */
  readonly minuteCount: number;
  /** Minutes without a candle that are no gap. */
  readonly absentCount: number;
  /** Minutes whose rows could not be candles, and that are not stored. */
  readonly rejectedCount: number;
  /** One-minute candles that audits changed or deleted, or added after the first, since the day was first stored, or reopened. */
  readonly correctedCount: number;
  /** Stored minutes that the answer lacks: the next audit deletes those that it lacks too. */
  readonly suspectsMs: readonly number[];
  /** Audits that were stored since the day was first stored, or reopened. */
  readonly auditCount: number;
  /** Whether it changed nothing. */
  readonly agreed: boolean;
  /** Time at which the day was sealed; null while it is to be requested again. */
  readonly sealedAtMs: number | null;
  /** Whether the day was sealed although its audits did not agree. */
  readonly disputed: boolean;
}

/** Reconcile's note of its latest ask for a day. */
export interface DayAsk {
  readonly askedAtMs: number;
  /** Asks since the last audit that was stored: 1 for the first. */
  readonly askCount: number;
  /** Reason why the ask brought no audit; null while the audit is under way, or stored. */
  readonly refusal: string | null;
}

/** A day is first asked for so long after its end. */
const FIRST_AUDIT_MS = 3 * HOUR_MS;
/** An audit seals a day only so long after its end: corrections and stale answers do not reach further. */
export const PATIENCE_MS = DAY_MS;
/** A day that ended longer ago than this is asked for every hour, not every day. */
const OLD_MS = 3 * DAY_MS;
/** Firings that overlap may ask within seconds, of one replica that lags: that is one answer, not two. */
export const LEAST_APART_MS = 55 * MINUTE_MS;
/** An exchange that has lost a day, or cannot find it, may say so for hours: nothing is what it answers. */
const EMPTY_APART_MS = 23 * HOUR_MS;
/** A day whose audits do not agree so long after its end is disputed. */
export const DISPUTED_AFTER_MS = 7 * DAY_MS;
/** ... but not before so many audits: history and reopened days are that old from the start. */
export const LEAST_AUDITS = 8;
/** Days that may be under way at once, over all markets of all exchanges. */
export const MOST_UNDER_WAY = 64;
/** The days of a month of an archive come together or not at all. */
const LONGEST_MONTH = 31;

/** The days that may be under way at once of one of several exchanges: its part of all, but at least a month of its archive. */
export function mostUnderWay(exchanges: number, hasArchive: boolean): number {
  const part = Math.max(1, Math.floor(MOST_UNDER_WAY / exchanges));
  return hasArchive ? Math.max(LONGEST_MONTH, part) : part;
}

/** The refusal of an archive that does not have the day's month. */
export const MISSING_MONTH = 'its month is missing in the archive';
/** The refusal of an exchange that does not know the day's pair. */
export const UNKNOWN_PAIR = 'the exchange does not know its pair';

/** The source of a day's candles, and the time from which on it is to be requested. */
export type DayDue =
  | { readonly kind: 'sealed' }
  | {
      readonly kind: 'open';
      readonly source: SegmentSource;
      /** Time of its next audit, whether it was requested by now or not. */
      readonly scheduledAtMs: number;
      /** The day is asked for from this time on. */
      readonly dueAtMs: number;
    };

/** A day as the ledger has it if it has no row. */
export function unknownDay(dayMs: number): LedgerDay {
  return { dayMs, audit: undefined, ask: undefined, reopenedAtMs: null };
}

/**
 * The time at which a day is due, and its source: the exchange's API, if that still serves
 * all of it at `nowMs`, or else the archive, once its month is over.
 *
 * @param retentionMs how far back the API serves one-minute candles
 */
export function dueOf(
  day: LedgerDay,
  { nowMs, retentionMs }: { readonly nowMs: number; readonly retentionMs: number },
): DayDue {
  if (isSealed(day)) return { kind: 'sealed' };
  const source = day.dayMs >= nowMs - retentionMs ? 'api' : 'archive';
  const scheduledAtMs = source === 'api' ? apiDue(day) : monthAfter(day.dayMs);
  const dueAtMs = Math.max(scheduledAtMs, askedAgainAt(day, source));
  return { kind: 'open', source, scheduledAtMs, dueAtMs };
}

/** Whether a day need not be asked for again. */
export function isSealed({ audit }: LedgerDay): boolean {
  return audit !== undefined && audit.sealedAtMs !== null;
}

/** If a day was sealed although its audits do not agree. */
export function isDisputed({ audit }: LedgerDay): boolean {
  return audit?.disputed === true;
}

/**
 * Three hours after its end, a day after its end, then daily; once it is old,
 * hourly, but for one of which nothing is stored: that is asked for daily.
 */
function apiDue({ dayMs, audit, reopenedAtMs }: LedgerDay): number {
  const endMs = dayMs + DAY_MS;
  const firstMs = endMs + FIRST_AUDIT_MS;
  const observedAtMs = audit?.observedAtMs ?? 0;
  if (observedAtMs < firstMs || (reopenedAtMs !== null && reopenedAtMs > observedAtMs)) {
    return firstMs;
  }
  const dailyMs = observedAtMs < endMs + PATIENCE_MS ? endMs + PATIENCE_MS : observedAtMs + DAY_MS;
  if (audit?.minuteCount === 0) return dailyMs;
  return Math.min(dailyMs, Math.max(observedAtMs + HOUR_MS, endMs + OLD_MS));
}

/**
 * If an audit is a second opinion beside the one that is stored: two that are
 * given at once are one, and nothing is believed only if it is said for a day.
 */
export function isSecondOpinion(
  { observedAtMs, minuteCount }: { readonly observedAtMs: number; readonly minuteCount: number },
  stored: StoredAudit,
): boolean {
  const isEmpty = minuteCount === 0 && stored.minuteCount === 0;
  return observedAtMs - stored.observedAtMs >= (isEmpty ? EMPTY_APART_MS : LEAST_APART_MS);
}

/** An ask that brought no audit is repeated after an hour, two, four, up to a day; one for a month that is missing, after a day. */
function askedAgainAt({ ask, audit }: LedgerDay, source: SegmentSource): number {
  if (ask === undefined || ask.askedAtMs < (audit?.observedAtMs ?? 0)) return 0;
  if (source === 'archive' && ask.refusal === MISSING_MONTH) return ask.askedAtMs + DAY_MS;
  return ask.askedAtMs + Math.min(DAY_MS, HOUR_MS * 2 ** Math.min(ask.askCount - 1, 5));
}

/** Whether an audit of the day was appended, and is not stored yet. */
export function isUnderWay({ ask, audit }: LedgerDay): boolean {
  return ask !== undefined && ask.refusal === null && ask.askedAtMs >= (audit?.observedAtMs ?? 0);
}

/** The ask that follows the last one of a day. */
export function nextAsk(day: LedgerDay, nowMs: number): DayAsk {
  const { ask, audit } = day;
  const isRepeated = ask !== undefined && ask.askedAtMs >= (audit?.observedAtMs ?? 0);
  return { askedAtMs: nowMs, askCount: isRepeated ? ask.askCount + 1 : 1, refusal: null };
}

/**
 * An ask for a day with the reason why it brought nothing. Asks that find the
 * day's month missing are a day apart: those before, which failed otherwise, are
 * not counted with them.
 */
export function refusedAsk(day: LedgerDay, ask: DayAsk, refusal: string): DayAsk {
  const before = day.ask?.refusal ?? null;
  const isFirstMiss = refusal === MISSING_MONTH && before !== null && before !== MISSING_MONTH;
  return { ...ask, refusal, askCount: isFirstMiss ? 1 : ask.askCount };
}

/**
 * The row of a day once one more audit is stored, or undefined if the segment is
 * no audit, or is not newer than the stored one: one answer counts once.
 */
export function audited(day: LedgerDay, segment: RolledSegment): StoredAudit | undefined {
  const { audit: findings, observedAtMs, source, rejected } = segment;
  const stored = day.audit;
  if (findings === null || (stored !== undefined && stored.observedAtMs >= observedAtMs)) {
    return undefined;
  }
  return {
    observedAtMs,
    source,
    minuteCount: findings.minuteCount,
    absentCount: findings.absentCount,
    rejectedCount: rejected.length,
    correctedCount: (stored?.correctedCount ?? 0) + findings.correctedCount,
    suspectsMs: findings.suspectsMs,
    auditCount: (stored?.auditCount ?? 0) + 1,
    agreed: findings.agreed,
    sealedAtMs: findings.sealed ? observedAtMs : null,
    disputed: findings.disputed,
  };
}

/** The UTC days that a range `[fromMs, toMs)` touches, oldest first. */
export function daysIn(fromMs: number, toMs: number): number[] {
  if (fromMs >= toMs) return [];
  const firstMs = floorTo(fromMs, DAY_MS);
  const count = Math.ceil((toMs - firstMs) / DAY_MS);
  return Array.from({ length: count }, (_, index) => firstMs + index * DAY_MS);
}
