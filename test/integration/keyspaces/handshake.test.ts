import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'cassandra-driver';
import type { AwsCredentials } from '../../../lambdas/shared/adapters/aws-signature';
import { clientOptions } from '../../../lambdas/shared/adapters/database/cassandra-client';
import { KeyspacesAuthProvider } from '../../../lambdas/shared/adapters/database/keyspaces-authentication';
import { type Certificate, Certificates } from './certificates';
import type { ReadingReport } from './handshake-client';
import { KeyspacesServer } from './handshake-server';

// The plugin's AWS SDK would print that it has reached its end of support.
process.env['AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE'] = '1';

const LIMIT_MS = 60_000;
const REGION = 'eu-west-1';
const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret/of+the=role' };
const { exchange, pair, ...PROGRESS } = {
  exchange: 'gate-io',
  pair: 'BTC_USDT',
  liveSinceMs: Date.parse('2026-11-23T00:00:00Z'),
  settledToMs: Date.parse('2026-11-23T10:00:00Z'),
  seenToMs: Date.parse('2026-11-23T10:01:00Z'),
  newestMs: Date.parse('2026-11-23T10:00:00Z'),
  observedAtMs: Date.parse('2026-11-23T10:00:59.250Z'),
};

let certificates: Certificates;
/** For the name `localhost` alone: whoever checked the address 127.0.0.1 would refuse it. */
let ofLocalhost: Certificate;
/** For another name, and for the address: whoever checked the address would take it. */
let ofAnother: Certificate;
let server: KeyspacesServer | undefined;

beforeAll(async () => {
  certificates = await Certificates.create();
  [ofLocalhost, ofAnother] = await Promise.all([
    certificates.make('localhost', 'dns:localhost'),
    certificates.make('another', 'dns:another.test', 'ip:127.0.0.1'),
  ]);
}, LIMIT_MS);
afterEach(async () => {
  await server?.stop();
  server = undefined;
});
afterAll(() => certificates.remove());

async function start(
  certificate: Certificate,
  credentials: AwsCredentials = CREDENTIALS,
  peers: readonly string[] = [],
): Promise<KeyspacesServer> {
  const progress = { exchange, pair, ...PROGRESS };
  server = await KeyspacesServer.start({
    certificate,
    region: REGION,
    credentials,
    progress,
    peers,
  });
  return server;
}

/**
 * Reads the progress in a process of its own: whom Node trusts is settled when
 * it starts.
 */
async function read(
  { port }: KeyspacesServer,
  { accessKeyId, secretAccessKey, sessionToken }: AwsCredentials,
  trusted?: Certificate,
): Promise<ReadingReport> {
  const script = join(__dirname, 'handshake-client.ts');
  const args = ['--import', 'tsx', script, String(port), REGION, pair];
  const env = {
    PATH: process.env['PATH'],
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...(sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: sessionToken }),
    ...(trusted === undefined ? {} : { NODE_EXTRA_CA_CERTS: trusted.pemFile }),
  };
  const { stdout } = await promisify(execFile)(process.execPath, args, { env, timeout: LIMIT_MS });
  return JSON.parse(stdout) as ReadingReport;
}

test.each<[string, AwsCredentials]>([
  ['of a role', { ...CREDENTIALS, sessionToken: 'token/of+the=session' }],
  ['without a session token', CREDENTIALS],
])(
  'credentials %s log in over TLS and read a row',
  async (_, credentials) => {
    const keyspaces = await start(ofLocalhost, credentials);

    const report = await read(keyspaces, credentials, ofLocalhost);

    expect(report).toEqual({ progress: PROGRESS, error: null, failures: [], failedAttempts: 0 });
    expect(new Set(keyspaces.serverNames)).toEqual(new Set(['localhost']));
    expect(new Set(keyspaces.logins)).toEqual(new Set([true]));
  },
  LIMIT_MS,
);

test.each<[string, AwsCredentials]>([
  ['a wrong secret', { ...CREDENTIALS, secretAccessKey: 'another' }],
  ['a session token that is not theirs', { ...CREDENTIALS, sessionToken: 'another' }],
])(
  'credentials with %s are refused, are not tried again, and the error says what to do',
  async (_, credentials) => {
    const keyspaces = await start(ofLocalhost);

    const { error, failures, failedAttempts } = await read(keyspaces, credentials, ofLocalhost);

    expect(failures).toContain('AuthenticationError: Authentication failed');
    expect(error).toContain('with the credentials of a role in its account and region');
    expect(failedAttempts).toBe(1);
    expect(keyspaces.logins).toEqual([false]);
  },
  LIMIT_MS,
);

test.each<[string, () => [Certificate, Certificate | undefined], string]>([
  ['that nobody vouches for', () => [ofLocalhost, undefined], 'self-signed certificate'],
  [
    'for another name',
    () => [ofAnother, ofAnother],
    "Host: localhost. is not in the cert's altnames: DNS:another.test, IP Address:127.0.0.1",
  ],
])(
  'a server with a certificate %s is told nothing',
  async (_, served, problem) => {
    const [certificate, trusted] = served();
    const keyspaces = await start(certificate);

    const { error, failures } = await read(keyspaces, CREDENTIALS, trusted);

    expect(error).toContain('CassandraError: The database failed: NoHostAvailableError');
    expect(failures).toContainEqual(expect.stringContaining(problem));
    expect(keyspaces.asked).toEqual([]);
  },
  LIMIT_MS,
);

test('the other nodes are sought on the port of the endpoint', async () => {
  const keyspaces = await start(ofLocalhost, CREDENTIALS, ['127.0.0.2']);
  const options = clientOptions({
    CASSANDRA_CONTACT_POINTS: [`localhost:${keyspaces.port}`],
    CASSANDRA_LOCAL_DATA_CENTER: REGION,
    CASSANDRA_AUTHENTICATION: 'sigv4',
    CASSANDRA_KEYSPACE: 'candlestream',
  });
  const client = new Client({
    ...options,
    authProvider: new KeyspacesAuthProvider(REGION, () => CREDENTIALS),
    sslOptions: { ...options.sslOptions, ca: await readFile(ofLocalhost.pemFile) },
  });

  await client.connect();
  const hosts = client.hosts.keys();
  await client.shutdown();

  expect(hosts.toSorted()).toEqual([`127.0.0.1:${keyspaces.port}`, `127.0.0.2:${keyspaces.port}`]);
});
