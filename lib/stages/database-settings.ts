import * as v from 'valibot';
import { group, hostsAndPorts, oneOfKinds, trueOrFalse } from './setting-values';

const DATA_CENTRE_REMEDY = 'give the name of the data centre';

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
});

/** Database of a stage. */
export const DatabaseSettings = oneOfKinds([Keyspaces, ExistingCassandra]);
