import { VERSION_IDS } from '../fakes/records';
import type { Template } from 'aws-cdk-lib/assertions';
import { type StageConfig, stageConfig } from '../../lib/stages/stage-config';
import { dev } from '../../lib/stages/dev';
import { onlyOne, type Properties, templatesOf } from './candlestream-templates';
import { securityRulesOf } from './security-rules';

type VersionIds = Extract<StageConfig['schemaRegistry'], { kind: 'existing' }>['versionIds'];

const ON_EXISTING: StageConfig = {
  ...dev,
  kafka: { kind: 'existing', bootstrapServers: ['kafka-1:9092', 'kafka-2:9093', 'kafka-3:9092'] },
  database: {
    kind: 'existing',
    contactPoints: ['cassandra-1:9042', 'cassandra-2:9042'],
    localDataCenter: 'datacenter1',
    keyspace: 'candles',
  },
  schemaRegistry: { kind: 'existing', versionIds: structuredClone(VERSION_IDS) as VersionIds },
};

const FUNCTIONS = ['Fetch', 'Reconcile', 'Transform', 'Persist'];

describe('a stage on a Kafka, a Cassandra and schemas that stand already', () => {
  let data: Template;
  let pipeline: Template;
  beforeAll(() => {
    ({ data, pipeline } = templatesOf(stageConfig(ON_EXISTING)));
  });

  const variablesOf = (name: string): Properties => {
    const [, { Environment }] = onlyOne(pipeline, 'AWS::Lambda::Function', name);
    return (Environment as { Variables: Properties }).Variables;
  };

  it('makes none of them', () => {
    const { Resources } = data.toJSON() as { Resources: Record<string, { Type: string }> };
    const services = Object.values(Resources).map(({ Type }) => Type.split('::')[1]);
    expect([...new Set(services)].sort()).toEqual(['EC2', 'IAM', 'Logs']);
    data.resourceCountIs('AWS::EC2::VPCEndpoint', 0);
  });

  it.each(FUNCTIONS)('tells %s where they are', (name) => {
    const variables = variablesOf(name);
    expect(variables).toMatchObject({
      KAFKA_BOOTSTRAP_SERVERS: 'kafka-1:9092,kafka-2:9093,kafka-3:9092',
      CASSANDRA_CONTACT_POINTS: 'cassandra-1:9042,cassandra-2:9042',
      CASSANDRA_LOCAL_DATA_CENTER: 'datacenter1',
      CASSANDRA_AUTHENTICATION: 'none',
      CASSANDRA_KEYSPACE: 'candles',
    });
    expect(variables).not.toHaveProperty('KAFKA_CLUSTER_ARN');
    expect(JSON.parse(String(variables['SCHEMA_VERSION_IDS']))).toEqual(VERSION_IDS);
  });

  it('lets the functions out to their ports, and nobody in', () => {
    expect(securityRulesOf(data)).toEqual([
      'NetworkFunctions -> 0.0.0.0/0 tcp 443',
      'NetworkFunctions -> 0.0.0.0/0 tcp 9042',
      'NetworkFunctions -> 0.0.0.0/0 tcp 9092',
      'NetworkFunctions -> 0.0.0.0/0 tcp 9093',
      ...[443, 9042, 9092, 9093].map(
        (port) => `NetworkVpcNatSecurityGroup -> 0.0.0.0/0 tcp ${port}`,
      ),
      ...['10.0.1.0/24', '10.0.2.0/24'].flatMap((subnet) =>
        [443, 9042, 9092, 9093].map(
          (port) => `NetworkVpcNatSecurityGroup <- ${subnet} tcp ${port}`,
        ),
      ),
    ]);
  });

  it('grants nothing of MSK and Keyspaces', () => {
    const policies = JSON.stringify(pipeline.findResources('AWS::IAM::Policy'));
    expect(policies).toContain('logs:PutLogEvents');
    expect(policies).not.toMatch(/kafka|cassandra/);
  });

  it('feeds transform from the servers, through the network of the functions', () => {
    const [, mapping] = onlyOne(pipeline, 'AWS::Lambda::EventSourceMapping', 'Transform');
    const uri = (prefix: string, name: string) => ({
      'Fn::Join': ['', [prefix, { 'Fn::ImportValue': expect.stringContaining(name) as string }]],
    });
    expect(mapping).toEqual({
      FunctionName: { Ref: onlyOne(pipeline, 'AWS::Lambda::Function', 'Transform')[0] },
      SelfManagedEventSource: {
        Endpoints: { KafkaBootstrapServers: ['kafka-1:9092', 'kafka-2:9093', 'kafka-3:9092'] },
      },
      SelfManagedKafkaEventSourceConfig: { ConsumerGroupId: 'candlestream-dev.transform' },
      SourceAccessConfigurations: [
        { Type: 'VPC_SUBNET', URI: uri('subnet:', 'NetworkVpcPipelineSubnet1') },
        { Type: 'VPC_SUBNET', URI: uri('subnet:', 'NetworkVpcPipelineSubnet2') },
        { Type: 'VPC_SECURITY_GROUP', URI: uri('security_group:', 'NetworkFunctions') },
      ],
      BatchSize: 16,
      MaximumBatchingWindowInSeconds: 1,
      StartingPosition: 'TRIM_HORIZON',
      Topics: ['candles.observed'],
    });
  });
});

describe('a stage on servers that stand already, without event sources', () => {
  it('has functions that something beside it invokes', () => {
    const eventSources = { ...dev.eventSources, mode: { kind: 'none' as const } };
    const { pipeline } = templatesOf(stageConfig({ ...ON_EXISTING, eventSources }));
    pipeline.resourceCountIs('AWS::Lambda::EventSourceMapping', 0);
    pipeline.resourceCountIs('AWS::Lambda::Function', 5);
    const [, persist] = onlyOne(pipeline, 'AWS::Lambda::Function', 'Persist');
    expect(persist['Environment']).toMatchObject({ Variables: { BATCH_FAILURES: 'throw' } });
  });

  it('takes firings that are ahead of the clock only if it says so', () => {
    const variables = [{}, { firingsAheadMinutes: 180 }].map((settings) => {
      const { pipeline } = templatesOf(stageConfig({ ...ON_EXISTING, ...settings }));
      const [, reconcile] = onlyOne(pipeline, 'AWS::Lambda::Function', 'Reconcile');
      return (reconcile['Environment'] as { Variables: Properties }).Variables;
    });
    expect(variables[0]).not.toHaveProperty('FIRINGS_AHEAD_MINUTES');
    expect(variables[1]).toMatchObject({ FIRINGS_AHEAD_MINUTES: '180' });
  });
});
