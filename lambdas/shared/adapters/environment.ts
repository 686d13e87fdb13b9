import * as v from 'valibot';
import { BATCH_FAILURES } from '../codec/batch-answer';

/** An invalid environment of a function; the message names all of its problems. */
export class InvalidEnvironmentError extends Error {
  override readonly name = 'InvalidEnvironmentError';
}

/** A list as one text: `a,b,c`. */
const commaSeparated = v.pipe(
  v.string(),
  v.transform((text) => text.split(',').filter((part) => part !== '')),
  v.minLength(1, 'expected at least one, separated by commas'),
);

/** A whole number that is not 0. */
export const wholeNumber = v.pipe(
  v.string(),
  v.regex(/^\d{1,7}$/, 'expected a whole number'),
  v.transform(Number),
  v.minValue(1, 'expected at least 1'),
);

/** A URL, without a slash at its end. */
export const urlText = v.pipe(
  v.string(),
  v.url('expected a URL'),
  v.transform((url) => url.replace(/\/$/, '')),
);

/** A UTC day, in milliseconds. */
export const utcDay = v.pipe(
  v.string(),
  v.isoDate('expected a day such as 2026-01-01'),
  v.transform((day) => Date.parse(`${day}T00:00:00Z`)),
  v.check((timeMs) => Number.isFinite(timeMs), 'expected a day that exists'),
);

const UUID_LIST = v.pipe(v.array(v.pipe(v.string(), v.uuid('expected a UUID'))), v.minLength(1));

/** A text that holds JSON of a shape. */
function json<T extends v.GenericSchema>(shape: T) {
  return v.pipe(v.string(), v.parseJson(undefined, 'expected JSON'), shape);
}

/** Variables that every function reads: those of the database. */
export const DatabaseEnvironment = v.object({
  /** `host:port,host:port`: Keyspaces' regional endpoint, or Cassandra nodes. */
  CASSANDRA_CONTACT_POINTS: commaSeparated,
  /** For Keyspaces its region, otherwise the data centre of the nodes. */
  CASSANDRA_LOCAL_DATA_CENTER: v.pipe(v.string(), v.nonEmpty('expected a name')),
  /** `sigv4`: TLS and AWS credentials, for Keyspaces. `none`: neither. */
  CASSANDRA_AUTHENTICATION: v.picklist(['sigv4', 'none']),
  CASSANDRA_KEYSPACE: v.pipe(v.string(), v.regex(/^\w{1,48}$/, 'expected a keyspace name')),
  AWS_REGION: v.pipe(v.string(), v.nonEmpty('expected a region')),
});

/** Variables of a function that also appends to Kafka. */
export const ConnectionEnvironment = v.object({
  ...DatabaseEnvironment.entries,
  /** MSK cluster whose brokers are looked up; not set if the servers are given. */
  KAFKA_CLUSTER_ARN: v.optional(v.pipe(v.string(), v.startsWith('arn:', 'expected an ARN'))),
  /** `host:port,host:port` of a cluster that needs neither look-up nor authentication. */
  KAFKA_BOOTSTRAP_SERVERS: v.optional(commaSeparated),
  /** JSON: version ids of the schema registry for each topic, oldest first. */
  SCHEMA_VERSION_IDS: json(
    v.object({
      'candles.observed': UUID_LIST,
      'candles.rolled': UUID_LIST,
      'candles.dead-letter': UUID_LIST,
    }),
  ),
});

/** Validated environment of the connections. */
export type ConnectionEnvironment = v.InferOutput<typeof ConnectionEnvironment>;

/** Names of the variables of such a function. */
export type ConnectionVariable = keyof typeof ConnectionEnvironment.entries;

/** Variables of a function that an event source invokes with batches. */
export const BatchEnvironment = v.object({
  ...ConnectionEnvironment.entries,
  /** Treatment of records that fail; `report` needs an event source with provisioned pollers. */
  BATCH_FAILURES: v.picklist(BATCH_FAILURES),
});

/** Validated environment of such a function. */
export type BatchEnvironment = v.InferOutput<typeof BatchEnvironment>;

/** Names of the variables that such a function reads. */
export type BatchVariable = keyof typeof BatchEnvironment.entries;

/** @throws InvalidEnvironmentError that names every variable that is missing or invalid */
export function readBatchEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): BatchEnvironment {
  return readConnectionEnvironment(BatchEnvironment, environment);
}

/**
 * Reads the environment of a function that appends to Kafka. Exactly one of the
 * two ways to find the brokers must be given.
 *
 * @throws InvalidEnvironmentError that names every variable that is missing or invalid
 */
export function readConnectionEnvironment<
  T extends v.GenericSchema<unknown, ConnectionEnvironment>,
>(shape: T, environment: Readonly<Record<string, string | undefined>>): v.InferOutput<T> {
  const values = readEnvironment(shape, environment);
  const problems = kafkaProblems(values);
  if (problems.length > 0) throw invalidEnvironment(problems);
  return values;
}

/**
 * Reads the environment of a function.
 *
 * @throws InvalidEnvironmentError that names every variable that is missing or invalid
 */
export function readEnvironment<T extends v.GenericSchema>(
  shape: T,
  environment: Readonly<Record<string, string | undefined>>,
): v.InferOutput<T> {
  const parsed = v.safeParse(shape, environment);
  if (!parsed.success) throw invalidEnvironment(parsed.issues.map(variableProblem));
  return parsed.output;
}

function invalidEnvironment(problems: readonly string[]): InvalidEnvironmentError {
  return new InvalidEnvironmentError(
    `The environment of the function is invalid:\n- ${problems.join('\n- ')}\nThe deployed stack sets these variables: deploy it again, or set them by hand.`,
  );
}

function kafkaProblems(environment: ConnectionEnvironment): string[] {
  const { KAFKA_CLUSTER_ARN: arn, KAFKA_BOOTSTRAP_SERVERS: servers } = environment;
  if ((arn === undefined) !== (servers === undefined)) return [];
  return ['KAFKA_CLUSTER_ARN or KAFKA_BOOTSTRAP_SERVERS: expected exactly one of the two'];
}

function variableProblem(issue: v.BaseIssue<unknown>): string {
  const value = issue.input === undefined ? 'not set' : JSON.stringify(issue.input).slice(0, 120);
  return `${v.getDotPath(issue) ?? 'environment'}: ${issue.message} (it is ${value})`;
}
