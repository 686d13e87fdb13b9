import { usualExchange } from '../../lib/stages/settings/exchange-settings';
import { gateIoOf, mskOf } from '../fakes/stages';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { addStage } from '../../lib/candlestream';
import { stageConfig } from '../../lib/stages/stage-config';
import { dev } from '../../lib/stages/dev';
import { prod } from '../../lib/stages/prod';
import { unbundledApp } from '../../lib/unbundled-app';
import { onlyOne, type Properties, templatesOf } from './candlestream-templates';

const STAGES = ['dev', 'prod'] as const;
type StageName = (typeof STAGES)[number];

const REGION = { Ref: 'AWS::Region' };
const imported = (name: RegExp) => ({
  'Fn::ImportValue': expect.stringMatching(name) as unknown as string,
});
const CLUSTER = imported(/FnGetAttKafkaCluster.*Arn/);

/** What pollers of its own do with a batch that fails: split it, repeat it, and then keep it in a topic. */
const BOUNDED_RETRIES = {
  ProvisionedPollerConfig: {
    MinimumPollers: 1,
    MaximumPollers: 4,
    PollerGroupName: 'Candlestream-prod-Pipeline',
  },
  FunctionResponseTypes: ['ReportBatchItemFailures'],
  BisectBatchOnFunctionError: true,
  MaximumRetryAttempts: 10,
  DestinationConfig: { OnFailure: { Destination: 'kafka://candles.undelivered' } },
  MetricsConfig: { Metrics: ['EventCount', 'ErrorCount', 'KafkaMetrics'] },
};

/** On demand a function throws what failed; otherwise it says which records failed. */
const batchFailures = (stage: StageName) => ({
  BATCH_FAILURES: stage === 'dev' ? 'throw' : 'report',
});

/** The variable `EXCHANGES` of a function that may send so many requests. */
function exchangesWith(requestsPer10Seconds: number): string {
  return JSON.stringify({
    'gate-io': {
      url: 'https://api.gateio.ws/api/v4',
      archiveUrl: 'https://download.gatedata.org',
      requestsPer10Seconds,
      retentionMinutes: 9_900,
      expectedMarkets: gateIoOf(dev).pairs.length,
    },
  });
}

