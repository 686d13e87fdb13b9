import type { types } from 'cassandra-driver';
import { DAY_MS, dayText } from '../../domain/interval';
import type { DayAsk, LedgerDay, StoredAudit } from '../../domain/ledger/ledger';
import type { Market } from '../../domain/market';
import type { LedgerStore, RepairStore, SegmentStore } from '../../domain/ports';
import type { SegmentSource } from '../../domain/segment';
import { lastWriteTimeUs } from '../../domain/write-time';
import type { CassandraSession, Statement } from './cassandra-client';
import {
  booleanValue,
  dateOf,
  dateValue,
  intValue,
  longValue,
  textValue,
  timeOrNullAt,
  timesAt,
  timesValue,
} from './cql-values';

const OF_YEAR = 'exchange = ? AND pair = ? AND year = ?';
const SELECT_DAYS = `SELECT day, asked_at, asks, refusal, minutes, absent, rejected, corrected, suspects, audits,
  agreed, sealed_at, disputed, source, observed_at, reopened_at
  FROM days WHERE ${OF_YEAR} AND day >= ? AND day < ?`;
const INSERT_AUDIT = `INSERT INTO days (exchange, pair, year, day, minutes, absent, rejected, corrected, suspects,
  audits, agreed, sealed_at, disputed, source, observed_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) USING TIMESTAMP ?`;
const INSERT_ASK = `INSERT INTO days (exchange, pair, year, day, asked_at, asks, refusal)
  VALUES (?, ?, ?, ?, ?, ?, ?) USING TIMESTAMP ?`;
const REOPEN = `INSERT INTO days (exchange, pair, year, day, asked_at, asks, refusal, corrected, suspects, audits,
  agreed, sealed_at, disputed, reopened_at)
  VALUES (?, ?, ?, ?, null, null, null, ?, ?, ?, ?, null, ?, ?) USING TIMESTAMP ?`;
const INSERT_LISTED_SINCE =
  'INSERT INTO progress (exchange, pair, listed_since) VALUES (?, ?, ?) USING TIMESTAMP ?';

/** The ledger of days: the table `days`, and since when a market is listed. */
export type DayLedger = Pick<LedgerStore, 'readDays' | 'writeAsk' | 'writeListedSince'> &
  Pick<SegmentStore, 'writeAudit'> &
  Pick<RepairStore, 'reopenDay'>;

/**
 * The ledger of days. Every write has the time of what it reports, so that the
 * newest wins, whenever it lands: persist's audits, reconcile's asks and a repair
 * do not undo each other.
 */
export function createDayLedger(session: CassandraSession): DayLedger {
  return {
    readDays: (market, range) => readDays(session, market, range),
    writeAudit: (market, dayMs, audit) => session.write([auditStatement(market, dayMs, audit)]),
    writeAsk: (market, dayMs, ask) => session.write([askStatement(market, dayMs, ask)]),
    reopenDay: (market, dayMs, reopenedAtMs) =>
      session.write([reopening(market, dayMs, reopenedAtMs)]),
    writeListedSince: (market, listedSinceMs, observedAtMs) =>
      session.write([
        {
          query: INSERT_LISTED_SINCE,
          params: [
            ...marketValues(market),
            longValue(listedSinceMs),
            longValue(lastWriteTimeUs(observedAtMs)),
          ],
        },
      ]),
  };
}

async function readDays(
  session: CassandraSession,
  market: Market,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): Promise<LedgerDay[]> {
  const years = yearsOf(fromMs, toMs);
  const rows = await Promise.all(
    years.map((year) =>
      session.rows({
        query: SELECT_DAYS,
        params: [...marketValues(market), intValue(year), dayValue(fromMs), dayValue(endDay(toMs))],
      }),
    ),
  );
  return rows.flat().map(parseDay);
}

/** The first day that does not start before a time. */
function endDay(timeMs: number): number {
  return Math.ceil(timeMs / DAY_MS) * DAY_MS;
}

