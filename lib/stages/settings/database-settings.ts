import * as v from 'valibot';
import { group, hostsAndPorts, oneOfKinds, text, trueOrFalse, wholeNumber } from './setting-values';

const DATA_CENTRE_REMEDY = 'give the name of the data centre';
const KEYSPACE_REMEDY =
  'give the name of the keyspace with the tables: at most 48 letters, digits and underscores';

const Keyspaces = group({
  kind: v.literal('keyspaces'),
  /** If true, the tables can be restored to any second of the last 35 days. */
  pointInTimeRecovery: trueOrFalse(),
  /**
   * Rows a second that the table of candles takes at once, for a stage with a long history: a new
   * table takes 4,000, and grows with its traffic. A charge, once.
   */
  warmRowsPerSecond: v.optional(wholeNumber(4_000, 40_000)),
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
