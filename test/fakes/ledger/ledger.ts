import { DAY_MS } from '../../../lambdas/shared/domain/interval';
import {
  type LedgerDay,
  type StoredAudit,
  unknownDay,
} from '../../../lambdas/shared/domain/ledger/ledger';
import type { Progress } from '../../../lambdas/shared/domain/progress/progress';

/** An audit with all minutes of its day, the first that was stored, where nothing else is said. */
export function storedAuditOf(fields: Partial<StoredAudit> = {}): StoredAudit {
  return {
    observedAtMs: Date.UTC(2026, 0, 15, 12),
    source: 'api',
    minuteCount: 1_440,
    absentCount: 0,
    rejectedCount: 0,
    correctedCount: 0,
    suspectsMs: [],
    auditCount: 1,
    agreed: false,
    sealedAtMs: null,
    disputed: false,
    ...fields,
  };
}

/** A day that an audit has sealed, at its observation. */
export function sealedDay(dayMs: number, fields: Partial<StoredAudit> = {}): LedgerDay {
  const observedAtMs = fields.observedAtMs ?? dayMs + 3 * DAY_MS;
  const sealing = { observedAtMs, sealedAtMs: observedAtMs, agreed: true };
  return { ...unknownDay(dayMs), audit: storedAuditOf({ ...sealing, ...fields }) };
}

/** Progress of a market that was settled and seen up to a time. */
export function progressTo(timeMs: number, fields: Partial<Progress> = {}): Progress {
  return {
    liveSinceMs: timeMs,
    settledToMs: timeMs,
    seenToMs: timeMs,
    newestMs: null,
    observedAtMs: timeMs,
    ...fields,
  };
}
