import {
  type CassandraSession,
  createCassandraSession,
} from '../../lambdas/shared/adapters/database/cassandra-client';
import type { RunDescription } from './run-description';

/** Access to the database of a local run. */
export type RunDatabase = Pick<RunDescription, 'cassandra' | 'localDataCenter' | 'keyspace'>;

/** A session with the database of a local run; the caller closes it. */
export function connectToRun({
  cassandra,
  localDataCenter,
  keyspace,
}: RunDatabase): CassandraSession {
  return createCassandraSession({
    CASSANDRA_CONTACT_POINTS: [cassandra],
    CASSANDRA_LOCAL_DATA_CENTER: localDataCenter,
    CASSANDRA_AUTHENTICATION: 'none',
    CASSANDRA_KEYSPACE: keyspace,
  });
}
