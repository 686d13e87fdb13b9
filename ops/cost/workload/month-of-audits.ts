import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../lambdas/shared/domain/interval';
import { ASSUMED, readUnits } from './assumptions';
import { auditedDay } from './audited-day';

/** Usage of the audits of one pair in a month. */
export interface MonthOfAudits {
  /** Firings of reconcile, which are of all pairs together. */
  readonly firings: bigint;
  /** Each is a record in both topics, and a log line of each function. */
  readonly audits: bigint;
  readonly minutes: bigint;
  readonly candles: bigint;
  readonly requests: bigint;
  readonly writeUnits: bigint;
  readonly readUnits: bigint;
}

const MONTH_MS = Number(ASSUMED.hoursPerMonth) * HOUR_MS;
/** The newest days of the ledger, which every firing reads. */
const NEWEST_DAYS = 31;
/** All of the ledger is read once an hour. */
const HOURS_PER_FULL_READING = 1n;

/** Counts what a month of audits does for a pair that trades in every minute. */
export function monthOfAudits(reconcileMinutes: number): MonthOfAudits {
  const firings = BigInt(Math.floor(MONTH_MS / (reconcileMinutes * MINUTE_MS)));
  const days = BigInt(Math.round(MONTH_MS / DAY_MS));
  const audits = days * ASSUMED.auditsPerDay;
  const [audit, last] = [auditedDay(true, false), auditedDay(true)];
  const others = audits - days;
  return {
    firings,
    audits,
    minutes: audits * audit.minutes,
    candles: others * audit.candles + days * last.candles,
    requests: audits * audit.requests,
    writeUnits: others * audit.writeUnits + days * last.writeUnits,
    readUnits: audits * audit.readUnits + ledgerReadUnits(firings),
  };
}

/** Each firing reads the newest days of a market; once an hour it reads all of them. The status of all markets is read at once. */
function ledgerReadUnits(firings: bigint): bigint {
  const fullReadings = ASSUMED.hoursPerMonth / HOURS_PER_FULL_READING;
  const storedDays = Math.round((Number(ASSUMED.storedMonths) * MONTH_MS) / DAY_MS);
  return firings * readUnits(NEWEST_DAYS) + fullReadings * readUnits(storedDays);
}
