import { localEnvironment } from '../../../local/emulator/local-environment';

const endpoints = {
  kafka: '127.0.0.1:1',
  cassandra: '127.0.0.1:2',
  exchanges: {
    'gate-io': { url: 'http://127.0.0.1:3/api/v4', archiveUrl: 'http://127.0.0.1:3/archive' },
  },
  mskUrl: 'http://127.0.0.1:4',
};
const always = {
  AWS_ENDPOINT_URL_KAFKA: 'http://127.0.0.1:4',
  CASSANDRA_CONTACT_POINTS: '127.0.0.1:2',
  CASSANDRA_LOCAL_DATA_CENTER: 'datacenter1',
  CASSANDRA_AUTHENTICATION: 'none',
};
const chosen = {
  exchanges: { 'gate-io': { retentionMinutes: 5 } },
  HISTORY_START: '2026-01-01T00:00:00Z',
};
const okx = {
  url: 'https://okx',
  requestsPer10Seconds: 9,
  expectedMarkets: 2,
  retentionMinutes: 7,
};
const gateIo = { ...okx, url: 'https://exchange', archiveUrl: 'https://archive' };

test('a function finds MSK and Cassandra locally, and gets nothing that it does not have', () => {
  const environment = { KAFKA_CLUSTER_ARN: 'arn:aws:kafka:cluster' };
  expect(localEnvironment({ environment }, endpoints, chosen)).toEqual(always);
});

test('one that has the exchange and the settings gets the exchange and those that were chosen', () => {
  const environment = { EXCHANGES: JSON.stringify({ 'gate-io': gateIo, okx }) };
  const { EXCHANGES: exchanges, ...others } = localEnvironment({ environment }, endpoints, chosen);
  expect(others).toEqual(always);
  expect(JSON.parse(exchanges ?? '')).toEqual({
    'gate-io': {
      url: 'http://127.0.0.1:3/api/v4',
      archiveUrl: 'http://127.0.0.1:3/archive',
      requestsPer10Seconds: 9,
      expectedMarkets: 2,
      retentionMinutes: 5,
    },
    okx,
  });
});

test('open windows are as fresh as minutes, whatever the stage saves', () => {
  expect(localEnvironment({ environment: { OPEN_WINDOWS_EVERY_MINUTES: '5' } }, endpoints)).toEqual(
    {
      ...always,
      OPEN_WINDOWS_EVERY_MINUTES: '1',
    },
  );
});

test('nothing chosen leaves the settings of the template', () => {
  const environment = { EXCHANGES: JSON.stringify({ okx }), HISTORY_START: '2026-01-01' };
  const { EXCHANGES: exchanges, ...others } = localEnvironment({ environment }, endpoints);
  expect(others).toEqual(always);
  expect(JSON.parse(exchanges ?? '')).toEqual({ okx });
});

test('servers of an existing cluster are replaced', () => {
  const environment = { KAFKA_BOOTSTRAP_SERVERS: 'kafka.example:9092' };
  expect(localEnvironment({ environment }, endpoints)).toEqual({
    ...always,
    KAFKA_BOOTSTRAP_SERVERS: '127.0.0.1:1',
  });
});
