import { Client, type ClientOptions, policies, type QueryOptions, types } from 'cassandra-driver';
import { type AwsCredentials, credentialsFromEnvironment } from '../aws-signature';
import { attempt, type AttemptOptions } from './cassandra-failures';
import { KeyspacesAuthProvider } from './keyspaces-authentication';
import { WritePace } from './write-pace';

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

/**
 * Session with the database. Every call is retried, and is safe to repeat. If
 * the database throttles, fewer writes are under way at once.
 */
export interface CassandraSession {
  /** Reads all rows of a query, through all of its pages. */
  rows(statement: Statement): Promise<types.Row[]>;
  /** Writes rows of one partition in one batch. */
  write(statements: readonly Statement[]): Promise<void>;
  close(): Promise<void>;
}

const CASSANDRA_PORT = 9042;
const CONNECT_TIMEOUT_MS = 5_000;
const ANSWER_TIMEOUT_MS = 5_000;

/**
 * Creates a session that connects with its first statement, and again if that failed.
 *
 * @param options how attempts are counted and bounded, as {@link attempt} describes
 * @param credentials for Keyspaces; those of the environment if they are not given
 */
export function createCassandraSession(
  environment: CassandraEnvironment,
  options?: AttemptOptions,
  credentials?: () => AwsCredentials,
): CassandraSession {
  const client = new Client(clientOptions(environment, credentials));
  shutDownReplacedHosts(client);
  return createSession(client, options);
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
export function createSession(driver: CassandraDriver, options?: AttemptOptions): CassandraSession {
  const pace = new WritePace();
  return {
    rows: (statement) =>
      readAllPages((page) => attempt(() => readPage(driver, statement, page), options)),
    write: (statements) =>
      pace.inTurn(() => attempt(() => pace.attempt(() => writeOnce(driver, statements)), options)),
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
 * After all hosts have been unreachable, the driver (4.10) replaces them, but
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
