import { UnreadableCandleError } from '../../../lambdas/shared/domain/ports';
import { minutesIn, at } from '../../fakes/candles';
import { bodyOf, DatabaseDown, MARKET, NOW, queryScene } from './query-scene';

const CANDLES = '/v1/candles?market=gate-io:BTC_USDT&interval=1m';

function storedScene() {
  const scene = queryScene();
  scene.store.storeMinutes(MARKET, minutesIn(at(11), NOW));
  return scene;
}

test.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE'])(
  '%s is not allowed',
  async (method) => {
    const response = await storedScene().ask(CANDLES, { method });
    expect(response.statusCode).toBe(405);
    expect(response.headers['allow']).toBe('GET, HEAD');
  },
);

test.each(['/', '/v1', '/v1/candles/', '/v1/run', '/assets/../index.html', '/udf', '//v1/candles'])(
  '%s is not found without a page',
  async (path) => {
    const response = await storedScene().ask(path);
    expect(response.statusCode).toBe(404);
    expect(JSON.parse(response.body)).toMatchObject({
      type: 'urn:candlestream:problem:not-found',
      status: 404,
    });
  },
);

test('HEAD has the headers of GET, and no body', async () => {
  const { ask } = storedScene();
  const head = await ask(CANDLES, { method: 'HEAD' });
  const get = await ask(CANDLES);
  expect(head.body).toBe('');
  expect(head).toMatchObject({ statusCode: 200, headers: get.headers });
});

test('an answer that is known already is not sent again, whatever its encoding', async () => {
  const { ask } = storedScene();
  const { headers } = await ask(CANDLES, { headers: { 'accept-encoding': 'gzip' } });
  const tag = headers['etag'] ?? '';
  expect(tag).toMatch(/^W\/"[\w-]{43}"$/);
  for (const known of [tag, tag.replace('W/', ''), `"other", ${tag}`, '*']) {
    const response = await ask(CANDLES, { headers: { 'if-none-match': known } });
    expect(response).toMatchObject({ statusCode: 304, body: '', isBase64Encoded: false });
    expect(response.headers['etag']).toBe(tag);
  }
  expect((await ask(CANDLES, { headers: { 'if-none-match': 'W/"other"' } })).statusCode).toBe(200);
});

test.each([
  ['gzip, deflate, br', true],
  ['GZIP', true],
  ['br;q=1.0, *;q=0.5', true],
  ['gzip;q=0, *', false],
  ['gzip;q=0', false],
  ['br', false],
  ['', false],
])('with accept-encoding %j an answer is compressed: %s', async (encoding, isCompressed) => {
  const { ask } = storedScene();
  const response = await ask(CANDLES, { headers: { 'accept-encoding': encoding } });
  expect(response.headers['content-encoding']).toBe(isCompressed ? 'gzip' : undefined);
  expect(response.isBase64Encoded).toBe(isCompressed);
  expect(bodyOf(response)).toBe((await ask(CANDLES)).body);
});

test('a small answer is not compressed', async () => {
  const { ask } = storedScene();
  const response = await ask(`${CANDLES}&limit=1`, { headers: { 'accept-encoding': 'gzip' } });
  expect(response.isBase64Encoded).toBe(false);
});

test('nobody else may frame, sniff or keep an answer', async () => {
  const { headers } = await storedScene().ask(CANDLES);
  expect(headers).toMatchObject({
    'cache-control': 'private, no-cache',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    vary: 'accept-encoding',
  });
  expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
  expect(headers['access-control-allow-origin']).toBeUndefined();
});

test.each([
  CANDLES,
  `${CANDLES}&fill=previous`,
  '/v1/markets',
  '/v1/coverage?market=gate-io:BTC_USDT',
  '/v1/gaps?market=gate-io:BTC_USDT',
  '/v1/days?market=gate-io:BTC_USDT',
  '/udf/symbols?symbol=BTC_USDT',
  '/udf/history?symbol=BTC_USDT&resolution=1&from=0&to=2000000000',
])(
  '%s says that the database is down, and when to ask again; it is never empty',
  async (address) => {
    const { ask, store, telemetry } = storedScene();
    store.failure = new DatabaseDown('no host is available');
    const response = await ask(address);
    expect(response.statusCode).toBe(503);
    expect(response.headers['retry-after']).toBe('5');
    expect(response.headers['cache-control']).toBe('no-store');
    expect(telemetry.counted('Failures')).toBe(1);
    store.failure = undefined;
    expect((await ask(address)).statusCode).toBe(200);
  },
);

test('any other failure is logged, and told without its details', async () => {
  const { ask, store, telemetry } = storedScene();
  store.failure = new TypeError('secret of the code');
  const response = await ask(CANDLES);
  expect(response.statusCode).toBe(500);
  expect(response.body).not.toContain('secret');
  expect(telemetry.messages('error')).toEqual(['request failed']);
});

test('a row that cannot be read is named: it is not left out', async () => {
  const { ask, store } = storedScene();
  store.failure = new UnreadableCandleError(MARKET, {
    interval: '1m',
    openTimeMs: at(11),
    cause: new Error('close is null'),
  });
  const response = await ask(CANDLES);
  expect(response.statusCode).toBe(500);
  expect(response.body).toContain('2026-01-15T11:00:00.000Z');
});

describe('the page', () => {
  const html = { contentType: 'text/html; charset=utf-8', body: Buffer.from('<!doctype html>') };
  const icon = { contentType: 'image/png', body: Buffer.from([0x89, 0x50, 0xff]) };
  const files = new Map([
    ['/', html],
    ['/assets/icon.0a1b2c.png', icon],
  ]);

  test('is served with a strict policy, and asked for again each time', async () => {
    const { headers, body } = await queryScene({}, files).ask('/');
    expect(body).toBe('<!doctype html>');
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'private, no-cache',
    });
    expect(headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'");
  });

  test('its files with a hash never change', async () => {
    const response = await queryScene({}, files).ask('/assets/icon.0a1b2c.png');
    expect(response.headers['cache-control']).toContain('immutable');
    expect(response.isBase64Encoded).toBe(true);
    expect(Buffer.from(response.body, 'base64')).toEqual(icon.body);
  });
});
