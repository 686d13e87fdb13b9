import { join } from 'node:path';
import { createStatements } from '../../../../local/emulator/create-tables';
import { localEnvironment } from '../../../../local/emulator/local-environment';
import { readPipelineTemplate } from '../../../../local/emulator/template/pipeline-template';
import { readAssembly } from '../../../../local/emulator/template/assembly';
import { type TemplateResource, writeAssembly } from './small-assembly';

type Resources = Record<string, TemplateResource>;

const arnOf = (logicalId: string): object => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });

function functionResource(
  path: string,
  environment: Record<string, unknown> = {},
): TemplateResource {
  return {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Code: { S3Bucket: 'b', S3Key: 'abc.zip' },
      Handler: 'index.handler',
      Timeout: 55,
      MemorySize: 512,
      Environment: { Variables: environment },
      // Not needed, so it may be anything that only a deployment knows.
      VpcConfig: { SubnetIds: { 'Fn::Cidr': [] } },
    },
    Metadata: { 'aws:cdk:path': path },
  };
}

function mapping(target: string, properties: Record<string, unknown> = {}): TemplateResource {
  return {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: {
      FunctionName: { Ref: target },
      EventSourceArn: { Ref: 'Cluster' },
      Topics: ['candles.observed'],
      StartingPosition: 'TRIM_HORIZON',
      ...properties,
    },
  };
}

const RESOURCES: Resources = {
  Cluster: { Type: 'AWS::MSK::Cluster' },
  A: functionResource('Pipeline/A/Resource', {
    POWERTOOLS_SERVICE_NAME: 'fetch',
    PAIRS: 'BTC_USDT',
  }),
  Audits: functionResource('Pipeline/Reconcile/Resource'),
  B: functionResource('Pipeline/Transform/Resource'),
  C: functionResource('Pipeline/PersistFunction/Resource'),
  Other: functionResource('Pipeline/LogRetention/Resource'),
  Once: {
    Type: 'AWS::Lambda::EventInvokeConfig',
    Properties: { FunctionName: { Ref: 'A' }, MaximumRetryAttempts: 0 },
  },
  Rule: {
    Type: 'AWS::Events::Rule',
    Properties: { ScheduleExpression: 'rate(5 minutes)', Targets: [{ Arn: arnOf('A'), Id: 'T' }] },
  },
  AuditsRule: {
    Type: 'AWS::Events::Rule',
    Properties: {
      ScheduleExpression: 'rate(1 hour)',
      Targets: [{ Arn: arnOf('Audits'), Id: 'T' }],
    },
  },
  First: mapping('B', { BatchSize: 50, MaximumBatchingWindowInSeconds: 0 }),
  Second: mapping('C', {
    Topics: ['candles.rolled'],
    AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: 'persist-group' },
    FilterCriteria: { Filters: [] },
  }),
  Topic: {
    Type: 'AWS::MSK::Topic',
    Properties: {
      TopicName: 'candles.observed',
      PartitionCount: 6,
      ReplicationFactor: 3,
      Configs: Buffer.from('retention.ms=1000\nmin.insync.replicas=2\n').toString('base64'),
    },
  },
  Keyspace: { Type: 'AWS::Cassandra::Keyspace', Properties: { KeyspaceName: 'candlestream' } },
  Candles: {
    Type: 'AWS::Cassandra::Table',
    Properties: {
      KeyspaceName: { Ref: 'Keyspace' },
      TableName: 'candles',
      PartitionKeyColumns: [
        { ColumnName: 'pair', ColumnType: 'text' },
        { ColumnName: 'bucket', ColumnType: 'date' },
      ],
      ClusteringKeyColumns: [
        { Column: { ColumnName: 'open_time', ColumnType: 'timestamp' }, OrderBy: 'DESC' },
      ],
      RegularColumns: [{ ColumnName: 'open', ColumnType: 'decimal' }],
    },
  },
};

function read(changes: Record<string, TemplateResource | undefined> = {}) {
  const all = Object.entries({ ...RESOURCES, ...changes });
  const kept = all.filter((entry): entry is [string, TemplateResource] => entry[1] !== undefined);
  const folder = writeAssembly(
    { Pipeline: { Resources: Object.fromEntries(kept) } },
    { 'abc.zip': 'asset.abc' },
  );
  return { folder, template: readPipelineTemplate(readAssembly(folder)) };
}

