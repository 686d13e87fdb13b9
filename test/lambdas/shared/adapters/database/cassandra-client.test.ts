import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { errors, policies, types } from 'cassandra-driver';
import { CredentialsMissingError } from '../../../../../lambdas/shared/adapters/aws-signature';
import { createDeadline, type Deadline } from '../../../../../lambdas/shared/adapters/deadline';
import {
  type CassandraEnvironment,
  clientOptions,
  createCassandraSession,
} from '../../../../../lambdas/shared/adapters/database/cassandra-client';
import {
  attempt,
  CassandraError,
  isThrottle,
  mayPass,
} from '../../../../../lambdas/shared/adapters/database/cassandra-failures';
import { KeyspacesChallengeError } from '../../../../../lambdas/shared/adapters/database/keyspaces-authentication';
import { FakeTelemetry } from '../../../../fakes/telemetry';

const { responseErrorCodes: codes } = types;

const OVERLOADED = new errors.ResponseError(codes.overloaded, 'overloaded');
const SERVER_ERROR = new errors.ResponseError(codes.serverError, 'failed');
const UNAUTHORIZED = new errors.ResponseError(codes.unauthorized, 'no permission');
const BAD_CREDENTIALS = new errors.AuthenticationError('bad credentials');

function noHostBecauseOf(...failures: unknown[]): Error {
  return new errors.NoHostAvailableError(
    Object.fromEntries(failures.map((failure, index) => [`127.0.0.${index + 1}:9042`, failure])),
  );
}

describe('mayPass', () => {
  it.each<[string, Error]>([
    ['a node that is overloaded', OVERLOADED],
    ['too few replicas', new errors.ResponseError(codes.unavailableException, 'unavailable')],
    ['a write that timed out', new errors.ResponseError(codes.writeTimeout, 'timeout')],
    ['a server error', SERVER_ERROR],
    ['no answer in time', new errors.OperationTimedOutError('no answer', '127.0.0.1')],
    ['no host', new errors.NoHostAvailableError({}, 'no host')],
    ['no host at all', new errors.NoHostAvailableError(null, 'no host')],
    ['hosts that are away', noHostBecauseOf(new Error('ECONNREFUSED'), 'considered as DOWN', null)],
    ['a connection that broke', new Error('read ECONNRESET')],
  ])('holds of %s', (_, error) => {
    expect(mayPass(error)).toBe(true);
  });

  it.each<[string, Error]>([
    ['wrong syntax', new errors.ResponseError(codes.syntaxError, 'no viable alternative')],
    ['a table that is not there', new errors.ResponseError(codes.invalid, 'unconfigured table')],
    ['a wrong configuration', new errors.ResponseError(codes.configError, 'no such option')],
    ['a missing permission', UNAUTHORIZED],
    ['wrong credentials', BAD_CREDENTIALS],
    ['wrong credentials at every host', noHostBecauseOf(BAD_CREDENTIALS, BAD_CREDENTIALS)],
    ['wrong credentials at one host', noHostBecauseOf(new Error('ECONNREFUSED'), BAD_CREDENTIALS)],
    ['credentials that are not set', noHostBecauseOf(new CredentialsMissingError('not set'))],
    ['a challenge that is none', noHostBecauseOf(new KeyspacesChallengeError('no nonce'))],
  ])('does not hold of %s', (_, error) => {
    expect(mayPass(error)).toBe(false);
  });
});

describe('isThrottle', () => {
  it.each([
    ['readTimeout', true],
    ['writeTimeout', true],
    ['overloaded', true],
    ['serverError', false],
    ['unavailableException', false],
    ['invalid', false],
  ] as const)('of an answer %s is %s', (code, expected) => {
    expect(isThrottle(new errors.ResponseError(codes[code], code))).toBe(expected);
  });

  it('does not hold of an answer that never came', () => {
    expect(isThrottle(new errors.OperationTimedOutError('no answer', '127.0.0.1'))).toBe(false);
  });
});

function deadlineIn(getRemainingTimeInMillis: () => number): Deadline {
  const deadline = createDeadline();
  deadline.begin({ getRemainingTimeInMillis });
  return deadline;
}

