import type { Template } from 'aws-cdk-lib/assertions';
import { dev } from '../../lib/stages/dev';
import { templatesOf } from './candlestream-templates';

type Properties = Readonly<Record<string, unknown>>;

describe('the pipeline stack', () => {
  let pipeline: Template;
  beforeAll(() => {
    pipeline = templatesOf().pipeline;
  });

  const only = (type: string, prefix: string): [id: string, properties: Properties] => {
    const found = Object.entries(pipeline.findResources(type)).filter(([id]) =>
      id.startsWith(prefix),
    );
    expect(found).toHaveLength(1);
    const [[id, resource] = ['', {}]] = found as [string, { Properties?: Properties }][];
    return [id, resource.Properties ?? {}];
  };

  it('ticks every minute, and invokes fetch alone', () => {
    const [fetch] = only('AWS::Lambda::Function', 'Fetch');
    const [, rule] = only('AWS::Events::Rule', '');
    expect(rule).toMatchObject({ ScheduleExpression: 'rate(1 minute)', State: 'ENABLED' });
    expect(rule['Targets']).toMatchObject([{ Arn: { 'Fn::GetAtt': [fetch, 'Arn'] } }]);
  });

  it('runs one fetch at a time, which ends before the next tick and is not repeated', () => {
    const [id, fetch] = only('AWS::Lambda::Function', 'Fetch');
    expect(fetch).toMatchObject({ ReservedConcurrentExecutions: 1, Timeout: 55, MemorySize: 512 });
    const [, asynchronous] = only('AWS::Lambda::EventInvokeConfig', 'Fetch');
    expect(asynchronous).toMatchObject({ FunctionName: { Ref: id }, MaximumRetryAttempts: 0 });
  });

  it.each([
    ['Transform', 'candles.observed', 'candlestream.transform'],
    ['Persist', 'candles.rolled', 'candlestream.persist'],
  ])('feeds %s from %s, from the oldest record on', (name, topic, group) => {
    const [id] = only('AWS::Lambda::Function', name);
    const [, mapping] = only('AWS::Lambda::EventSourceMapping', name);
    expect(mapping).toEqual({
      AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: group },
      BatchSize: 16,
      EventSourceArn: CLUSTER,
      FunctionName: { Ref: id },
      MaximumBatchingWindowInSeconds: 0,
      StartingPosition: 'TRIM_HORIZON',
      Topics: [topic],
    });
  });

  it('has nothing else that invokes a function', () => {
    pipeline.resourceCountIs('AWS::Lambda::Function', 3);
    pipeline.resourceCountIs('AWS::Lambda::EventSourceMapping', 2);
    pipeline.resourceCountIs('AWS::Lambda::Permission', 1);
    pipeline.resourceCountIs('AWS::Lambda::Url', 0);
  });

  it.each(['Fetch', 'Transform', 'Persist'])(
    'runs %s on Node.js 22, in the network, with its own log',
    (name) => {
      const [, properties] = only('AWS::Lambda::Function', name);
      const [log] = only('AWS::Logs::LogGroup', name);
      expect(properties).toMatchObject({
        Architectures: ['arm64'],
        Handler: 'index.handler',
        Runtime: 'nodejs22.x',
        LoggingConfig: { LogGroup: { Ref: log } },
      });
      const imports = (count: number) =>
        Array.from({ length: count }, () => imported(/^Candlestream-dev-Data:/));
      expect(properties['VpcConfig']).toEqual({
        SubnetIds: imports(3),
        SecurityGroupIds: imports(1),
      });
    },
  );

  it.each([
    [
      'Fetch',
      'fetch',
      {
        PAIRS: dev.pairs.join(','),
        HISTORY_START: '2026-01-01T00:00:00Z',
        RETENTION_MINUTES: '9900',
        REQUESTS_PER_10_S: '180',
        GATE_IO_URL: 'https://api.gateio.ws/api/v4',
      },
    ],
    ['Transform', 'transform', {}],
    ['Persist', 'persist', {}],
  ])('tells %s all that it reads', (name, service, own) => {
    const [, properties] = only('AWS::Lambda::Function', name);
    const schemaVersion = (topic: string) =>
      imported(new RegExp(`FnGetAttSchema${topic}InitialSchemaVersionId`));
    expect(properties['Environment']).toEqual({
      Variables: {
        KAFKA_CLUSTER_ARN: CLUSTER,
        CASSANDRA_CONTACT_POINTS: {
          'Fn::Join': ['', ['cassandra.', REGION, '.', { Ref: 'AWS::URLSuffix' }, ':9142']],
        },
        CASSANDRA_LOCAL_DATA_CENTER: REGION,
        CASSANDRA_AUTHENTICATION: 'sigv4',
        CASSANDRA_KEYSPACE: 'candlestream',
        SCHEMA_VERSION_IDS: {
          'Fn::Join': [
            '',
            [
              '{"candles.observed":["',
              schemaVersion('CandlesObserved'),
              '"],"candles.rolled":["',
              schemaVersion('CandlesRolled'),
              '"],"candles.dead-letter":["',
              schemaVersion('CandlesDeadLetter'),
              '"]}',
            ],
          ],
        },
        POWERTOOLS_SERVICE_NAME: service,
        POWERTOOLS_METRICS_NAMESPACE: 'Candlestream',
        ...own,
      },
    });
  });

  const CONSUME_CLUSTER = [
    'kafka-cluster:Connect cluster',
    'kafka-cluster:DescribeClusterDynamicConfiguration cluster',
    // The event source's own look-ups.
    'kafka:DescribeCluster cluster',
    'kafka:GetBootstrapBrokers cluster',
    'kafka:ListScramSecrets cluster',
  ];
  const read = (topic: string) => [
    `kafka-cluster:DescribeTopic topic ${topic}`,
    `kafka-cluster:ReadData topic ${topic}`,
  ];
  const write = (topic: string) => [
    `kafka-cluster:DescribeTopic topic ${topic}`,
    `kafka-cluster:WriteData topic ${topic}`,
  ];
  const belongTo = (group: string) => [
    `kafka-cluster:AlterGroup group ${group}`,
    `kafka-cluster:DescribeGroup group ${group}`,
  ];
  const SELECT_SYSTEM = 'cassandra:Select /keyspace/system*';
  const table = (name: string) => `/keyspace/candlestream/table/${name}`;

  it.each([
    [
      'Fetch',
      [
        'kafka-cluster:Connect cluster',
        'kafka:GetBootstrapBrokers cluster',
        ...write('candles.observed'),
        SELECT_SYSTEM,
        `cassandra:Select ${table('progress')}`,
      ],
    ],
    [
      'Transform',
      [
        ...CONSUME_CLUSTER,
        ...read('candles.observed'),
        ...belongTo('candlestream.transform'),
        ...write('candles.rolled'),
        ...write('candles.dead-letter'),
        SELECT_SYSTEM,
        `cassandra:Select ${table('candles')}`,
      ],
    ],
    [
      'Persist',
      [
        ...CONSUME_CLUSTER,
        ...read('candles.rolled'),
        ...belongTo('candlestream.persist'),
        ...write('candles.dead-letter'),
        SELECT_SYSTEM,
        `cassandra:Select ${table('progress')}`,
        `cassandra:Modify ${table('candles')}`,
        `cassandra:Modify ${table('gaps')}`,
        `cassandra:Modify ${table('progress')}`,
      ],
    ],
  ])('allows %s what it does and no more', (name, expected) => {
    const [, policy] = only('AWS::IAM::Policy', name);
    expect(permissionsOf(policy)).toEqual([...new Set(expected)].sort());
  });

  it.each([
    ['Fetch', ['AWSLambdaBasicExecutionRole', 'AWSLambdaVPCAccessExecutionRole']],
    [
      'Transform',
      [
        'AWSLambdaBasicExecutionRole',
        'AWSLambdaVPCAccessExecutionRole',
        'AWSLambdaMSKExecutionRole',
      ],
    ],
    [
      'Persist',
      [
        'AWSLambdaBasicExecutionRole',
        'AWSLambdaVPCAccessExecutionRole',
        'AWSLambdaMSKExecutionRole',
      ],
    ],
  ])('lets %s log, join the network and, where it is fed, poll', (name, expected) => {
    const [, role] = only('AWS::IAM::Role', name);
    const names = (role['ManagedPolicyArns'] as object[]).map((arn) =>
      textOf(arn).split('/').at(-1),
    );
    expect(names).toEqual(expected);
  });
});

