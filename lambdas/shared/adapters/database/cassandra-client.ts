import {
  Client,
  type ClientOptions,
  errors,
  policies,
  type QueryOptions,
  types,
} from 'cassandra-driver';
import pRetry from 'p-retry';
import type { Telemetry } from '../../domain/ports';
import { credentialsFromEnvironment, CredentialsMissingError } from '../aws-signature';
import { KeyspacesAuthProvider, KeyspacesChallengeError } from './keyspaces-authentication';

/** How the database is reached, as a function's environment says it. */
export interface CassandraEnvironment {
  readonly CASSANDRA_CONTACT_POINTS: readonly string[];
  readonly CASSANDRA_LOCAL_DATA_CENTER: string;
  readonly CASSANDRA_AUTHENTICATION: 'sigv4' | 'none';
  readonly CASSANDRA_KEYSPACE: string;
}

/** A statement with its values, in the protocol's own encoding. */
export interface Statement {
  readonly query: string;
  readonly params: Buffer[];
}

/** The database, as far as the stores use it. Every call is retried a few times, and can be repeated. */
export interface CassandraSession {
  /** All rows of a query, however many pages the database hands them out in. */
  rows(statement: Statement): Promise<types.Row[]>;
  /** Statements of one partition, together. */
  write(statements: readonly Statement[]): Promise<void>;
  close(): Promise<void>;
}

/** The database did not do what was asked, after several tries where another could help. */
export class CassandraError extends Error {
  override readonly name = 'CassandraError';
}

const CASSANDRA_PORT = 9042;
const CONNECT_TIMEOUT_MS = 5_000;
const ANSWER_TIMEOUT_MS = 5_000;
/** Three repetitions in at most about 3 s, jittered. */
const RETRY = { retries: 3, minTimeout: 150, factor: 2, maxTimeout: 2_000, randomize: true };

/** What is told of failed attempts. */
export type AttemptTelemetry = Pick<Telemetry, 'count'>;

/**
 * A client that connects with its first statement, and again where that failed.
 *
 * @param telemetry told of each failed attempt, as {@link attempt} says; nobody is told without it
 */
export function createCassandraSession(
  environment: CassandraEnvironment,
  telemetry?: AttemptTelemetry,
): CassandraSession {
  const client = new Client(clientOptions(environment));
  shutDownReplacedHosts(client);
  return createSession(client, telemetry);
}

/** The driver's client, as far as a session uses it. */
export interface CassandraDriver {
  execute(query: string, params: Buffer[], options: QueryOptions): Promise<ResultPage>;
  batch(statements: Statement[], options: QueryOptions): Promise<unknown>;
  shutdown(): Promise<void>;
}

/** Some of a query's rows; with a page state, more may follow, even after a page without rows. */
export type ResultPage = Pick<types.ResultSet, 'rows'> & { readonly pageState: string | null };

/** A session over a client of the driver. */
export function createSession(
  driver: CassandraDriver,
  telemetry?: AttemptTelemetry,
): CassandraSession {
  return {
    rows: (statement) =>
      readAllPages((page) => attempt(() => readPage(driver, statement, page), telemetry)),
    write: (statements) => attempt(async () => writeOnce(driver, statements), telemetry),
    close: () => driver.shutdown(),
  };
}

/**
 * Follows the page state to the end. A page may hold fewer rows than asked for,
 * or none: Keyspaces ends each at 1 MB of what it has read.
 */
async function readAllPages(
  readOne: (pageState: string | null) => Promise<ResultPage>,
): Promise<types.Row[]> {
  const rows: types.Row[] = [];
  let pageState: string | null = null;
  do {
    const page: ResultPage = await readOne(pageState);
    for (const row of page.rows) rows.push(row);
    pageState = page.pageState;
  } while (pageState !== null);
  return rows;
}

function readPage(
  driver: CassandraDriver,
  { query, params }: Statement,
  pageState: string | null,
): Promise<ResultPage> {
  const options = pageState === null ? READ_OPTIONS : { ...READ_OPTIONS, pageState };
  return driver.execute(query, params, options);
}

/** A host as the driver has it: its types leave this out. */
interface HostOfDriver {
  shutdown(waitForPending: boolean): Promise<void>;
}

/**
 * Once all hosts were away, the driver (4.10) puts new ones in their place, and
 * leaves the old ones connecting for ever.
 */
function shutDownReplacedHosts(client: Client): void {
  client.on('hostRemove', (host: HostOfDriver) => {
    // In the background: a connection that does not close in order is of no use to anyone any more.
    host.shutdown(false).catch(() => undefined);
  });
}

const WRITE_OPTIONS = {
  prepare: true,
  isIdempotent: true,
  // The only level that Keyspaces writes at, and the one at which a read sees every acknowledged write.
  consistency: types.consistencies.localQuorum,
};
/** The most rows of a page. */
const PAGE_ROWS = 5_000;
const READ_OPTIONS = { ...WRITE_OPTIONS, fetchSize: PAGE_ROWS, autoPage: false };

async function writeOnce(driver: CassandraDriver, statements: readonly Statement[]): Promise<void> {
  const [first] = statements;
  if (first === undefined) return;
  if (statements.length === 1) await driver.execute(first.query, first.params, WRITE_OPTIONS);
  else await driver.batch([...statements], { ...WRITE_OPTIONS, logged: false });
}

