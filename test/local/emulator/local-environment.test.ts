import { localEnvironment } from '../../../local/emulator/local-environment';

const endpoints = {
  kafka: '127.0.0.1:1',
  cassandra: '127.0.0.1:2',
  exchangeUrl: 'http://127.0.0.1:3/api/v4',
  archiveUrl: 'http://127.0.0.1:3/archive',
  mskUrl: 'http://127.0.0.1:4',
};
const always = {
  AWS_ENDPOINT_URL_KAFKA: 'http://127.0.0.1:4',
  CASSANDRA_CONTACT_POINTS: '127.0.0.1:2',
  CASSANDRA_LOCAL_DATA_CENTER: 'datacenter1',
  CASSANDRA_AUTHENTICATION: 'none',
};
const chosen = { PAIRS: 'ETH_USDT', HISTORY_START: '2026-01-01T00:00:00Z' };

test('a function finds MSK and Cassandra locally, and gets nothing that it does not have', () => {
  const environment = { KAFKA_CLUSTER_ARN: 'arn:aws:kafka:cluster' };
  expect(localEnvironment({ environment }, endpoints, chosen)).toEqual(always);
});

test('one that has the exchange and the settings gets the exchange and those that were chosen', () => {
  const environment = {
    GATE_IO_URL: 'https://exchange',
    GATE_IO_ARCHIVE_URL: 'https://archive',
    PAIRS: 'BTC_USDT',
    REQUESTS_PER_10_S: '9',
  };
  expect(localEnvironment({ environment }, endpoints, chosen)).toEqual({
    ...always,
    GATE_IO_URL: 'http://127.0.0.1:3/api/v4',
    GATE_IO_ARCHIVE_URL: 'http://127.0.0.1:3/archive',
    PAIRS: 'ETH_USDT',
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
  const environment = { PAIRS: 'BTC_USDT', HISTORY_START: '2026-01-01T00:00:00Z' };
  expect(localEnvironment({ environment }, endpoints)).toEqual(always);
});

test('servers of an existing cluster are replaced', () => {
  const environment = { KAFKA_BOOTSTRAP_SERVERS: 'kafka.example:9092' };
  expect(localEnvironment({ environment }, endpoints)).toEqual({
    ...always,
    KAFKA_BOOTSTRAP_SERVERS: '127.0.0.1:1',
  });
});