describe('attempt', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  /** A call that fails in turn with each of the errors, then succeeds; and when it was made. */
  function failing(...failures: Error[]) {
    const madeAtMs: number[] = [];
    const call = (): Promise<string> => {
      madeAtMs.push(Date.now());
      const failure = failures.shift();
      return failure === undefined ? Promise.resolve('done') : Promise.reject(failure);
    };
    return { call, madeAtMs };
  }

  async function outcomeOf<T>(attempted: Promise<T>): Promise<unknown> {
    const outcome = attempted.catch((cause: unknown) => cause);
    await jest.runAllTimersAsync();
    return outcome;
  }

  it('gives what the call gives, and counts nothing', async () => {
    const telemetry = new FakeTelemetry();
    const { call, madeAtMs } = failing();

    expect(await outcomeOf(attempt(call, { telemetry }))).toBe('done');
    expect(madeAtMs).toHaveLength(1);
    expect(telemetry.metrics()).toEqual([]);
  });

  it('waits longer before each repetition: at least 150, 300 and 600 ms', async () => {
    const { call, madeAtMs } = failing(OVERLOADED, OVERLOADED, OVERLOADED);

    expect(await outcomeOf(attempt(call))).toBe('done');

    const [first = 0, second = 0, third = 0, fourth = 0] = madeAtMs;
    const pausesMs = [second - first, third - second, fourth - third];
    pausesMs.forEach((pauseMs, index) => {
      const leastMs = 150 * 2 ** index;
      expect(pauseMs).toBeGreaterThanOrEqual(leastMs);
      // The jitter at most doubles it.
      expect(pauseMs).toBeLessThanOrEqual(2 * leastMs);
    });
  });

  it('counts each failed attempt by its kind', async () => {
    const telemetry = new FakeTelemetry();
    const writeTimeout = new errors.ResponseError(codes.writeTimeout, 'timeout');

    await outcomeOf(attempt(failing(OVERLOADED, SERVER_ERROR, writeTimeout).call, { telemetry }));

    expect(telemetry.counted('DatabaseThrottles')).toBe(2);
    expect(telemetry.counted('DatabaseErrors')).toBe(1);
  });

  it('fails after the third repetition, with the last failure, and counts all four', async () => {
    const telemetry = new FakeTelemetry();
    const last = new errors.ResponseError(codes.serverError, 'still failing');
    const { call, madeAtMs } = failing(SERVER_ERROR, SERVER_ERROR, SERVER_ERROR, last);

    const error = await outcomeOf(attempt(call, { telemetry }));

    expect(error).toBeInstanceOf(CassandraError);
    expect(error).toMatchObject({
      message: 'The database failed: ResponseError: still failing',
      cause: last,
    });
    expect(madeAtMs).toHaveLength(4);
    expect(telemetry.counted('DatabaseErrors')).toBe(4);
  });

  it('waits throttling out for as long as there is time, with pauses of up to 2 s', async () => {
    const telemetry = new FakeTelemetry();
    const throttles = Array<Error>(12).fill(OVERLOADED);
    const { call, madeAtMs } = failing(...throttles);

    expect(await outcomeOf(attempt(call, { telemetry, ...deadlineIn(() => 60_000) }))).toBe('done');

    expect(telemetry.counted('DatabaseThrottles')).toBe(12);
    const pausesMs = madeAtMs.slice(1).map((atMs, index) => atMs - (madeAtMs[index] ?? 0));
    expect(Math.max(...pausesMs)).toBe(2_000);
  });

  it('gives throttling up when the time of the invocation ends', async () => {
    const endMs = Date.now() + 20_000;
    const { call, madeAtMs } = failing(...Array<Error>(50).fill(OVERLOADED));

    const error = await outcomeOf(
      attempt(
        call,
        deadlineIn(() => endMs - Date.now()),
      ),
    );

    expect(error).toBeInstanceOf(CassandraError);
    expect(madeAtMs.length).toBeGreaterThan(4);
    // 15 s are left for the end of the invocation.
    expect(Date.now()).toBeLessThanOrEqual(endMs - 15_000 + 2_000);
  });

  it('begins no attempt once the time is over, so that a database that hangs is told of in time', async () => {
    const beginMs = Date.now();
    let attempts = 0;
    const hanging = () => {
      attempts += 1;
      return new Promise<never>((_, reject) =>
        setTimeout(() => {
          reject(new errors.OperationTimedOutError('no answer', '127.0.0.1'));
        }, 5_000),
      );
    };
    const isOver = () => Date.now() - beginMs >= 8_000;

    expect(await outcomeOf(attempt(hanging, { isOver }))).toBeInstanceOf(CassandraError);
    expect(attempts).toBe(2);
    expect(await outcomeOf(attempt(hanging, { isOver }))).toBeInstanceOf(CassandraError);
    expect(attempts).toBe(2);
  });

  it('repeats other failures three times, however much time there is', async () => {
    const { call, madeAtMs } = failing(...Array<Error>(9).fill(SERVER_ERROR));

    expect(
      await outcomeOf(
        attempt(
          call,
          deadlineIn(() => 60_000),
        ),
      ),
    ).toBeInstanceOf(CassandraError);
    expect(madeAtMs).toHaveLength(4);
  });

  it.each<[string, Error, string]>([
    ['credentials are wrong', noHostBecauseOf(BAD_CREDENTIALS), 'set CASSANDRA_AUTHENTICATION to'],
    ['a permission is missing', UNAUTHORIZED, 'needs cassandra:Select to read that table'],
  ])('fails at once where %s, says what to do, and counts it', async (_, failure, remedy) => {
    const telemetry = new FakeTelemetry();
    const { call, madeAtMs } = failing(failure);

    const error = await outcomeOf(attempt(call, { telemetry }));

    expect(error).toBeInstanceOf(CassandraError);
    expect((error as CassandraError).message).toContain(remedy);
    expect((error as CassandraError).cause).toBe(failure);
    expect(madeAtMs).toHaveLength(1);
    expect(telemetry.counted('DatabaseErrors')).toBe(1);
  });
});