/**
 * Makes a call, and repeats it a few times with growing, jittered pauses where
 * its failure may pass. Each failed attempt is counted, as `DatabaseThrottles`
 * or as `DatabaseErrors`.
 *
 * @throws CassandraError
 */
export async function attempt<T>(call: () => Promise<T>, telemetry?: AttemptTelemetry): Promise<T> {
  try {
    return await pRetry(call, {
      ...RETRY,
      shouldRetry: ({ error }) => mayPass(error),
      onFailedAttempt: ({ error }) =>
        telemetry?.count(isThrottle(error) ? 'DatabaseThrottles' : 'DatabaseErrors', 1),
    });
  } catch (cause) {
    const remedy = cause instanceof Error ? remedyOf(cause) : '';
    throw new CassandraError(`The database failed: ${String(cause)}${remedy}`, { cause });
  }
}

const UNAUTHORIZED: number = types.responseErrorCodes.unauthorized;
const FINAL_CODES: ReadonlySet<number> = new Set([
  types.responseErrorCodes.syntaxError,
  UNAUTHORIZED,
  types.responseErrorCodes.invalid,
  types.responseErrorCodes.configError,
]);

/**
 * What Keyspaces answers above what a table, a partition or a connection takes.
 * Source: the Amazon Keyspaces developer guide, "Troubleshooting capacity management errors".
 */
const THROTTLE_CODES: ReadonlySet<number> = new Set([
  types.responseErrorCodes.readTimeout,
  types.responseErrorCodes.writeTimeout,
  types.responseErrorCodes.overloaded,
]);

/**
 * Whether to try again: credentials that are not accepted, and a statement that
 * is wrong or not allowed, stay so; all else may pass.
 */
export function mayPass(error: Error): boolean {
  if (isLoginRefused(error)) return false;
  return !(error instanceof errors.ResponseError && FINAL_CODES.has(error.code));
}

/** Whether the database asks for a slower pace. */
export function isThrottle(error: Error): boolean {
  return error instanceof errors.ResponseError && THROTTLE_CODES.has(error.code);
}

/** A login fails while a connection is opened: the driver has it among the failures of the hosts. */
function isLoginRefused(error: Error): boolean {
  const failures = error instanceof errors.NoHostAvailableError ? failuresOfHosts(error) : [error];
  return failures.some(
    (failure) =>
      failure instanceof errors.AuthenticationError ||
      failure instanceof CredentialsMissingError ||
      failure instanceof KeyspacesChallengeError,
  );
}

function failuresOfHosts(error: errors.NoHostAvailableError): unknown[] {
  const byHost = error.innerErrors as Readonly<Record<string, unknown>> | null | undefined;
  return Object.values(byHost ?? {});
}

function remedyOf(error: Error): string {
  if (isLoginRefused(error)) {
    return '; set CASSANDRA_AUTHENTICATION to sigv4 for Keyspaces, with the credentials of a role in its account and region, and to none for a Cassandra that asks for no login';
  }
  if (error instanceof errors.ResponseError && error.code === UNAUTHORIZED) {
    return "; the function's role needs cassandra:Select to read that table, and cassandra:Modify to write to it: deploy the stack again";
  }
  return '';
}

/** How the driver is set. Exported for its test: what protects the data is in it. */
export function clientOptions(environment: CassandraEnvironment): ClientOptions {
  const dataCenter = environment.CASSANDRA_LOCAL_DATA_CENTER;
  return {
    contactPoints: [...environment.CASSANDRA_CONTACT_POINTS],
    localDataCenter: dataCenter,
    keyspace: environment.CASSANDRA_KEYSPACE,
    // The nodes tell each other's addresses without the port, which is the same for all.
    protocolOptions: { port: portOf(environment) },
    ...(environment.CASSANDRA_AUTHENTICATION === 'sigv4' ? keyspacesOptions(environment) : {}),
    // What a function needs of it, and no more: no schema metadata, statements prepared where they run.
    isMetadataSyncEnabled: false,
    prepareOnAllHosts: false,
    pooling: { warmup: false, coreConnectionsPerHost: { [types.distance.local]: 2 } },
    socketOptions: { connectTimeout: CONNECT_TIMEOUT_MS, readTimeout: ANSWER_TIMEOUT_MS },
    policies: {
      // Repetition is done above the driver, with pauses between.
      retry: new policies.retry.FallthroughRetryPolicy(),
      reconnection: new policies.reconnection.ExponentialReconnectionPolicy(200, 5_000, false),
      // Keyspaces' nodes are one endpoint; a local Cassandra is one node.
      loadBalancing: new policies.loadBalancing.DCAwareRoundRobinPolicy(dataCenter),
    },
  };
}

/** The port of the first contact point, or Cassandra's own where it names none. */
function portOf({ CASSANDRA_CONTACT_POINTS: [first = ''] }: CassandraEnvironment): number {
  return Number(/^(?:[^:]+|\[.+\]):(\d+)$/.exec(first)?.[1] ?? CASSANDRA_PORT);
}

/** TLS, verified against Node's own store, which has Amazon's roots; and AWS credentials. */
function keyspacesOptions(environment: CassandraEnvironment) {
  const region = environment.CASSANDRA_LOCAL_DATA_CENTER;
  const [endpoint = ''] = environment.CASSANDRA_CONTACT_POINTS;
  return {
    authProvider: new KeyspacesAuthProvider(region, credentialsFromEnvironment),
    sslOptions: { rejectUnauthorized: true, servername: endpoint.replace(/:\d+$/, '') },
  };
}