describe('the pipeline stack', () => {
  let pipeline: Readonly<Record<StageName, Template>>;
  beforeAll(() => {
    pipeline = { dev: templatesOf(dev).pipeline, prod: templatesOf(prod).pipeline };
  });

  const only = (stage: StageName, type: string, prefix = ''): [id: string, Properties] =>
    onlyOne(pipeline[stage], type, prefix);

  describe.each(STAGES)('of the stage %s', (stage) => {
    it.each([
      { name: 'Fetch', rulePrefix: 'FetchScheduleGateIo', rate: 'rate(1 minute)', seconds: 60 },
      {
        name: 'Reconcile',
        rulePrefix: 'ReconcileScheduleGateIo',
        rate: 'rate(5 minutes)',
        seconds: 300,
      },
    ])('fires $name at a $rate, and nothing else', ({ name, rulePrefix, rate, seconds }) => {
      const [target] = only(stage, 'AWS::Lambda::Function', name);
      const [ruleId, rule] = only(stage, 'AWS::Events::Rule', rulePrefix);
      expect(rule).toMatchObject({ ScheduleExpression: rate, State: 'ENABLED' });
      expect(rule['Targets']).toEqual([
        {
          Id: 'Target0',
          Arn: { 'Fn::GetAtt': [target, 'Arn'] },
          // A firing that is late is of no use: the next one does its work.
          InputTransformer: {
            InputPathsMap: { time: '$.time' },
            InputTemplate: '{"time":<time>,"exchange":"gate-io","shard":0,"shards":1}',
          },
          RetryPolicy: { MaximumEventAgeInSeconds: seconds, MaximumRetryAttempts: 2 },
        },
      ]);
      expect(only(stage, 'AWS::Lambda::Permission', rulePrefix)[1]).toMatchObject({
        Action: 'lambda:InvokeFunction',
        Principal: 'events.amazonaws.com',
        FunctionName: { 'Fn::GetAtt': [target, 'Arn'] },
        SourceArn: { 'Fn::GetAtt': [ruleId, 'Arn'] },
      });
    });

    it.each([
      { name: 'Fetch', timeout: 55, seconds: 60 },
      { name: 'Reconcile', timeout: 290, seconds: 300 },
    ])(
      'runs $name for less than the time to the next firing, and repeats none',
      ({ name, timeout, seconds }) => {
        const [id, properties] = only(stage, 'AWS::Lambda::Function', name);
        expect(properties).toMatchObject({ Timeout: timeout, MemorySize: 512 });
        expect(properties).not.toHaveProperty('ReservedConcurrentExecutions');
        const [, asynchronous] = only(stage, 'AWS::Lambda::EventInvokeConfig', name);
        expect(asynchronous).toMatchObject({
          FunctionName: { Ref: id },
          MaximumRetryAttempts: 0,
          MaximumEventAgeInSeconds: seconds,
        });
      },
    );

    it('has nothing else that invokes a function', () => {
      pipeline[stage].resourceCountIs('AWS::Lambda::Function', 5);
      pipeline[stage].resourceCountIs('AWS::Events::Rule', 2);
      pipeline[stage].resourceCountIs('AWS::Lambda::EventSourceMapping', 2);
      pipeline[stage].resourceCountIs('AWS::Lambda::Permission', 2);
      pipeline[stage].resourceCountIs('AWS::Lambda::Url', 1);
    });

    it('lets nobody ask query without a signature, and no page of another host', () => {
      const [query, properties] = only(stage, 'AWS::Lambda::Function', 'Query');
      const [url, address] = only(stage, 'AWS::Lambda::Url', 'Query');
      expect(address).toEqual({
        AuthType: 'AWS_IAM',
        InvokeMode: 'BUFFERED',
        TargetFunctionArn: { 'Fn::GetAtt': [query, 'Arn'] },
      });
      expect(properties).toMatchObject({ ReservedConcurrentExecutions: 10 });
      pipeline[stage].hasOutput('QueryUrl', {
        Value: { 'Fn::GetAtt': [url, 'FunctionUrl'] },
      });
    });

    it('tells Query of the tables and the stage, and nothing of Kafka', () => {
      const [, properties] = only(stage, 'AWS::Lambda::Function', 'Query');
      const { Variables: variables } = properties['Environment'] as {
        Variables: Readonly<Record<string, unknown>>;
      };
      expect(variables).toMatchObject({
        STAGE: stage,
        EXCHANGES: exchangesWith(180),
        HISTORY_START: stage === 'dev' ? '2026-10-01' : '2026-01-01',
        CASSANDRA_AUTHENTICATION: 'sigv4',
        POWERTOOLS_SERVICE_NAME: 'query',
      });
      expect(Object.keys(variables).filter((name) => /KAFKA|SCHEMA/.test(name))).toEqual([]);
    });

    it.each(['Fetch', 'Reconcile', 'Transform', 'Persist', 'Query'])(
      'runs %s on Node.js 22, in the network, with a role and a log of its own',
      (name) => {
        const [, properties] = only(stage, 'AWS::Lambda::Function', name);
        const [role] = only(stage, 'AWS::IAM::Role', name);
        const [logs, group] = only(stage, 'AWS::Logs::LogGroup', name);
        expect(group).toEqual({ RetentionInDays: stage === 'dev' ? 14 : 90 });
        expect(properties).toMatchObject({
          Architectures: ['arm64'],
          Handler: 'index.handler',
          Runtime: 'nodejs22.x',
          Role: { 'Fn::GetAtt': [role, 'Arn'] },
          LoggingConfig: { LogGroup: { Ref: logs } },
        });
        expect(properties['VpcConfig']).toEqual({
          // In dev beside the NAT instance.
          SubnetIds: (stage === 'dev' ? [1] : [1, 2, 3]).map((zone) =>
            imported(new RegExp(`-${stage}-Data:.*RefNetworkVpcPipelineSubnet${zone}`)),
          ),
          SecurityGroupIds: [imported(/FnGetAttNetworkFunctions/)],
        });
      },
    );

    it.each([
      {
        name: 'Fetch',
        service: 'fetch',
        own: {
          EXCHANGES: exchangesWith(144),
          BEHIND_MINUTES: '5',
          SCHEDULE_MINUTES: '1',
          SILENT_AFTER_MINUTES: '1440',
        },
      },
      {
        name: 'Reconcile',
        service: 'reconcile',
        own: {
          EXCHANGES: exchangesWith(36),
          HISTORY_START: stage === 'dev' ? '2026-10-01' : '2026-01-01',
        },
      },
      {
        name: 'Transform',
        service: 'transform',
        own: { ...batchFailures(stage), OPEN_WINDOWS_EVERY_MINUTES: stage === 'dev' ? '5' : '1' },
      },
      { name: 'Persist', service: 'persist', own: batchFailures(stage) },
    ])('tells $name all that it reads', ({ name, service, own }) => {
      const [, properties] = only(stage, 'AWS::Lambda::Function', name);
      expect(properties['Environment']).toEqual({
        Variables: {
          KAFKA_CLUSTER_ARN: CLUSTER,
          CASSANDRA_CONTACT_POINTS: {
            'Fn::Join': ['', ['cassandra.', REGION, '.', { Ref: 'AWS::URLSuffix' }, ':9142']],
          },
          CASSANDRA_LOCAL_DATA_CENTER: REGION,
          CASSANDRA_AUTHENTICATION: 'sigv4',
          CASSANDRA_KEYSPACE: `candlestream_${stage}`,
          SCHEMA_VERSION_IDS: {
            Ref: expect.stringMatching(/^SsmParameterValue.*schemaversionids/) as string,
          },
          POWERTOOLS_SERVICE_NAME: service,
          POWERTOOLS_LOG_LEVEL: 'INFO',
          POWERTOOLS_METRICS_NAMESPACE: `Candlestream/${stage}`,
          ...own,
        },
      });
    });

    it.each([
      { name: 'Transform', topic: 'candles.observed', consumer: 'transform' },
      { name: 'Persist', topic: 'candles.rolled', consumer: 'persist' },
    ])('feeds $name from $topic, from the oldest record on', ({ name, topic, consumer }) => {
      const [id] = only(stage, 'AWS::Lambda::Function', name);
      const [, mapping] = only(stage, 'AWS::Lambda::EventSourceMapping', name);
      expect(mapping).toEqual({
        AmazonManagedKafkaEventSourceConfig: {
          ConsumerGroupId: `candlestream-${stage}.${consumer}`,
        },
        BatchSize: 16,
        EventSourceArn: CLUSTER,
        FunctionName: { Ref: id },
        MaximumBatchingWindowInSeconds: stage === 'dev' ? 1 : 0,
        StartingPosition: 'TRIM_HORIZON',
        Topics: [topic],
        ...(stage === 'prod' ? BOUNDED_RETRIES : {}),
      });
    });
  });

  it('has no function and no address of it if the stage cannot be asked', () => {
    const { pipeline: mute } = templatesOf(stageConfig({ ...dev, queryApi: { kind: 'none' } }));
    mute.resourceCountIs('AWS::Lambda::Url', 0);
    mute.resourceCountIs('AWS::Lambda::Function', 4);
    expect(JSON.stringify(mute.toJSON())).not.toMatch(/query/i);
  });

  it('fires a thousand markets of an exchange at a time, at most five such parts by a rule', () => {
    const binance = { ...usualExchange('binance', ['*']), requestsPer10Seconds: 490 };
    const many = stageConfig({
      ...dev,
      scheduleMinutes: 10,
      exchanges: [{ ...binance, expectedMarkets: 6_500 }],
    });
    const { pipeline: sharded } = templatesOf(many);
    const targets = (rule: string): number =>
      (onlyOne(sharded, 'AWS::Events::Rule', rule)[1]['Targets'] as unknown[]).length;
    expect([targets('FetchScheduleBinance2'), targets('ReconcileScheduleBinance')]).toEqual([2, 1]);
    sharded.resourceCountIs('AWS::Events::Rule', 3);
    sharded.hasResourceProperties('AWS::Events::Rule', {
      Targets: Match.arrayWith([
        Match.objectLike({
          InputTransformer: Match.objectLike({
            InputTemplate: '{"time":<time>,"exchange":"binance","shard":6,"shards":7}',
          }),
        }),
      ]),
    });
    for (const name of ['Fetch', 'Reconcile']) {
      expect(onlyOne(sharded, 'AWS::Lambda::Function', name)[1]).toMatchObject({
        MemorySize: 1_024,
      });
    }
  });

  it('watches as many brokers as a stage may have', () => {
    const most = stageConfig({ ...dev, kafka: { ...mskOf(dev), count: 10 } });
    expect(() => templatesOf(most)).not.toThrow();
  });

  it('fires each exchange by rules of its own, so that none delays another', () => {
    const exchanges = [gateIoOf(dev), usualExchange('okx', ['BTC_USDT'])];
    const { pipeline: both } = templatesOf(stageConfig({ ...dev, exchanges }));
    const partsOf = (rulePrefix: string) => {
      const [, rule] = onlyOne(both, 'AWS::Events::Rule', rulePrefix);
      const targets = rule['Targets'] as { InputTransformer: { InputTemplate: string } }[];
      return targets.map(({ InputTransformer: { InputTemplate: template } }) => template);
    };
    both.resourceCountIs('AWS::Events::Rule', 4);
    for (const name of ['Fetch', 'Reconcile']) {
      expect(partsOf(`${name}ScheduleOkx`)).toEqual([
        '{"time":<time>,"exchange":"okx","shard":0,"shards":1}',
      ]);
    }
  });

  it('ticks as seldom as the stage says, and gives fetch that time', () => {
    const { pipeline: slow } = templatesOf(stageConfig({ ...dev, scheduleMinutes: 5 }));
    slow.hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'rate(5 minutes)' });
    slow.hasResourceProperties('AWS::Lambda::Function', { Timeout: 295 });
  });

  it('hands over as many records at a time as the stage says', () => {
    const transform = { batchSize: 100, windowSeconds: 2 };
    const eventSources = { ...dev.eventSources, transform };
    const { pipeline: changed } = templatesOf(stageConfig({ ...dev, eventSources }));
    const mappingOf = (name: string) =>
      onlyOne(changed, 'AWS::Lambda::EventSourceMapping', name)[1];
    expect(mappingOf('Transform')).toMatchObject({
      BatchSize: 100,
      MaximumBatchingWindowInSeconds: 2,
    });
    expect(mappingOf('Persist')).toMatchObject({
      BatchSize: 16,
      MaximumBatchingWindowInSeconds: 1,
    });
  });

  it('feeds nothing where the stage has no event sources, and grants no polling', () => {
    const eventSources = { ...dev.eventSources, mode: { kind: 'none' as const } };
    const { pipeline: unfed } = templatesOf(stageConfig({ ...dev, eventSources }));
    unfed.resourceCountIs('AWS::Lambda::EventSourceMapping', 0);
    const policies = JSON.stringify(unfed.findResources('AWS::IAM::Policy'));
    expect(policies).toContain('kafka-cluster:WriteData');
    expect(policies).not.toContain('kafka-cluster:ReadData');
  });

  it.each([
    { name: 'dev', stage: dev, isProtected: false },
    { name: 'prod', stage: prod, isProtected: true },
  ])(
    'is protected from deletion with its data, where the stage says: $name',
    ({ stage, isProtected }) => {
      const stacks = addStage(unbundledApp(), stage);
      expect(stacks.data.terminationProtection).toBe(isProtected);
      expect(stacks.pipeline.terminationProtection).toBe(isProtected);
    },
  );
});
