import { EXCHANGE_FACTS } from '../../../lambdas/shared/adapters/exchanges/exchange-facts';
import {
  bucketsOf,
  DAY_MINUTES,
  DAY_MS,
  intervalMs,
  INTERVALS,
} from '../../../lambdas/shared/domain/interval';
import { readUnits } from './assumptions';

/** Usage of one audit: a whole day of a pair, from the request to the ledger. */
export interface AuditedDay {
  /** Requests to the exchange's API; a month of the archive is one. */
  readonly requests: bigint;
  readonly minutes: bigint;
  /** Candles of all intervals: each is a written row. */
  readonly candles: bigint;
  /** Written rows: candles, the ask, the day. An audit of stored candles that does not seal the day writes none. */
  readonly writeUnits: bigint;
  /** Reads of what is stored of the day, of its row, and of gaps and status. */
  readonly readUnits: bigint;
}

const START_MS = Date.UTC(2026, 0, 1);
/** The ask by reconcile, and the day by persist. */
const LEDGER_WRITES = 2n;
/** The day's row, by transform and by persist; gaps and status by persist. */
const STATE_READS = 4n;

/**
 * Usage of an audit of a day with a candle in every minute.
 *
 * @param isStored if false, nothing is stored of the day yet, and little is read
 * @param seals if false, and all candles are stored as they are, they are not written
 */
export function auditedDay(isStored: boolean, seals = true): AuditedDay {
  const candles = INTERVALS.map((interval) => BigInt(DAY_MS / intervalMs(interval)));
  const all = candles.reduce((sum, count) => sum + count, 0n);
  const written = isStored && !seals ? 0n : all;
  const reads = INTERVALS.map((interval) => {
    const rows = isStored ? DAY_MS / intervalMs(interval) : 0;
    return readUnits(rows) * BigInt(bucketsOf(interval, START_MS, START_MS + DAY_MS).length);
  });
  return {
    requests: BigInt(Math.ceil(DAY_MINUTES / EXCHANGE_FACTS['gate-io'].pageMinutes)),
    minutes: BigInt(DAY_MINUTES),
    candles: written,
    writeUnits: written + LEDGER_WRITES,
    readUnits: reads.reduce((sum, units) => sum + units, STATE_READS),
  };
}
