import { marketKey } from '../../../lambdas/shared/domain/market';
import { errors } from 'cassandra-driver';
import { createCandleStore } from '../../../lambdas/shared/adapters/database/candle-store';
import { createCassandraSession } from '../../../lambdas/shared/adapters/database/cassandra-client';
import type { Progress } from '../../../lambdas/shared/domain/progress/progress';

/** How a function fared that connected and read a pair's progress. */
export interface ReadingReport {
  /** Null where there is none. */
  readonly progress: Progress | null;
  /** Null where it did read. */
  readonly error: string | null;
  /** What the driver says about each address that it tried in vain. */
  readonly failures: readonly string[];
  /** How many attempts failed. */
  readonly failedAttempts: number;
}

const [port = '', region = '', pair = ''] = process.argv.slice(2);

async function report(): Promise<ReadingReport> {
  let failedAttempts = 0;
  const session = createCassandraSession(
    {
      CASSANDRA_CONTACT_POINTS: [`localhost:${port}`],
      CASSANDRA_LOCAL_DATA_CENTER: region,
      CASSANDRA_AUTHENTICATION: 'sigv4',
      CASSANDRA_KEYSPACE: 'candlestream',
    },
    {
      telemetry: {
        count: () => {
          failedAttempts++;
        },
      },
    },
  );
  try {
    const market = { exchange: 'gate-io', pair };
    const status = await createCandleStore(session).readStatus([market]);
    const progress = status.get(marketKey(market))?.progress ?? null;
    return { progress, error: null, failures: [], failedAttempts };
  } catch (error) {
    return { progress: null, error: String(error), failures: failuresOf(error), failedAttempts };
  } finally {
    await session.close();
  }
}

function failuresOf(error: unknown): string[] {
  const cause = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof errors.NoHostAvailableError)) return [];
  return Object.values(cause.innerErrors as Readonly<Record<string, unknown>>).map(String);
}

void report().then((result) => process.stdout.write(JSON.stringify(result)));