test('functions are found by their service name or their construct path', () => {
  const { folder, template } = read();
  expect(Object.values(template.functions).map(({ logicalId }) => logicalId)).toEqual([
    'A',
    'Audits',
    'B',
    'C',
  ]);
  expect(template.functions.fetch).toEqual({
    name: 'fetch',
    logicalId: 'A',
    arn: 'arn:aws:lambda:us-east-1:000000000000:function:Pipeline-A',
    bundleFolder: join(folder, 'asset.abc'),
    handler: 'index.handler',
    environment: { POWERTOOLS_SERVICE_NAME: 'fetch', PAIRS: 'BTC_USDT' },
    timeoutMs: 55_000,
    memoryMiB: 512,
    asyncRetryAttempts: 0,
  });
  expect(template.functions.persist.asyncRetryAttempts).toBe(2);
});

describe('the address of the query function', () => {
  const query = functionResource('Pipeline/Query/Resource');
  const reserving = {
    ...query,
    Properties: { ...query.Properties, ReservedConcurrentExecutions: 10 },
  };
  const url = (properties: Record<string, unknown> = {}): TemplateResource => ({
    Type: 'AWS::Lambda::Url',
    Properties: { AuthType: 'AWS_IAM', TargetFunctionArn: arnOf('Asked'), ...properties },
  });

  test('is undefined without one', () => {
    expect(read().template.url).toBeUndefined();
    expect(read({ Asked: query }).template.url).toBeUndefined();
  });

  test('has the function, and what it reserves', () => {
    const { template } = read({ Asked: reserving, Url: url() });
    expect(template.url).toMatchObject({
      function: { name: 'query', logicalId: 'Asked' },
      reservedConcurrency: 10,
    });
  });

  test.each([
    ['of another function', { Asked: query, Url: url({ TargetFunctionArn: arnOf('A') }) }],
    ['that anybody may ask', { Asked: query, Url: url({ AuthType: 'NONE' }) }],
    ['that streams', { Asked: query, Url: url({ InvokeMode: 'RESPONSE_STREAM' }) }],
    ['of which there are two', { Asked: query, Url: url(), Other2: url() }],
  ])('%s is refused', (_what, resources) => {
    expect(() => read(resources)).toThrow(/Url/);
  });
});

test('the rules have their rates and targets', () => {
  const arn = 'arn:aws:events:us-east-1:000000000000:rule/Pipeline';
  expect(read().template.rules).toMatchObject({
    fetch: [{ arn: `${arn}-Rule`, rateMs: 300_000, target: 'fetch' }],
    reconcile: [{ arn: `${arn}-AuditsRule`, rateMs: 3_600_000, target: 'reconcile' }],
  });
});

test('mappings have what the template says, else the defaults of Lambda', () => {
  const { mappings, clusterArns } = read().template;
  const [eventSourceArn] = clusterArns;
  expect(mappings).toMatchObject([
    {
      target: 'transform',
      topics: ['candles.observed'],
      batchSize: 50,
      windowMs: 0,
      eventSourceArn,
    },
    { target: 'persist', batchSize: 100, windowMs: 500, consumerGroupId: 'persist-group' },
  ]);
  expect(mappings[0]?.consumerGroupId).toMatch(/^[-0-9a-f]{36}$/);
  expect(mappings.map(({ notEmulated }) => notEmulated)).toEqual([[], ['FilterCriteria']]);
  expect(mappings[0]?.failures).toEqual({ kind: 'retry-until-success' });
});

test('a function is fired by each target of its rules', () => {
  const target = (exchange: string) => ({
    Arn: arnOf('A'),
    Id: exchange,
    InputTransformer: {
      InputPathsMap: { time: '$.time' },
      InputTemplate: `{"time":<time>,"exchange":"${exchange}"}`,
    },
  });
  const rule = (...exchanges: string[]): TemplateResource => ({
    Type: 'AWS::Events::Rule',
    Properties: { ScheduleExpression: 'rate(5 minutes)', Targets: exchanges.map(target) },
  });

  const { rules } = read({ Rule: rule('gate-io', 'okx'), OtherRule: rule('binance') }).template;

  expect(rules.fetch.map(({ input }) => input({ time: 'then' }))).toEqual([
    { time: 'then', exchange: 'gate-io' },
    { time: 'then', exchange: 'okx' },
    { time: 'then', exchange: 'binance' },
  ]);
  expect(rules.reconcile).toHaveLength(1);
});

