import * as v from 'valibot';
import { group, hostsAndPorts, oneOfKinds, text, trueOrFalse } from './setting-values';

const DATA_CENTRE_REMEDY = 'give the name of the data centre';
const KEYSPACE_REMEDY =
  'give the name of the keyspace with the tables: at most 48 letters, digits and underscores';

const Keyspaces = group({
  kind: v.literal('keyspaces'),
  /** If true, the tables can be restored to any second of the last 35 days. */
  pointInTimeRecovery: trueOrFalse(),
});

/** An existing Cassandra that accepts clients without TLS and authentication. */
const ExistingCassandra = group({
  kind: v.literal('existing'),
  contactPoints: hostsAndPorts(),
  localDataCenter: v.pipe(v.string(DATA_CENTRE_REMEDY), v.nonEmpty(DATA_CENTRE_REMEDY)),
  /** The keyspace with the tables: one for each stage that uses the database. */
  keyspace: text(/^\w{1,48}$/, KEYSPACE_REMEDY),
});

/** Database of a stage. */
export const DatabaseSettings = oneOfKinds([Keyspaces, ExistingCassandra]);