const KEYSPACES: CassandraEnvironment = {
  CASSANDRA_CONTACT_POINTS: ['cassandra.eu-west-1.amazonaws.com:9142'],
  CASSANDRA_LOCAL_DATA_CENTER: 'eu-west-1',
  CASSANDRA_AUTHENTICATION: 'sigv4',
  CASSANDRA_KEYSPACE: 'candlestream',
};

describe('clientOptions', () => {
  it('speak to Keyspaces over TLS that is verified against its name', () => {
    expect(clientOptions(KEYSPACES).sslOptions).toEqual({
      rejectUnauthorized: true,
      servername: 'cassandra.eu-west-1.amazonaws.com',
    });
  });

  it('speak to a Cassandra without TLS and login', () => {
    const options = clientOptions({ ...KEYSPACES, CASSANDRA_AUTHENTICATION: 'none' });

    expect(options).not.toHaveProperty('sslOptions');
    expect(options).not.toHaveProperty('authProvider');
  });

  it.each([
    ['cassandra.eu-west-1.amazonaws.com:9142', 9142],
    ['[::1]:9142', 9142],
    ['cassandra-1', 9042],
    ['::1', 9042],
  ])('seek the other nodes of %s on its port %i', (contactPoint, port) => {
    const options = clientOptions({ ...KEYSPACES, CASSANDRA_CONTACT_POINTS: [contactPoint] });

    expect(options.protocolOptions).toEqual({ port });
  });

  it('leave repetitions to what is above the driver', () => {
    expect(clientOptions(KEYSPACES).policies?.retry).toBeInstanceOf(
      policies.retry.FallthroughRetryPolicy,
    );
  });
});

/** The frames of Cassandra's native protocol that a login takes. */
const OPCODES = { startup: 0x01, authenticate: 0x03, supported: 0x06 };

/** A Cassandra that asks whoever connects for a password. */
function answerWithLogin(socket: Socket): void {
  socket.on('data', (frame) => {
    const isStartup = frame.at(4) === OPCODES.startup;
    const name = Buffer.from('org.apache.cassandra.auth.PasswordAuthenticator');
    const body = isStartup
      ? Buffer.concat([Buffer.from([0, name.length]), name])
      : Buffer.from([0, 0]);
    const header = Buffer.alloc(9);
    header.writeUInt8((frame[0] ?? 0) | 0x80, 0);
    frame.copy(header, 2, 2, 4);
    header.writeUInt8(isStartup ? OPCODES.authenticate : OPCODES.supported, 4);
    header.writeUInt32BE(body.length, 5);
    socket.write(Buffer.concat([header, body]));
  });
}

describe('a session', () => {
  let server: Server;
  let connections: Socket[];

  beforeEach(async () => {
    connections = [];
    server = createServer((socket) => {
      connections.push(socket);
      answerWithLogin(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    connections.forEach((socket) => socket.destroy());
    await new Promise((resolve) => server.close(resolve));
  });

  it('asks a database once that wants a login, and says what to do', async () => {
    const telemetry = new FakeTelemetry();
    const { port } = server.address() as AddressInfo;
    const session = createCassandraSession(
      {
        CASSANDRA_CONTACT_POINTS: [`127.0.0.1:${port}`],
        CASSANDRA_LOCAL_DATA_CENTER: 'datacenter1',
        CASSANDRA_AUTHENTICATION: 'none',
        CASSANDRA_KEYSPACE: 'candlestream',
      },
      { telemetry },
    );

    const rows = session.rows({ query: 'SELECT now() FROM system.local', params: [] });

    await expect(rows).rejects.toThrow(CassandraError);
    await expect(rows).rejects.toThrow('and to none for a Cassandra that asks for no login');
    expect(connections).toHaveLength(1);
    expect(telemetry.counted('DatabaseErrors')).toBe(1);
    await session.close();
  });
});
