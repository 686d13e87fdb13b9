import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { OauthbearerProviderResponse } from 'kafkajs';
import { createBrokerLookUp } from '../../../../../lambdas/shared/adapters/kafka/kafka-brokers';
import { mskToken } from '../../../../../lambdas/shared/adapters/kafka/msk-token';
import { fakeDate } from '../../../../fakes/fake-date';

const REGION = 'us-east-1';
const STARTED_MS = Date.parse('2026-01-15T12:07:00Z');
const environment = process.env;
let server: Server;

beforeAll(async () => {
  server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ bootstrapBrokerStringSaslIam: 'a:9098' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  process.env = {
    ...environment,
    AWS_ENDPOINT_URL_KAFKA: `http://127.0.0.1:${port}`,
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_SESSION_TOKEN: 'token',
  };
});
afterAll(async () => {
  process.env = environment;
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
beforeEach(fakeDate);
afterEach(() => jest.useRealTimers());

/** What kafkajs asks for a token at each connection and each renewal of its session. */
async function tokenProvider(): Promise<() => Promise<OauthbearerProviderResponse>> {
  const arn = 'arn:aws:kafka:us-east-1:000000000000:cluster/Data-Cluster/0-1';
  const { sasl } = await createBrokerLookUp({ KAFKA_CLUSTER_ARN: arn }, REGION)();
  if (sasl === undefined || !('oauthBearerProvider' in sasl)) throw new Error('expected tokens');
  return sasl.oauthBearerProvider;
}

it('signs a token anew for each that asks, however long after the look-up of the brokers', async () => {
  jest.setSystemTime(STARTED_MS);
  const tokenNow = await tokenProvider();
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
  const times = [0, 1_000, 14 * 60_000, 16 * 60_000, 5 * 3_600_000];

  for (const atMs of times.map((afterMs) => STARTED_MS + afterMs)) {
    jest.setSystemTime(atMs);
    const { value } = await tokenNow();

    const signed = { region: REGION, credentials: { ...credentials, sessionToken: 'token' }, atMs };
    expect(value).toBe(mskToken(signed));
  }
});

it('signs with the credentials that the environment holds by then', async () => {
  const tokenNow = await tokenProvider();
  process.env['AWS_ACCESS_KEY_ID'] = 'AKIDRENEWED';

  const { value } = await tokenNow();

  const { searchParams } = new URL(Buffer.from(value, 'base64url').toString());
  expect(searchParams.get('X-Amz-Credential')).toMatch(/^AKIDRENEWED\//);
});
