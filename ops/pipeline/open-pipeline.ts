import { createCandleStore } from '../../lambdas/shared/adapters/database/candle-store';
import {
  type CassandraSession,
  createCassandraSession,
} from '../../lambdas/shared/adapters/database/cassandra-client';
import { CassandraError } from '../../lambdas/shared/adapters/database/cassandra-failures';
import { timeAt } from '../../lambdas/shared/adapters/database/cql-values';
import {
  readStoredCandles,
  readStoredRange,
} from '../../lambdas/shared/adapters/database/stored-candles';
import { readKnownMarkets } from '../../lambdas/shared/adapters/database/stored-progress';
import { createDayLedger } from '../../lambdas/shared/adapters/database/day-ledger';
import { UnreadableCandleError, UnreadableStatusError } from '../../lambdas/shared/domain/ports';
import { defaultDataDir, readRunDescription } from '../../local/run/run-description';
import { accountCredentials, awsAccount } from '../aws/aws-account';
import { findAwsStage } from '../stages/find-stage';
import { OperationError } from '../operation-error';
import { findPipeline } from './find-pipeline';
import type { Pipeline, PipelineAccess, PipelineStore } from './pipeline';

/** The pipelines of this machine, and of the AWS account that the caller's configuration names. */
export const PIPELINES: PipelineAccess = {
  find: (choice) =>
    findPipeline(choice, {
      findRun: () => readRunDescription(defaultDataDir()),
      findStage: findAwsStage,
      account: (options) => ({
        region: () => awsAccount(options).region(),
        credentials: () => accountCredentials(options),
      }),
    }),
  open: openPipeline,
};

/** Failures that say themselves what to do. */
const FOR_THE_USER = [CassandraError, UnreadableCandleError, UnreadableStatusError];

function isForTheUser(cause: unknown): cause is Error {
  return FOR_THE_USER.some((kind) => cause instanceof kind);
}

/** Opens a pipeline's tables; a failure of the database, or an unreadable row, is an OperationError. */
function openPipeline({ name, database, credentials }: Pipeline): PipelineStore {
  const session = createCassandraSession(database, undefined, credentials && (() => credentials));
  const stored = createCandleStore(session);
  const ledger = createDayLedger(session);
  const told = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (cause) {
      if (!isForTheUser(cause)) throw cause;
      throw new OperationError(`${cause.message.replace(/\s*\n\s*/g, ' ')} (${name})`, { cause });
    }
  };
  return {
    readStatus: (markets) => told(stored.readStatus(markets)),
    readDays: (market, range) => told(stored.readDays(market, range)),
    readCandles: (market, ranges) => told(stored.readCandles(market, ranges)),
    readGaps: (market, range) => told(stored.readGaps(market, range)),
    readStoredRange: (market, interval) => told(readStoredRange(session, { ...market, interval })),
    readStoredCandles: (market, range) => told(readStoredCandles(session, { ...market, ...range })),
    reopenDay: (market, dayMs, atMs) => told(ledger.reopenDay(market, dayMs, atMs)),
    databaseTime: () => told(readDatabaseTime(session)),
    knownMarkets: () => told(readKnownMarkets(session)),
    close: () => session.close(),
  };
}

const SELECT_TIME = 'SELECT toTimestamp(now()) AS database_time FROM system.local';

async function readDatabaseTime(session: CassandraSession): Promise<number> {
  const [row] = await session.rows({ query: SELECT_TIME, params: [] });
  if (row === undefined) throw new Error('The table system.local has no row');
  return timeAt(row, 'database_time');
}
