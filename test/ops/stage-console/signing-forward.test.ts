import { gzipSync } from 'node:zlib';
import { OperationError } from '../../../ops/operation-error';
import {
  signingForward,
  type SigningForwardOptions,
} from '../../../ops/stage-console/signing-forward';
import { FakeFunctionUrl } from './fake-function-url';

const AT = Date.UTC(2026, 0, 15, 12);
const CREDENTIALS = { accessKeyId: 'AKID', secretAccessKey: 'secret', sessionToken: 'to/ken+=' };

let stage: FakeFunctionUrl;

beforeEach(async () => {
  stage = new FakeFunctionUrl(CREDENTIALS, AT);
  await stage.start();
});

afterEach(() => stage.stop());

interface Asked {
  readonly method?: 'GET' | 'HEAD';
  readonly path?: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function ask(asked: Asked, changes: Partial<SigningForwardOptions> = {}) {
  const forward = signingForward({
    url: stage.url,
    region: stage.region,
    credentials: () => Promise.resolve(CREDENTIALS),
    clock: () => AT,
    ...changes,
  });
  return forward({ method: 'GET', path: '/v1/candles', query: '', headers: {}, ...asked });
}

test.each<[Asked, string]>([
  [{}, '/v1/candles'],
  [{ method: 'HEAD', path: '/' }, '/'],
  [{ path: '/assets/a%20b.js' }, '/assets/a%20b.js'],
  [
    // A plus stays a plus, and every character is escaped that a signature wants to be.
    { query: 'timezone=+05:30&market=gate-io%3ABTC_USDT' },
    '/v1/candles?timezone=%2B05%3A30&market=gate-io%3ABTC_USDT',
  ],
  [
    { query: "query=a b!'()*~&empty=&bare" },
    '/v1/candles?query=a%20b%21%27%28%29%2A~&empty=&bare=',
  ],
])('%j is let in by its signature, as %s', async (asked, url) => {
  expect((await ask(asked)).status).toBe(200);
  expect(stage.requests).toMatchObject([{ method: asked.method ?? 'GET', url }]);
});

test('a long-lived key, which has no token, is let in too', async () => {
  const { accessKeyId, secretAccessKey } = CREDENTIALS;
  const own = new FakeFunctionUrl({ accessKeyId, secretAccessKey }, AT);
  await own.start();
  const credentials = () => Promise.resolve({ accessKeyId, secretAccessKey });
  const answer = await ask({}, { url: own.url, credentials });
  await own.stop();
  expect(answer.status).toBe(200);
});

test('of who asks, nothing but the tag and what is accepted goes on', async () => {
  await ask({
    headers: { 'if-none-match': 'W/"tag"', cookie: 'secret', origin: 'http://127.0.0.1:1' },
  });
  expect(stage.requests[0]?.headers).toMatchObject({ 'if-none-match': 'W/"tag"' });
  expect(stage.requests[0]?.headers).not.toHaveProperty('cookie');
  expect(stage.requests[0]?.headers).not.toHaveProperty('origin');
});

test('an answer comes back with its status, its headers and its body, decompressed', async () => {
  stage.respond = (response) =>
    response
      .writeHead(200, {
        'content-type': 'application/json',
        'content-encoding': 'gzip',
        etag: 'W/"tag"',
        'x-amzn-requestid': '1',
      })
      .end(gzipSync('{"a":1}'));
  const answer = await ask({});
  expect({ ...answer, body: String(answer.body) }).toEqual({
    status: 200,
    headers: { 'content-type': 'application/json', etag: 'W/"tag"' },
    body: '{"a":1}',
  });
});

test.each([304, 404, 503])('%i comes back as it is', async (status) => {
  stage.respond = (response) => response.writeHead(status, { 'retry-after': '5' }).end();
  expect(await ask({})).toMatchObject({ status, headers: { 'retry-after': '5' } });
});

test.each([
  ['another key', { accessKeyId: 'AKIDOTHER' }, 'Forbidden'],
  ['a wrong secret', { secretAccessKey: 'other' }, 'signature we calculated'],
  ['a token of before', { sessionToken: 'old' }, 'security token'],
])('%s is refused with what AWS says and the remedy', async (_what, changes, said) => {
  const credentials = () => Promise.resolve({ ...CREDENTIALS, ...changes });
  const answer = await ask({}, { credentials });
  expect(answer.status).toBe(403);
  expect(answer.body).toContain(said);
  expect(answer.body).toContain('lambda:InvokeFunctionUrl');
  expect(stage.requests).toEqual([]);
});

test('a query with an invalid escape is not forwarded', async () => {
  expect(await ask({ query: 'market=%zz' })).toMatchObject({ status: 400 });
  expect(stage.requests).toEqual([]);
});

test('credentials that are gone are told with their remedy', async () => {
  const credentials = () =>
    Promise.reject(new OperationError('The AWS credentials have expired: sign in'));
  const answer = await ask({}, { credentials });
  expect(answer.status).toBe(502);
  expect(answer.body).toContain('sign in');
});

test('a stage that cannot be reached is told', async () => {
  await stage.stop();
  const answer = await ask({});
  expect(answer.status).toBe(502);
  expect(answer.body).toMatch(/The stage does not answer \(.*ECONNREFUSED.*\): check the network/);
});
