import { type IncomingRequest, refusalOf } from '../../../cli/loopback/refusal';

const PORT = 8787;
const PLAIN = {
  method: 'GET',
  url: '/v1/candles',
  host: '127.0.0.1:8787',
  origin: undefined,
  site: undefined,
  mode: undefined,
};

function statusOf(request: Partial<IncomingRequest>): number | undefined {
  return refusalOf({ ...PLAIN, ...request }, PORT)?.status;
}

test.each([
  {},
  { method: 'HEAD' },
  { host: 'localhost:8787' },
  { host: 'LOCALHOST:8787', origin: 'http://localhost:8787' },
  { origin: 'http://127.0.0.1:8787' },
  { url: '/' },
  { site: 'same-origin', mode: 'cors' },
  { site: 'none', mode: 'navigate' },
  { site: 'cross-site', mode: 'navigate' },
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
  { site: 'cross-site', mode: 'no-cors' },
  { site: 'same-site', mode: 'no-cors' },
  { site: 'cross-site' },
])('%j is of somebody else', (request) => {
  expect(statusOf(request)).toBe(403);
});

test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'CONNECT'])('%s is not allowed', (method) => {
  expect(refusalOf({ ...PLAIN, method }, PORT)).toMatchObject({
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