const REGION = { Ref: 'AWS::Region' };

const imported = (name: RegExp) => ({
  'Fn::ImportValue': expect.stringMatching(name) as unknown as string,
});

const CLUSTER = imported(/FnGetAttClusterArn/);

/** Every `action resource` that a policy allows, in order. */
function permissionsOf(policy: Properties): string[] {
  const document = policy['PolicyDocument'] as { Statement: Record<string, unknown>[] };
  const permissions = document.Statement.flatMap((statement) => {
    expect(statement['Effect']).toBe('Allow');
    const resources = [statement['Resource']].flat().map(resourceName);
    const actions = [statement['Action']].flat() as string[];
    return actions.flatMap((action) => resources.map((resource) => `${action} ${resource}`));
  });
  return permissions.sort();
}

/** A resource as its ARN's end tells it: `cluster`, `topic <name>`, `group <name>` or a table's path. */
function resourceName(arn: unknown): string {
  const text = textOf(arn);
  if (text === '{ClusterArn}') return 'cluster';
  const kafka = /:kafka:.*:(topic|group)\/\{NameAndId\}\/(.*)$/.exec(text);
  if (kafka !== null) return `${String(kafka[1])} ${String(kafka[2])}`;
  const keyspaces = /:cassandra:.*:(\/keyspace\/.*)$/.exec(text);
  return keyspaces?.[1] ?? text;
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const [[name, operand] = ['', undefined]] = Object.entries(value as Properties);
  if (name === 'Fn::Join') return (operand as [string, unknown[]])[1].map(textOf).join('');
  if (name === 'Fn::Select') return '{NameAndId}';
  if (name === 'Fn::ImportValue' && String(operand).includes('ClusterArn')) return '{ClusterArn}';
  if (name === 'Fn::ImportValue' && String(operand).includes('RefKeyspace')) return 'candlestream';
  return `{${String(operand)}}`;
}
