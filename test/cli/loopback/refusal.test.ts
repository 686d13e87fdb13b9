import { type IncomingRequest, refusalOf } from '../../../cli/loopback/refusal';

const PORT = 8787;

function statusOf(request: Partial<IncomingRequest>): number | undefined {
  const plain = { method: 'GET', url: '/v1/candles', host: '127.0.0.1:8787', origin: undefined };
  return refusalOf({ ...plain, ...request }, PORT)?.status;
}

test.each([
  {},
  { method: 'HEAD' },
  { host: 'localhost:8787' },
  { host: 'LOCALHOST:8787', origin: 'http://localhost:8787' },
  { origin: 'http://127.0.0.1:8787' },
  { url: '/' },
  { url: '/v1/candles?from=..&to=/../' },
  { url: '/assets/page.v1..2.js' },
])('%j is answered', (request) => {
  expect(statusOf(request)).toBeUndefined();
});

test.each([
  { host: undefined },
  { host: 'evil.example' },
  { host: 'evil.example:8787' },
  { host: '127.0.0.1' },
  { host: '127.0.0.1:9999' },
  { origin: 'https://evil.example' },
  { origin: 'http://127.0.0.1:9999' },
  { origin: 'https://127.0.0.1:8787' },
  { origin: 'null' },
])('%j is of somebody else', (request) => {
  expect(statusOf(request)).toBe(403);
});

test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'CONNECT'])('%s is not allowed', (method) => {
  const plain = { url: '/', host: '127.0.0.1:8787', origin: undefined };
  expect(refusalOf({ ...plain, method }, PORT)).toMatchObject({
    status: 405,
    headers: { allow: 'GET, HEAD' },
  });
});

test.each([
  '/../etc/passwd',
  '/assets/..',
  '/assets/%2e%2e/index.html',
  '/assets/..%2Findex.html',
  '/assets\\..\\index.html',
  '/%zz',
  'http://evil.example/',
  '//evil.example/',
  '*',
])('the path %s is refused', (url) => {
  expect(statusOf({ url })).toBe(400);
});
