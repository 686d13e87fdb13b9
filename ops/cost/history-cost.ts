import { DAY_MS, floorTo, MINUTE_MS } from '../../lambdas/shared/domain/interval';
import {
  marketCount,
  marketsOf,
  retentionMinutes,
} from '../../lib/stages/settings/exchange-settings';
import type { StageConfig } from '../../lib/stages/stage-config';
import { ASSUMED } from './workload/assumptions';
import { auditedDay, type AuditedDay } from './workload/audited-day';
import type { CostLine } from './cost-line';
import { functionLines } from './resources/functions-cost';
import { trafficLines } from './resources/network-cost';
import { logLine } from './resources/observability-cost';
import { capacityLines, storageLines } from './resources/tables-cost';
import { ofType, type StageResource } from '../stages/stage-resources';
import {
  type FunctionUsage,
  hasPollersOnDemand,
  inBase64,
  logBytes,
  NOT_USED,
  type Usage,
} from './workload/usage';

/** Cost of the history of a stage, as if none of it were stored yet. */
export interface HistoryCost {
  /** First UTC day: `2026-01-01`. */
  readonly since: string;
  /** Days from then to today, of each pair. */
  readonly days: number;
  readonly pairs: number;
  /** Stored candles of all pairs. */
  readonly rows: bigint;
  /** Paid once. */
  readonly once: readonly CostLine[];
  /** Paid each month for what is stored. */
  readonly monthly: readonly CostLine[];
}

/** Days of history by where they come from. */
interface HistoryDays {
  readonly api: bigint;
  readonly archive: bigint;
}

/** Audits of history, with what they use. */
interface HistoryWork {
  readonly audits: bigint;
  /** First audits, which store a day. */
  readonly days: bigint;
  readonly answerBytes: bigint;
}

/** So many audits are under way at once: a firing asks for more as they are stored. */
const AUDITS_PER_FIRING = 64n;

/**
 * Computes what the history of a stage costs until it is sealed.
 *
 * @param nowMs history ends with the day before
 */
export function historyCost(
  resources: readonly StageResource[],
  stage: StageConfig,
  nowMs: number,
): HistoryCost {
  const { historyStart: since, exchanges } = stage;
  const startMs = Date.parse(since);
  const todayMs = floorTo(nowMs, DAY_MS);
  const days = Math.max(0, (todayMs - startMs) / DAY_MS);
  const wanted = { api: 0n, archive: 0n };
  for (const exchange of exchanges) {
    const retainedMs = nowMs - retentionMinutes(exchange) * MINUTE_MS;
    const archived = Math.ceil(Math.max(0, Math.min(todayMs, retainedMs) - startMs) / DAY_MS);
    const count = BigInt(marketsOf(exchange));
    wanted.api += count * BigInt(Math.max(0, days - archived));
    wanted.archive += count * BigInt(Math.min(days, archived));
  }
  const work = workOf(wanted);
  const usage = usageOf(work, hasPollersOnDemand(resources));
  const tables = ofType(resources, 'AWS::Cassandra::Table');
  return {
    since,
    days,
    pairs: marketCount(exchanges),
    rows: work.days * auditedDay(false).candles,
    once: [
      ...trafficLines(resources, usage),
      ...functionLines(ofType(resources, 'AWS::Lambda::Function'), usage),
      ...capacityLines(usage),
      logLine(usage),
    ],
    monthly: storageLines(tables, usage),
  };
}

/** A day of the API is audited until it is sealed; one of the archive once. */
function workOf({ api, archive }: HistoryDays): HistoryWork {
  const { requests, minutes } = auditedDay(false);
  const asked = api * ASSUMED.auditsPerDay;
  return {
    audits: asked + archive,
    days: api + archive,
    answerBytes:
      asked * (requests * ASSUMED.exchangeAnswerBytes + minutes * ASSUMED.minuteAnswerBytes) +
      archive * minutes * ASSUMED.archivedMinuteBytes,
  };
}

function usageOf({ audits, days, answerBytes }: HistoryWork, isOnDemand: boolean): Usage {
  const a = ASSUMED;
  const total = (unit: (day: AuditedDay) => bigint): bigint =>
    days * unit(auditedDay(false)) + (audits - days) * unit(auditedDay(true));
  const recordBytes =
    2n *
    (total(({ minutes, candles }) => minutes + candles) * a.candleBytes +
      2n * audits * a.recordBytes);
  const writeUnits = total((day) => day.writeUnits);
  const readUnits = total((day) => day.readUnits);
  const firings = (audits + AUDITS_PER_FIRING - 1n) / AUDITS_PER_FIRING;
  const used = (invocations: bigint, durationMs: bigint, lines: bigint): FunctionUsage => ({
    invocations,
    durationMs,
    logBytes: logBytes(invocations, lines),
  });
  return {
    functions: {
      fetch: NOT_USED,
      reconcile: used(firings, audits * a.reconcileMsPerAudit, firings + audits),
      transform: used(
        audits,
        audits * (a.transformMsPerInvocation + a.transformMsPerAudit),
        audits,
      ),
      // A line for the batch, and one for the audit.
      persist: used(audits, audits * (a.persistMsPerInvocation + a.persistMsPerAudit), 2n * audits),
    },
    recordBytes,
    writeUnits,
    readUnits,
    storedBytes: days * auditedDay(false).candles * a.rowBytes,
    natBytes: answerBytes + (isOnDemand ? inBase64(recordBytes / 2n) : 0n),
    rowBytes: (writeUnits + readUnits) * a.rowOnTheWayBytes,
  };
}
