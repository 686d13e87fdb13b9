import { once } from 'node:events';
import { type IncomingMessage, request as httpRequest, type RequestOptions } from 'node:http';
import { text } from 'node:stream/consumers';
import type { LoopbackRequest } from '../../../cli/loopback/loopback-answer';
import {
  type LoopbackServer,
  PortTakenError,
  startLoopbackServer,
} from '../../../cli/loopback/loopback-server';

let server: LoopbackServer;
let requests: LoopbackRequest[];
let errors: unknown[];

beforeEach(async () => {
  [requests, errors] = [[], []];
  server = await startLoopbackServer({
    port: 0,
    otherPort: false,
    onError: (error) => errors.push(error),
    answer: (request) => {
      requests.push(request);
      if (request.path === '/broken') return Promise.reject(new Error('broken'));
      return Promise.resolve({ status: 200, headers: { 'x-own': '1' }, body: 'answer' });
    },
  });
});

afterEach(() => server.stop());

/** A request as it is written, which `fetch` would tidy up. */
async function ask(path: string, options: RequestOptions = {}) {
  const { hostname, port } = new URL(server.url);
  const sent = httpRequest({ hostname, port, path, ...options });
  sent.end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

test('a request is handed on as it came, and its answer back', async () => {
  const answer = await ask('/v1/candles?market=a%3Ab&market=c', { headers: { 'X-Some': 'thing' } });
  expect(answer).toMatchObject({ status: 200, headers: { 'x-own': '1' }, body: 'answer' });
  expect(requests).toMatchObject([
    {
      method: 'GET',
      path: '/v1/candles',
      query: 'market=a%3Ab&market=c',
      headers: { 'x-some': 'thing' },
    },
  ]);
});

test('HEAD is answered without a body', async () => {
  const answer = await ask('/', { method: 'HEAD' });
  expect(answer).toMatchObject({ status: 200, body: '' });
  expect(requests[0]?.method).toBe('HEAD');
});

test.each<[string, RequestOptions, number]>([
  ['/', { method: 'POST' }, 405],
  ['/', { headers: { host: 'evil.example' } }, 403],
  ['/', { headers: { origin: 'https://evil.example' } }, 403],
  ['/a/../b', {}, 400],
])('%s %j is refused with %d, and asks nobody', async (path, options, status) => {
  const answer = await ask(path, options);
  expect(answer.status).toBe(status);
  expect(answer.headers['content-type']).toBe('application/problem+json');
  expect(requests).toEqual([]);
});

test('an answer that fails is told as one', async () => {
  expect(await ask('/broken')).toMatchObject({ status: 502 });
  expect(errors).toEqual([new Error('broken')]);
});

test('a port that is taken is named, or another one is used', async () => {
  const port = Number(new URL(server.url).port);
  const options = { port, onError: () => undefined, answer: () => Promise.reject(new Error()) };
  await expect(startLoopbackServer({ ...options, otherPort: false })).rejects.toThrow(
    PortTakenError,
  );
  const other = await startLoopbackServer({ ...options, otherPort: true });
  expect(other.url).not.toBe(server.url);
  await other.stop();
});
