import {
  type DayAsk,
  type LedgerDay,
  type StoredAudit,
  unknownDay,
} from '../../../lambdas/shared/domain/ledger/ledger';
import { DAY_MS, MINUTE_MS } from '../../../lambdas/shared/domain/interval';
import { DAY } from '../candles';
import { storedAuditOf as wholeAuditOf } from './ledger';

const HOUR_MS = 60 * MINUTE_MS;

/** An audit as persist stored it, of the first three hours after the day, if nothing else is said. */
export function storedAuditOf(fields: Partial<StoredAudit> = {}): StoredAudit {
  const observedAtMs = DAY + DAY_MS + 3 * HOUR_MS + 1;
  return wholeAuditOf({ observedAtMs, minuteCount: 1_400, absentCount: 40, ...fields });
}

/** An ask for a day that is under way, if nothing else is said. */
export function askOf(fields: Partial<DayAsk> = {}): DayAsk {
  return { askedAtMs: DAY + DAY_MS + 3 * HOUR_MS, askCount: 1, refusal: null, ...fields };
}

/** A day of the ledger that nobody knows anything of, if nothing else is said. */
export function ledgerDayOf(fields: Partial<LedgerDay> = {}): LedgerDay {
  return { ...unknownDay(DAY), ...fields };
}

/** A day whose latest audit changed nothing. */
export function agreedDay(fields: Partial<StoredAudit> = {}): LedgerDay {
  return ledgerDayOf({ audit: storedAuditOf({ agreed: true, ...fields }) });
}

/** A day that was sealed. */
export function sealedDay(dayMs: number, fields: Partial<StoredAudit> = {}): LedgerDay {
  const sealedAtMs = dayMs + 2 * DAY_MS + 1;
  return ledgerDayOf({
    dayMs,
    audit: storedAuditOf({ agreed: true, sealedAtMs, observedAtMs: sealedAtMs, ...fields }),
  });
}
