import type { types } from 'cassandra-driver';
import pLimit from 'p-limit';
import { type Market, marketKey } from '../../domain/market';
import {
  type ExchangeStatus,
  type StatusByMarket,
  UnreadableStatusError,
} from '../../domain/ports';
import type { Gap } from '../../domain/progress/gaps';
import type { MarketStatus, Progress } from '../../domain/progress/progress';
import type { CassandraSession } from './cassandra-client';
import { longValue, textValue, timeAt, timeOrNullAt } from './cql-values';

/** A row of the table `gaps`. */
export interface StoredGap extends Gap {
  readonly observedAtMs: number;
}

/** The row of `progress` that is of an exchange as a whole: no pair has such a name. */
export const WHOLE_EXCHANGE = '*';

const STATUS_COLUMNS = `exchange, pair, live_since, settled_to, seen_to, newest, observed_at, unknown_since, ended_at,
  listed_since`;
const SELECT_STATUS = `SELECT ${STATUS_COLUMNS}
  FROM progress WHERE exchange = ? AND pair = ?`;
const SELECT_EXCHANGE_STATUS = `SELECT ${STATUS_COLUMNS}, banned_until
  FROM progress WHERE exchange = ?`;
const SELECT_MARKETS = 'SELECT exchange, pair FROM progress';
const SELECT_PAIRS = 'SELECT exchange, pair FROM progress WHERE exchange = ?';
const SELECT_MARKET = `${SELECT_PAIRS} AND pair = ?`;
const SELECT_GAPS = `SELECT from_time, to_time, reason, observed_at FROM gaps
  WHERE exchange = ? AND pair = ? AND from_time >= ? AND from_time < ?`;

const CONCURRENT_READS = 48;
/** Beyond all times that can be stored. */
const NO_END_MS = 8.64e15;

/**
 * Reads the status of each of the markets of which anything is stored, by its key.
 *
 * @throws UnreadableStatusError for a row that lacks a time
 * @throws CassandraError if the database fails
 */
export async function readStatus(
  session: CassandraSession,
  markets: readonly Market[],
): Promise<StatusByMarket> {
  const rows = await pLimit(CONCURRENT_READS).map(markets, (market) =>
    session.rows({ query: SELECT_STATUS, params: keyOf(market) }),
  );
  return new Map(rows.flat().map((row) => [marketKey(parseMarket(row)), parseStatus(row)]));
}

/**
 * Reads the status of each market of an exchange of which anything is stored, by
 * its key, and the ban that was noted: one partition, through all of its pages.
 * A row that lacks a time is given as unreadable.
 *
 * @throws CassandraError if the database fails
 */
export async function readExchangeStatus(
  session: CassandraSession,
  exchange: string,
): Promise<ExchangeStatus> {
  const params = [textValue(exchange)];
  const rows = await session.rows({ query: SELECT_EXCHANGE_STATUS, params });
  const status = new Map<string, MarketStatus>();
  const unreadable: UnreadableStatusError[] = [];
  const ofExchange = rows.find(isOfExchange);
  const bannedUntilMs = ofExchange === undefined ? null : timeOrNullAt(ofExchange, 'banned_until');
  for (const row of rows.filter(isOfMarket)) {
    try {
      status.set(marketKey(parseMarket(row)), parseStatus(row));
    } catch (cause) {
      if (!(cause instanceof UnreadableStatusError)) throw cause;
      unreadable.push(cause);
    }
  }
  return { status, unreadable, bannedUntilMs };
}

/**
 * Reads the markets of which anything is stored, in alphabetical order of their keys.
 *
 * @throws CassandraError if the database fails
 */
export async function readKnownMarkets(session: CassandraSession): Promise<Market[]> {
  const rows = await session.rows({ query: SELECT_MARKETS, params: [] });
  return rows
    .filter(isOfMarket)
    .map(parseMarket)
    .sort((a, b) => (marketKey(a) < marketKey(b) ? -1 : 1));
}

/**
 * Reads the pairs of an exchange of which anything is stored, in the order of the table.
 *
 * @throws CassandraError if the database fails
 */
export async function readPairs(session: CassandraSession, exchange: string): Promise<string[]> {
  const rows = await session.rows({ query: SELECT_PAIRS, params: [textValue(exchange)] });
  return rows.filter(isOfMarket).map((row) => parseMarket(row).pair);
}

/**
 * Whether anything is stored of a market, even if its status cannot be read.
 *
 * @throws CassandraError if the database fails
 */
export async function isKnown(session: CassandraSession, market: Market): Promise<boolean> {
  const rows = await session.rows({ query: SELECT_MARKET, params: keyOf(market) });
  return rows.length > 0;
}

/**
 * Reads the gaps of a market that start in a range, oldest first.
 *
 * @throws CassandraError if the database fails
 */
export async function readGaps(
  session: CassandraSession,
  market: Market,
  { fromMs = 0, toMs = NO_END_MS }: { fromMs?: number; toMs?: number } = {},
): Promise<StoredGap[]> {
  const params = [...keyOf(market), longValue(fromMs), longValue(toMs)];
  const rows = await session.rows({ query: SELECT_GAPS, params });
  return rows.map(parseGap).sort((a, b) => a.fromMs - b.fromMs);
}

function keyOf({ exchange, pair }: Market): Buffer[] {
  return [textValue(exchange), textValue(pair)];
}

function isOfExchange(row: types.Row): boolean {
  return row.get('pair') === WHOLE_EXCHANGE;
}

function isOfMarket(row: types.Row): boolean {
  return !isOfExchange(row);
}

function parseMarket(row: types.Row): Market {
  return { exchange: row.get('exchange') as string, pair: row.get('pair') as string };
}

function parseStatus(row: types.Row): MarketStatus {
  return {
    progress: parseProgress(row),
    unknownSinceMs: timeOrNullAt(row, 'unknown_since'),
    endedAtMs: timeOrNullAt(row, 'ended_at'),
    listedSinceMs: timeOrNullAt(row, 'listed_since'),
  };
}

/** A market that was never known has no progress, but a row that says so. */
function parseProgress(row: types.Row): Progress | undefined {
  const settledToMs = timeOrNullAt(row, 'settled_to');
  if (settledToMs === null) return undefined;
  return {
    liveSinceMs: neededTimeAt(row, 'live_since'),
    settledToMs,
    seenToMs: neededTimeAt(row, 'seen_to'),
    newestMs: timeOrNullAt(row, 'newest'),
    observedAtMs: neededTimeAt(row, 'observed_at'),
  };
}

function neededTimeAt(row: types.Row, column: string): number {
  const timeMs = timeOrNullAt(row, column);
  if (timeMs === null) throw new UnreadableStatusError(parseMarket(row), column);
  return timeMs;
}

function parseGap(row: types.Row): StoredGap {
  return {
    fromMs: timeAt(row, 'from_time'),
    toMs: timeAt(row, 'to_time'),
    reason: row.get('reason') as string,
    observedAtMs: timeAt(row, 'observed_at'),
  };
}
