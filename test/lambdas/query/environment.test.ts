import { readQueryEnvironment } from '../../../lambdas/query/environment';
import { InvalidEnvironmentError } from '../../../lambdas/shared/adapters/environment';

const ENVIRONMENT = {
  CASSANDRA_CONTACT_POINTS: '127.0.0.1:9042',
  CASSANDRA_LOCAL_DATA_CENTER: 'datacenter1',
  CASSANDRA_AUTHENTICATION: 'none',
  CASSANDRA_KEYSPACE: 'candlestream',
  AWS_REGION: 'us-east-1',
  STAGE: 'dev',
  EXCHANGES: JSON.stringify({
    'gate-io': {
      url: 'https://api.gateio.ws/api/v4',
      requestsPer10Seconds: 180,
      expectedMarkets: 2,
      retentionMinutes: 9_900,
    },
  }),
  HISTORY_START: '2026-01-01',
};

test('the database and the stage are read; nothing of Kafka is needed', () => {
  const read = readQueryEnvironment(ENVIRONMENT);
  expect(read).toMatchObject({ STAGE: 'dev', HISTORY_START: Date.UTC(2026, 0, 1) });
  expect(read.EXCHANGES.get('gate-io')?.retentionMinutes).toBe(9_900);
});

test.each(Object.keys(ENVIRONMENT))('without %s it is refused', (name) => {
  const environment = { ...ENVIRONMENT, [name]: undefined };
  expect(() => readQueryEnvironment(environment)).toThrow(InvalidEnvironmentError);
  expect(() => readQueryEnvironment(environment)).toThrow(new RegExp(name));
});
