import { InvalidUrlEventError, requestOf } from '../../../../lambdas/query/http/request';

/** An event as the developer guide shows it, shortened to what Lambda always sends. */
const EVENT = {
  version: '2.0',
  routeKey: '$default',
  rawPath: '/v1/candles',
  rawQueryString: 'market=gate-io%3ABTC_USDT&market=b',
  headers: { 'accept-encoding': 'gzip', host: 'abc.lambda-url.us-east-1.on.aws' },
  queryStringParameters: { market: 'gate-io:BTC_USDT,b' },
  requestContext: {
    accountId: '123456789012',
    apiId: 'abc',
    domainName: 'abc.lambda-url.us-east-1.on.aws',
    http: {
      method: 'GET',
      path: '/v1/candles',
      protocol: 'HTTP/1.1',
      sourceIp: '192.0.2.1',
      userAgent: 'curl',
    },
    requestId: 'id',
    routeKey: '$default',
    stage: '$default',
    time: '15/Jan/2026:12:00:00 +0000',
    timeEpoch: Date.UTC(2026, 0, 15, 12),
  },
  isBase64Encoded: false,
};

test('a request is read out of its event, its query before any decoding', () => {
  expect(requestOf(EVENT)).toEqual({
    method: 'GET',
    path: '/v1/candles',
    query: 'market=gate-io%3ABTC_USDT&market=b',
    headers: EVENT.headers,
    atMs: Date.UTC(2026, 0, 15, 12),
  });
});

test('an event of anything else is refused, with what is missing', () => {
  expect(() => requestOf({ version: '1.0' })).toThrow(InvalidUrlEventError);
  expect(() => requestOf({ ...EVENT, rawPath: undefined })).toThrow(/rawPath/);
});
