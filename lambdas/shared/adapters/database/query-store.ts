import type { Market } from '../../domain/market';
import type { CassandraSession } from './cassandra-client';
import { createDayLedger } from './day-ledger';
import { type CandleQuery, readStoredCandles, type TimeRange } from './stored-candles';
import { isKnown, readExchangeStatus, readGaps, readPairs, readStatus } from './stored-progress';

/** All tables, for reading alone. Its methods throw CassandraError if the database fails. */
export function createQueryStore(session: CassandraSession) {
  const { readDays } = createDayLedger(session);
  return {
    readDays,
    isKnown: (market: Market) => isKnown(session, market),
    readPairs: (exchange: string) => readPairs(session, exchange),
    readStatus: (markets: readonly Market[]) => readStatus(session, markets),
    readExchangeStatus: (exchange: string) => readExchangeStatus(session, exchange),
    readGaps: (market: Market, range: TimeRange) => readGaps(session, market, range),
    readCandles: (query: CandleQuery) => readStoredCandles(session, query),
  };
}
