import {
  ConnectionEnvironment,
  InvalidEnvironmentError,
  readBatchEnvironment,
  readConnectionEnvironment,
} from '../../../../lambdas/shared/adapters/environment';
import { ENVIRONMENT } from '../../../fakes/environment';
import { VERSION_IDS } from '../../../fakes/records';

function read(changes: Readonly<Record<string, string | undefined>>) {
  return readConnectionEnvironment(ConnectionEnvironment, { ...ENVIRONMENT, ...changes });
}

function messageOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof InvalidEnvironmentError) return error.message;
    throw error;
  }
  throw new Error('it was taken');
}

describe('readConnectionEnvironment', () => {
  it('gives the values in their types', () => {
    expect(read({ PATH: '/bin' })).toEqual({
      KAFKA_BOOTSTRAP_SERVERS: ['127.0.0.1:9092', '127.0.0.1:9093'],
      CASSANDRA_CONTACT_POINTS: ['127.0.0.1:9042'],
      CASSANDRA_LOCAL_DATA_CENTER: 'datacenter1',
      CASSANDRA_AUTHENTICATION: 'none',
      CASSANDRA_KEYSPACE: 'candlestream',
      SCHEMA_VERSION_IDS: VERSION_IDS,
      AWS_REGION: 'us-east-1',
    });
  });

  it('names everything that is missing or wrong in one message, with its value', () => {
    const message = messageOf(() =>
      read({
        CASSANDRA_CONTACT_POINTS: undefined,
        CASSANDRA_AUTHENTICATION: 'password',
        CASSANDRA_KEYSPACE: 'drop table',
        SCHEMA_VERSION_IDS: '{"candles.observed":["v1"]}',
        AWS_REGION: '',
      }),
    );

    expect(message).toMatch(/^The environment of the function is invalid:\n- /);
    expect(message).toContain('CASSANDRA_CONTACT_POINTS: ');
    expect(message).toContain('(it is not set)');
    expect(message).toContain('CASSANDRA_AUTHENTICATION: ');
    expect(message).toContain('(it is "password")');
    expect(message).toContain('CASSANDRA_KEYSPACE: expected a keyspace name (it is "drop table")');
    expect(message).toContain('SCHEMA_VERSION_IDS.candles.observed.0: expected a UUID');
    expect(message).toContain('SCHEMA_VERSION_IDS.candles.rolled: ');
    expect(message).toContain('AWS_REGION: expected a region (it is "")');
    expect(message).toMatch(/The deployed stack sets these variables: deploy it again/);
  });

  it.each([
    ['neither', { KAFKA_BOOTSTRAP_SERVERS: undefined }],
    ['both', { KAFKA_CLUSTER_ARN: 'arn:aws:kafka:us-east-1:123456789012:cluster/c/1' }],
  ])('wants exactly one way to Kafka, and not %s', (_, changes) => {
    expect(messageOf(() => read(changes))).toContain(
      'KAFKA_CLUSTER_ARN or KAFKA_BOOTSTRAP_SERVERS: expected exactly one of the two',
    );
  });

  it.each([
    ['no JSON', '{', 'SCHEMA_VERSION_IDS: expected JSON'],
    ['an empty list', JSON.stringify({ ...VERSION_IDS, 'candles.rolled': [] }), 'candles.rolled'],
  ])('refuses version ids that are %s', (_, SCHEMA_VERSION_IDS, said) => {
    expect(messageOf(() => read({ SCHEMA_VERSION_IDS }))).toContain(said);
  });

  it('refuses a list without anything in it', () => {
    expect(messageOf(() => read({ CASSANDRA_CONTACT_POINTS: ',' }))).toContain(
      'CASSANDRA_CONTACT_POINTS: expected at least one, separated by commas (it is ',
    );
  });
});

describe('the environment of a function that is given batches', () => {
  const readBatch = (BATCH_FAILURES?: string) =>
    readBatchEnvironment({ ...ENVIRONMENT, BATCH_FAILURES });

  it.each(['throw', 'report'])('can have its failures %s', (value) => {
    expect(readBatch(value).BATCH_FAILURES).toBe(value);
  });

  it.each([
    [undefined, 'not set'],
    ['ignore', '"ignore"'],
  ])('refuses %j', (value, said) => {
    expect(messageOf(() => readBatch(value))).toMatch(
      new RegExp(`- BATCH_FAILURES: .*"throw" \\| "report".* \\(it is ${said}\\)`),
    );
  });
});
