import type { types } from 'cassandra-driver';
import pLimit from 'p-limit';
import type { Gap, Progress } from '../../domain/progress';
import type { CassandraSession } from './cassandra-client';
import { textValue, timeAt } from './cql-values';

/** A row of the table `gaps`. */
export interface StoredGap extends Gap {
  readonly observedAtMs: number;
}

const SELECT_PROGRESS =
  'SELECT pair, settled_to, seen_to, observed_at FROM progress WHERE pair = ?';
const SELECT_PAIRS = 'SELECT pair FROM progress';
const SELECT_GAPS = 'SELECT from_time, to_time, reason, observed_at FROM gaps WHERE pair = ?';

const CONCURRENT_READS = 48;

/**
 * Reads the progress of each of the pairs that has any.
 *
 * @throws CassandraError if the database fails
 */
export async function readProgress(
  session: CassandraSession,
  pairs: readonly string[],
): Promise<ReadonlyMap<string, Progress>> {
  const rows = await pLimit(CONCURRENT_READS).map(pairs, (pair) =>
    session.rows({ query: SELECT_PROGRESS, params: [textValue(pair)] }),
  );
  return new Map(rows.flat().map((row) => [row.get('pair') as string, parseProgress(row)]));
}

/**
 * Reads which pairs have progress, in alphabetical order.
 *
 * @throws CassandraError if the database fails
 */
export async function readKnownPairs(session: CassandraSession): Promise<string[]> {
  const rows = await session.rows({ query: SELECT_PAIRS, params: [] });
  return rows.map((row) => row.get('pair') as string).sort();
}

/**
 * Reads the gaps of a pair, oldest first.
 *
 * @throws CassandraError if the database fails
 */
export async function readGaps(session: CassandraSession, pair: string): Promise<StoredGap[]> {
  const rows = await session.rows({ query: SELECT_GAPS, params: [textValue(pair)] });
  return rows.map(parseGap).sort((a, b) => a.fromMs - b.fromMs);
}

function parseProgress(row: types.Row): Progress {
  return {
    settledToMs: timeAt(row, 'settled_to'),
    seenToMs: timeAt(row, 'seen_to'),
    observedAtMs: timeAt(row, 'observed_at'),
  };
}

function parseGap(row: types.Row): StoredGap {
  return {
    fromMs: timeAt(row, 'from_time'),
    toMs: timeAt(row, 'to_time'),
    reason: row.get('reason') as string,
    observedAtMs: timeAt(row, 'observed_at'),
  };
}