/** The years that a range touches, newest first. */
function yearsOf(fromMs: number, toMs: number): number[] {
  if (fromMs >= toMs) return [];
  const [first, last] = [yearOf(fromMs), yearOf(toMs - 1)];
  return Array.from({ length: last - first + 1 }, (_, index) => last - index);
}

function yearOf(timeMs: number): number {
  return new Date(timeMs).getUTCFullYear();
}

function marketValues({ exchange, pair }: Market): Buffer[] {
  return [textValue(exchange), textValue(pair)];
}

function dayValue(timeMs: number): Buffer {
  return dateValue(dayText(timeMs));
}

function keyOf(market: Market, dayMs: number): Buffer[] {
  return [...marketValues(market), intValue(yearOf(dayMs)), dayValue(dayMs)];
}

function auditStatement(market: Market, dayMs: number, audit: StoredAudit): Statement {
  return {
    query: INSERT_AUDIT,
    params: [
      ...keyOf(market, dayMs),
      intValue(audit.minuteCount),
      intValue(audit.absentCount),
      intValue(audit.rejectedCount),
      intValue(audit.correctedCount),
      timesValue(audit.suspectsMs),
      intValue(audit.auditCount),
      booleanValue(audit.agreed),
      audit.sealedAtMs === null ? null : longValue(audit.sealedAtMs),
      booleanValue(audit.disputed),
      textValue(audit.source),
      longValue(audit.observedAtMs),
      longValue(lastWriteTimeUs(audit.observedAtMs)),
    ],
  };
}

function askStatement(market: Market, dayMs: number, ask: DayAsk): Statement {
  const { askedAtMs, askCount, refusal } = ask;
  return {
    query: INSERT_ASK,
    params: [
      ...keyOf(market, dayMs),
      longValue(askedAtMs),
      intValue(askCount),
      refusal === null ? null : textValue(refusal),
      // A refusal is written after the ask that it belongs to.
      longValue(askedAtMs * 1_000 + (refusal === null ? 0 : 1)),
    ],
  };
}

function reopening(market: Market, dayMs: number, reopenedAtMs: number): Statement {
  return {
    query: REOPEN,
    params: [
      ...keyOf(market, dayMs),
      intValue(0),
      timesValue([]),
      intValue(0),
      booleanValue(false),
      booleanValue(false),
      longValue(reopenedAtMs),
      longValue(lastWriteTimeUs(reopenedAtMs)),
    ],
  };
}

function parseDay(row: types.Row): LedgerDay {
  return {
    dayMs: dateOf(row, 'day'),
    audit: parseAudit(row),
    ask: parseAsk(row),
    reopenedAtMs: timeOrNullAt(row, 'reopened_at'),
  };
}

function parseAudit(row: types.Row): StoredAudit | undefined {
  const observedAtMs = timeOrNullAt(row, 'observed_at');
  if (observedAtMs === null) return undefined;
  return {
    observedAtMs,
    source: row.get('source') as SegmentSource,
    minuteCount: row.get('minutes') as number,
    absentCount: row.get('absent') as number,
    rejectedCount: row.get('rejected') as number,
    correctedCount: row.get('corrected') as number,
    suspectsMs: timesAt(row, 'suspects'),
    auditCount: row.get('audits') as number,
    agreed: row.get('agreed') as boolean,
    sealedAtMs: timeOrNullAt(row, 'sealed_at'),
    disputed: row.get('disputed') as boolean,
  };
}

function parseAsk(row: types.Row): DayAsk | undefined {
  const askedAtMs = timeOrNullAt(row, 'asked_at');
  if (askedAtMs === null) return undefined;
  return {
    askedAtMs,
    askCount: atLeastOne(row.get('asks') as number | null),
    refusal: row.get('refusal') as string | null,
  };
}

function atLeastOne(asks: number | null): number {
  return Math.max(1, asks ?? 1);
}
