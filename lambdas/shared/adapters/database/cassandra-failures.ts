import { errors, types } from 'cassandra-driver';
import pRetry from 'p-retry';
import type { Telemetry } from '../../domain/ports';
import { CredentialsMissingError } from '../aws-signature';
import { KeyspacesChallengeError } from './keyspaces-authentication';

/** A call of the database failed, after retries if those could help. */
export class CassandraError extends Error {
  override readonly name = 'CassandraError';
}

/** Pauses between attempts, with jitter. */
const PAUSES = { minTimeout: 150, factor: 2, maxTimeout: 2_000, randomize: true };
/** Within about 3 s. */
const RETRIES = 3;

/** Options for counting and bounding attempts at a call. */
export interface AttemptOptions {
  /** Counts failed attempts. @default they are not counted */
  readonly telemetry?: Pick<Telemetry, 'count'> | undefined;
  /** If throttling may still be waited out. @default no longer than other failures */
  readonly hasTime?: (() => boolean) | undefined;
  /** If it is true, no attempt is begun any more, not even the first. @default never */
  readonly isOver?: (() => boolean) | undefined;
}

/**
 * Makes a call, and retries it with growing, jittered pauses if its failure may
 * pass: three times, and for as long as there is time if the database throttles.
 * Counts each failed attempt as `DatabaseThrottles` or `DatabaseErrors`.
 *
 * @throws CassandraError
 */
export async function attempt<T>(
  call: () => Promise<T>,
  { telemetry, hasTime = () => false, isOver = () => false }: AttemptOptions = {},
): Promise<T> {
  if (isOver())
    throw new CassandraError('The database is too slow: the time of the request is over');
  try {
    return await pRetry(call, {
      ...PAUSES,
      retries: Infinity,
      shouldRetry: ({ error, retriesConsumed }) =>
        mayPass(error) &&
        !isOver() &&
        (retriesConsumed < RETRIES || (isThrottle(error) && hasTime())),
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
