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
import {
  type AwsCredentials,
  credentialsFromEnvironment,
  CredentialsMissingError,
} from '../aws-signature';
import { KeyspacesAuthProvider, KeyspacesChallengeError } from './keyspaces-authentication';

/** Variables of a function that name the database. */
export interface CassandraEnvironment {
  readonly CASSANDRA_CONTACT_POINTS: readonly string[];
  readonly CASSANDRA_LOCAL_DATA_CENTER: string;
  readonly CASSANDRA_AUTHENTICATION: 'sigv4' | 'none';
  readonly CASSANDRA_KEYSPACE: string;
}

/** A statement with its values, in the protocol's own encoding. */
export interface Statement {
  readonly query: string;
  /** Null for no value. */
  readonly params: (Buffer | null)[];
  /** The most rows of a page of a read: without it, Keyspaces reads 1 MB for a `LIMIT` of one. */
  readonly pageRows?: number;
}

/** Session with the database. Every call is retried a few times, and is safe to repeat. */
export interface CassandraSession {
  /** Reads all rows of a query, through all of its pages. */
  rows(statement: Statement): Promise<types.Row[]>;
  /** Writes rows of one partition in one batch. */
  write(statements: readonly Statement[]): Promise<void>;
  close(): Promise<void>;
}

/** A call of the database failed, after retries if those could help. */
export class CassandraError extends Error {
  override readonly name = 'CassandraError';
}

const CASSANDRA_PORT = 9042;
const CONNECT_TIMEOUT_MS = 5_000;
const ANSWER_TIMEOUT_MS = 5_000;
/** Three retries within about 3 s, with jitter. */
const RETRY = { retries: 3, minTimeout: 150, factor: 2, maxTimeout: 2_000, randomize: true };

/** Counts failed attempts. */
export type AttemptTelemetry = Pick<Telemetry, 'count'>;

/**
 * Creates a session that connects with its first statement, and again if that failed.
 *
 * @param telemetry counts each failed attempt, as {@link attempt} describes; optional
 * @param credentials for Keyspaces; those of the environment if they are not given
 */
export function createCassandraSession(
  environment: CassandraEnvironment,
  telemetry?: AttemptTelemetry,
  credentials?: () => AwsCredentials,
): CassandraSession {
  const client = new Client(clientOptions(environment, credentials));
  shutDownReplacedHosts(client);
  return createSession(client, telemetry);
}

/** The part of the driver's client that a session uses. */
export interface CassandraDriver {
  execute(query: string, params: Statement['params'], options: QueryOptions): Promise<ResultPage>;
  batch(statements: Statement[], options: QueryOptions): Promise<unknown>;
  shutdown(): Promise<void>;
}

/** Some rows of a query. If there is a page state, more may follow, even after a page without rows. */
export type ResultPage = Pick<types.ResultSet, 'rows'> & { readonly pageState: string | null };

/** Creates a session on a client of the driver. */
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
 * Follows the page state to its end. A page may hold fewer rows than requested,
 * or none: Keyspaces ends each page after it has read 1 MB.
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
  { query, params, pageRows = PAGE_ROWS }: Statement,
  pageState: string | null,
): Promise<ResultPage> {
  const bounded = { ...READ_OPTIONS, fetchSize: Math.min(pageRows, PAGE_ROWS) };
  const options = pageState === null ? bounded : { ...bounded, pageState };
  return driver.execute(query, params, options);
}

/** Host of the driver, with a method that its types leave out. */
interface HostOfDriver {
  shutdown(waitForPending: boolean): Promise<void>;
}

/**
 * When all hosts have been unreachable, the driver (4.10) replaces them, but
 * the old ones go on connecting for ever.
 */
function shutDownReplacedHosts(client: Client): void {
  client.on('hostRemove', (host: HostOfDriver) => {
    // In the background: nobody needs a connection that fails to close.
    host.shutdown(false).catch(() => undefined);
  });
}

const WRITE_OPTIONS = {
  prepare: true,
  isIdempotent: true,
  // Keyspaces accepts no other level for writes, and reads at it see every acknowledged write.
  consistency: types.consistencies.localQuorum,
};
/** The most rows of a page. */
const PAGE_ROWS = 5_000;
const READ_OPTIONS = { ...WRITE_OPTIONS, autoPage: false };

