import { requestOf } from '../../../../lambdas/query/http/request';
import { failed, type InvocationResult } from '../../../../local/emulator/lambda/invoker';
import { functionUrl } from '../../../../local/emulator/url/function-url';

const AT = Date.UTC(2026, 0, 15, 12);
const REQUEST = {
  method: 'GET' as const,
  path: '/v1/candles',
  query: 'market=gate-io%3ABTC_USDT&market=b&limit=1',
  headers: { host: '127.0.0.1:8787', 'user-agent': 'curl' },
};

function urlOf(result: InvocationResult) {
  const events: unknown[] = [];
  const failures: string[] = [];
  const ask = functionUrl({
    invoker: {
      invoke: (event) => {
        events.push(event);
        return Promise.resolve(result);
      },
    },
    clock: () => AT,
    onFailure: (message) => failures.push(message),
  });
  return { ask, events, failures };
}

function answered(payload: unknown): InvocationResult {
  return { ok: true, payload };
}

test('a request becomes an event of payload format 2.0, which the function reads', async () => {
  const { ask, events } = urlOf(answered({ statusCode: 200 }));
  await ask(REQUEST);
  expect(events).toMatchObject([
    {
      version: '2.0',
      routeKey: '$default',
      rawPath: '/v1/candles',
      rawQueryString: REQUEST.query,
      queryStringParameters: { market: 'gate-io:BTC_USDT,b', limit: '1' },
      requestContext: {
        domainName: '127.0.0.1:8787',
        http: { method: 'GET', path: '/v1/candles', userAgent: 'curl' },
        time: '15/Jan/2026:12:00:00 +0000',
        timeEpoch: AT,
      },
      isBase64Encoded: false,
    },
  ]);
  const { headers, method, path, query } = REQUEST;
  expect(requestOf(events[0])).toEqual({ method, path, query, headers, atMs: AT });
});

test('the response is as the function says', async () => {
  const headers = { 'content-type': 'application/json' };
  const { ask } = urlOf(answered({ statusCode: 404, headers, body: '{}' }));
  expect(await ask(REQUEST)).toEqual({ status: 404, headers, body: '{}' });
});

test('a body in base64 is decoded', async () => {
  const body = Buffer.from([0x1f, 0x8b, 0xff]);
  const { ask } = urlOf(
    answered({ statusCode: 200, body: body.toString('base64'), isBase64Encoded: true }),
  );
  expect(await ask(REQUEST)).toMatchObject({ body });
});

test.each<[string, InvocationResult, number, number]>([
  ['fails', failed({ errorType: 'Error', errorMessage: 'lost', trace: [] }), 502, 1],
  ['answers something else', answered('text'), 502, 1],
  ['answers an impossible status', answered({ statusCode: 7 }), 502, 1],
  [
    'has too much to do',
    failed({ errorType: 'TooManyRequestsException', errorMessage: 'Rate Exceeded.', trace: [] }),
    429,
    0,
  ],
])('a function that %s', async (_what, result, status, count) => {
  const { ask, failures } = urlOf(result);
  expect((await ask(REQUEST)).status).toBe(status);
  expect(failures).toHaveLength(count);
});