test('topics have their settings', () => {
  expect(read().template.topics).toEqual([
    {
      name: 'candles.observed',
      partitions: 6,
      replicationFactor: 3,
      configs: { 'retention.ms': '1000', 'min.insync.replicas': '2' },
    },
  ]);
});

test('tables become statements', () => {
  expect(createStatements(read().template)).toEqual([
    `CREATE KEYSPACE IF NOT EXISTS "candlestream" WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`,
    'CREATE TABLE IF NOT EXISTS "candlestream"."candles" ("pair" text, "bucket" date, "open_time" timestamp, "open" decimal, PRIMARY KEY (("pair", "bucket"), "open_time")) WITH CLUSTERING ORDER BY ("open_time" DESC)',
  ]);
});

test.each<[string, Record<string, TemplateResource | undefined>, string]>([
  ['a function', { B: undefined, First: undefined }, 'no transform function'],
  ['a mapping', { First: undefined, Second: undefined }, 'no AWS::Lambda::EventSourceMapping'],
  ['a table', { Candles: undefined }, 'no AWS::Cassandra::Table'],
  ['any rule', { Rule: undefined, AuditsRule: undefined }, 'no AWS::Events::Rule'],
  [
    'a rule of a function',
    { AuditsRule: undefined },
    'no AWS::Events::Rule has the reconcile function as a target',
  ],
])('without %s it says so', (_, changes, message) => {
  expect(() => read(changes)).toThrow(message);
});

test.each<[string, Record<string, TemplateResource>, string]>([
  [
    'two of a function',
    { D: functionResource('Pipeline/Fetch/Resource') },
    'A and D both are the fetch function',
  ],
  [
    'a cron rule',
    {
      Rule: {
        Type: 'AWS::Events::Rule',
        Properties: { ScheduleExpression: 'cron(* * * * ? *)', Targets: [{ Arn: arnOf('A') }] },
      },
    },
    'cron(* * * * ? *) is not emulated',
  ],
  ['a mapping elsewhere', { First: mapping('Other') }, 'mapping First invokes Pipeline-Other'],
  [
    'a position in time',
    { First: mapping('B', { StartingPosition: 'AT_TIMESTAMP' }) },
    'resource First (AWS::Lambda::EventSourceMapping), property StartingPosition',
  ],
  [
    'topic settings that are none',
    {
      Topic: {
        ...RESOURCES['Topic'],
        Type: 'AWS::MSK::Topic',
        Properties: {
          ...RESOURCES['Topic']?.Properties,
          Configs: Buffer.from('retention').toString('base64'),
        },
      },
    },
    'Configs holds "retention"',
  ],
])('%s is refused', (_, changes, message) => {
  expect(() => read(changes)).toThrow(message);
});

const ENDPOINTS = {
  kafka: '127.0.0.1:9092',
  cassandra: '127.0.0.1:9042',
  exchanges: {},
  mskUrl: 'http://127.0.0.1:2',
};

test('a local run sets the endpoints, and of the rest only what the function has', () => {
  const environment = { HISTORY_START: '2026-01-01', KAFKA_CLUSTER_ARN: 'arn:x' };
  const local = localEnvironment({ environment }, ENDPOINTS, {
    HISTORY_START: '2026-02-02',
    exchanges: { 'gate-io': { retentionMinutes: 5 } },
  });
  expect(local).toEqual({
    AWS_ENDPOINT_URL_KAFKA: 'http://127.0.0.1:2',
    CASSANDRA_CONTACT_POINTS: '127.0.0.1:9042',
    CASSANDRA_LOCAL_DATA_CENTER: 'datacenter1',
    CASSANDRA_AUTHENTICATION: 'none',
    HISTORY_START: '2026-02-02',
  });
});

test('a cluster that is named by its servers is replaced by the local one', () => {
  const environment = { KAFKA_BOOTSTRAP_SERVERS: 'broker:9092' };
  expect(localEnvironment({ environment }, ENDPOINTS)).toMatchObject({
    KAFKA_BOOTSTRAP_SERVERS: '127.0.0.1:9092',
  });
});