async function writeOnce(driver: CassandraDriver, statements: readonly Statement[]): Promise<void> {
  const [first] = statements;
  if (first === undefined) return;
  if (statements.length === 1) await driver.execute(first.query, first.params, WRITE_OPTIONS);
  else await driver.batch([...statements], { ...WRITE_OPTIONS, logged: false });
}

/**
 * Makes a call, and retries it a few times with growing, jittered pauses if its
 * failure may pass. Counts each failed attempt as `DatabaseThrottles` or
 * `DatabaseErrors`.
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
 * Responses of Keyspaces to requests beyond the capacity of a table, a partition or a connection.
 * Source: the Amazon Keyspaces developer guide, "Troubleshooting capacity management errors".
 */
const THROTTLE_CODES: ReadonlySet<number> = new Set([
  types.responseErrorCodes.readTimeout,
  types.responseErrorCodes.writeTimeout,
  types.responseErrorCodes.overloaded,
]);

/**
 * True if a retry may succeed. Rejected credentials, and a statement that is
 * invalid or not permitted, stay so; any other failure may pass.
 */
export function mayPass(error: Error): boolean {
  if (isLoginRefused(error)) return false;
  return !(error instanceof errors.ResponseError && FINAL_CODES.has(error.code));
}

/** True if the database asks for a slower pace. */
export function isThrottle(error: Error): boolean {
  return error instanceof errors.ResponseError && THROTTLE_CODES.has(error.code);
}

/** A login fails while a connection is opened, so the driver reports it as a failure of a host. */
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

/** Options of the driver. Exported for its test: they protect the data. */
export function clientOptions(
  environment: CassandraEnvironment,
  credentials: () => AwsCredentials = credentialsFromEnvironment,
): ClientOptions {
  const dataCenter = environment.CASSANDRA_LOCAL_DATA_CENTER;
  return {
    contactPoints: [...environment.CASSANDRA_CONTACT_POINTS],
    localDataCenter: dataCenter,
    keyspace: environment.CASSANDRA_KEYSPACE,
    // The nodes announce each other's addresses without the port, which all of them share.
    protocolOptions: { port: portOf(environment) },
    ...(environment.CASSANDRA_AUTHENTICATION === 'sigv4'
      ? keyspacesOptions(environment, credentials)
      : {}),
    // No more than a function needs: no schema metadata, and statements are prepared where they run.
    isMetadataSyncEnabled: false,
    prepareOnAllHosts: false,
    pooling: { warmup: false, coreConnectionsPerHost: { [types.distance.local]: 2 } },
    socketOptions: { connectTimeout: CONNECT_TIMEOUT_MS, readTimeout: ANSWER_TIMEOUT_MS },
    policies: {
      // Retries are made above the driver, with pauses between.
      retry: new policies.retry.FallthroughRetryPolicy(),
      reconnection: new policies.reconnection.ExponentialReconnectionPolicy(200, 5_000, false),
      // Keyspaces' nodes are one endpoint; a local Cassandra is one node.
      loadBalancing: new policies.loadBalancing.DCAwareRoundRobinPolicy(dataCenter),
    },
  };
}

/** Port of the first contact point, or Cassandra's default if it names none. */
function portOf({ CASSANDRA_CONTACT_POINTS: [first = ''] }: CassandraEnvironment): number {
  return Number(/^(?:[^:]+|\[.+\]):(\d+)$/.exec(first)?.[1] ?? CASSANDRA_PORT);
}

/** TLS, verified against the certificates of Node.js, which include Amazon's roots; and AWS credentials. */
function keyspacesOptions(environment: CassandraEnvironment, credentials: () => AwsCredentials) {
  const region = environment.CASSANDRA_LOCAL_DATA_CENTER;
  const [endpoint = ''] = environment.CASSANDRA_CONTACT_POINTS;
  return {
    authProvider: new KeyspacesAuthProvider(region, credentials),
    sslOptions: { rejectUnauthorized: true, servername: endpoint.replace(/:\d+$/, '') },
  };
}
