import * as v from 'valibot';
import { BATCH_FAILURES } from '../codec/batch-answer';

/** A function's environment that cannot be: all that is wrong with it, in one message. */
export class InvalidEnvironmentError extends Error {
  override readonly name = 'InvalidEnvironmentError';
}

/** A list in one text: `a,b,c`. */
export const commaSeparated = v.pipe(
  v.string(),
  v.transform((text) => text.split(',').filter((part) => part !== '')),
  v.minLength(1, 'expected at least one, separated by commas'),
);

const UUID_LIST = v.pipe(v.array(v.pipe(v.string(), v.uuid('expected a UUID'))), v.minLength(1));

/** A text that holds JSON of the given shape. */
function json<T extends v.GenericSchema>(shape: T) {
  return v.pipe(v.string(), v.parseJson(undefined, 'expected JSON'), shape);
}

/** What every function's environment holds. */
export const ConnectionEnvironment = v.object({
  /** The MSK cluster whose brokers are looked up; not set where the servers are given. */
  KAFKA_CLUSTER_ARN: v.optional(v.pipe(v.string(), v.startsWith('arn:', 'expected an ARN'))),
  /** `host:port,host:port` of a cluster that needs no look-up and no authentication. */
  KAFKA_BOOTSTRAP_SERVERS: v.optional(commaSeparated),
  /** `host:port,host:port`: Keyspaces' regional endpoint, or Cassandra nodes. */
  CASSANDRA_CONTACT_POINTS: commaSeparated,
  /** The region for Keyspaces, else the nodes' data centre. */
  CASSANDRA_LOCAL_DATA_CENTER: v.pipe(v.string(), v.nonEmpty('expected a name')),
  /** `sigv4`: TLS and AWS credentials, for Keyspaces. `none`: neither. */
  CASSANDRA_AUTHENTICATION: v.picklist(['sigv4', 'none']),
  CASSANDRA_KEYSPACE: v.pipe(v.string(), v.regex(/^\w{1,48}$/, 'expected a keyspace name')),
  /** JSON: the schema registry's version ids of each topic, oldest first. */
  SCHEMA_VERSION_IDS: json(
    v.object({
      'candles.observed': UUID_LIST,
      'candles.rolled': UUID_LIST,
      'candles.dead-letter': UUID_LIST,
    }),
  ),
  AWS_REGION: v.pipe(v.string(), v.nonEmpty('expected a region')),
});

/** A validated environment of the connections. */
export type ConnectionEnvironment = v.InferOutput<typeof ConnectionEnvironment>;

/** The variables that every function reads. */
export type ConnectionVariable = keyof typeof ConnectionEnvironment.entries;

/** What the environment of a function holds that an event source hands batches to. */
export const BatchEnvironment = v.object({
  ...ConnectionEnvironment.entries,
  /** What becomes of records that fail: `report` only where the event source has provisioned pollers. */
  BATCH_FAILURES: v.picklist(BATCH_FAILURES),
});

/** A validated environment of such a function. */
export type BatchEnvironment = v.InferOutput<typeof BatchEnvironment>;

/** The variables that such a function reads. */
export type BatchVariable = keyof typeof BatchEnvironment.entries;

/**
 * Reads a function's environment. Values that stand beside each other are
 * checked too: exactly one of the two ways to find Kafka must be given.
 *
 * @throws InvalidEnvironmentError that names every variable that is missing or wrong
 */
export function readEnvironment<T extends v.GenericSchema<unknown, ConnectionEnvironment>>(
  shape: T,
  environment: Readonly<Record<string, string | undefined>>,
): v.InferOutput<T> {
  const parsed = v.safeParse(shape, environment);
  const problems = parsed.success ? kafkaProblems(parsed.output) : parsed.issues.map(problemOf);
  if (!parsed.success || problems.length > 0) {
    throw new InvalidEnvironmentError(
      `The function's environment is not complete:\n- ${problems.join('\n- ')}\nThe deployed stack sets these variables: deploy it again, or set them by hand.`,
    );
  }
  return parsed.output;
}

function kafkaProblems(environment: ConnectionEnvironment): string[] {
  const { KAFKA_CLUSTER_ARN: arn, KAFKA_BOOTSTRAP_SERVERS: servers } = environment;
  if ((arn === undefined) !== (servers === undefined)) return [];
  return ['KAFKA_CLUSTER_ARN or KAFKA_BOOTSTRAP_SERVERS: expected exactly one of the two'];
}

function problemOf(issue: v.BaseIssue<unknown>): string {
  const value = issue.input === undefined ? 'not set' : JSON.stringify(issue.input).slice(0, 120);
  return `${v.getDotPath(issue) ?? 'environment'}: ${issue.message} (it is ${value})`;
}
