import type { Template } from 'aws-cdk-lib/assertions';
import { dev } from '../../lib/stages/dev';
import { prod } from '../../lib/stages/prod';
import { onlyOne, propertiesOf, templatesOf } from './candlestream-templates';

// A deployment deletes what loses its logical id, and replaces what gets another
// physical name or another address range: data, subscriptions or a network would go.

/** The resources that hold data, or that others know, by logical id; each with its physical name. */
const KEPT = {
  data: [
    ['AWS::EC2::VPC', 'NetworkVpc7FB7348F', '10.0.0.0/16'],
    ['AWS::EC2::Subnet', 'NetworkVpcEgressSubnet1Subnet066C8748', '10.0.0.0/28'],
    ['AWS::EC2::Subnet', 'NetworkVpcEgressSubnet2Subnet4EFBC9BB', '10.0.0.16/28'],
    ['AWS::EC2::Subnet', 'NetworkVpcPipelineSubnet1SubnetE7B92418', '10.0.1.0/24'],
    ['AWS::EC2::Subnet', 'NetworkVpcPipelineSubnet2SubnetD2A30926', '10.0.2.0/24'],
    ['AWS::EC2::SecurityGroup', 'NetworkFunctions0F81B4F4', undefined],
    ['AWS::EC2::SecurityGroup', 'KafkaBrokersE2F84663', undefined],
    ['AWS::MSK::Cluster', 'KafkaCluster21A1BE89', 'Candlestream-{stage}-Data'],
    ['AWS::MSK::Topic', 'KafkaTopicCandlesObservedC49B0C1D', 'candles.observed'],
    ['AWS::MSK::Topic', 'KafkaTopicCandlesRolledF44FDA75', 'candles.rolled'],
    ['AWS::MSK::Topic', 'KafkaTopicCandlesDeadLetter89D319F4', 'candles.dead-letter'],
    ['AWS::MSK::Topic', 'KafkaTopicCandlesUndelivered2CBDEF9F', 'candles.undelivered'],
    ['AWS::Glue::Registry', 'SchemasRegistry000E509D', 'candlestream-{stage}'],
    ['AWS::Glue::Schema', 'SchemascandlesobservedFCD7B0AC', 'candles.observed'],
    ['AWS::Glue::Schema', 'Schemascandlesrolled157C3611', 'candles.rolled'],
    ['AWS::Glue::Schema', 'Schemascandlesdeadletter1617909E', 'candles.dead-letter'],
    [
      'AWS::SSM::Parameter',
      'SchemaVersionIdsParameter79CB4858',
      '/candlestream/{stage}/schema-version-ids',
    ],
    ['AWS::Cassandra::Keyspace', 'KeyspacesKeyspaceD3E79C72', 'candlestream_{stage}'],
    ['AWS::Cassandra::Table', 'KeyspacesTableCandlesC6CAF534', 'candles'],
    ['AWS::Cassandra::Table', 'KeyspacesTableProgressB39D9CC1', 'progress'],
    ['AWS::Cassandra::Table', 'KeyspacesTableGapsBB65B65A', 'gaps'],
    ['AWS::Cassandra::Table', 'KeyspacesTableDays94C46C17', 'days'],
    ['AWS::Logs::LogGroup', 'NetworkRefusals9DB62441', undefined],
    ['AWS::Logs::LogGroup', 'KafkaBrokerLogsD032A934', undefined],
  ],
  pipeline: [
    ['AWS::Lambda::Function', 'Fetch84857CE8', undefined],
    ['AWS::Lambda::Function', 'ReconcileD51D4F4F', undefined],
    ['AWS::Lambda::Function', 'TransformC0C45E96', undefined],
    ['AWS::Lambda::Function', 'Persist419B710D', undefined],
    ['AWS::Lambda::Function', 'Query435140A1', undefined],
    ['AWS::Logs::LogGroup', 'FetchLogs9066FDA7', undefined],
    ['AWS::Logs::LogGroup', 'ReconcileLogs36C88C19', undefined],
    ['AWS::Logs::LogGroup', 'TransformLogsFA8B2747', undefined],
    ['AWS::Logs::LogGroup', 'PersistLogs3A3DD33E', undefined],
    ['AWS::Logs::LogGroup', 'QueryLogs863D7DB6', undefined],
    ['AWS::SNS::Topic', 'WatchAlarmsPageEF6F1A41', undefined],
    ['AWS::SNS::Topic', 'WatchAlarmsTicket6A5F76E8', undefined],
    ['AWS::CloudWatch::Dashboard', 'WatchDashboard77C0F6EE', 'Candlestream-{stage}'],
  ],
} as const;

/** Those that one stage alone has. */
const KEPT_BY_STAGE = {
  dev: [['AWS::EC2::SecurityGroup', 'NetworkVpcNatSecurityGroup559BBD24', undefined]],
  prod: [
    ['AWS::EC2::Subnet', 'NetworkVpcEgressSubnet3SubnetBF50136C', '10.0.0.32/28'],
    ['AWS::EC2::Subnet', 'NetworkVpcPipelineSubnet3SubnetFF00D700', '10.0.3.0/24'],
    ['AWS::EC2::SecurityGroup', 'KeyspacesEndpointGroup771E7736', undefined],
  ],
} as const;

/** The properties that name a resource, or give it its addresses. */
const NAMES = [
  'CidrBlock',
  'ClusterName',
  'DashboardName',
  'FunctionName',
  'GroupName',
  'KeyspaceName',
  'LogGroupName',
  'Name',
  'TopicName',
];

const ONE_EACH = { dev: 1, prod: 1 };

/** How many resources of each type a stage has. */
const COUNTS: Readonly<Record<string, { readonly dev?: number; readonly prod?: number }>> = {
  'AWS::ApplicationAutoScaling::ScalableTarget': ONE_EACH,
  'AWS::ApplicationAutoScaling::ScalingPolicy': ONE_EACH,
  'AWS::Cassandra::Keyspace': ONE_EACH,
  'AWS::Cassandra::Table': { dev: 4, prod: 4 },
  // prod alone has an alarm for records that event sources gave up on, and a third broker.
  'AWS::CloudWatch::Alarm': { dev: 36, prod: 38 },
  'AWS::CloudWatch::Dashboard': ONE_EACH,
  'AWS::EC2::EIP': { prod: 3 },
  'AWS::EC2::FlowLog': ONE_EACH,
  'AWS::EC2::InternetGateway': ONE_EACH,
  'AWS::EC2::Instance': { dev: 1 },
  'AWS::EC2::NatGateway': { prod: 3 },
  'AWS::EC2::Route': { dev: 4, prod: 6 },
  'AWS::EC2::RouteTable': { dev: 4, prod: 6 },
  'AWS::EC2::SecurityGroup': { dev: 3, prod: 3 },
  'AWS::EC2::SecurityGroupEgress': { dev: 2, prod: 3 },
  'AWS::EC2::SecurityGroupIngress': { dev: 2, prod: 3 },
  'AWS::EC2::Subnet': { dev: 4, prod: 6 },
  'AWS::EC2::SubnetRouteTableAssociation': { dev: 4, prod: 6 },
  'AWS::EC2::VPC': ONE_EACH,
  'AWS::EC2::VPCEndpoint': { prod: 1 },
  'AWS::EC2::VPCGatewayAttachment': ONE_EACH,
  'AWS::Events::Rule': { dev: 2, prod: 2 },
  'AWS::Glue::Registry': ONE_EACH,
  'AWS::Glue::Schema': { dev: 3, prod: 3 },
  'AWS::Glue::SchemaVersion': { dev: 5, prod: 5 },
  'AWS::IAM::InstanceProfile': { dev: 1 },
  'AWS::IAM::Policy': { dev: 6, prod: 6 },
  'AWS::IAM::Role': { dev: 7, prod: 6 },
  'AWS::Lambda::EventInvokeConfig': { dev: 2, prod: 2 },
  'AWS::Lambda::EventSourceMapping': { dev: 2, prod: 2 },
  'AWS::Lambda::Function': { dev: 5, prod: 5 },
  'AWS::Lambda::Permission': { dev: 2, prod: 2 },
  'AWS::Lambda::Url': ONE_EACH,
  'AWS::Logs::LogGroup': { dev: 7, prod: 7 },
  'AWS::MSK::Cluster': ONE_EACH,
  'AWS::MSK::Topic': { dev: 4, prod: 4 },
  'AWS::SNS::Topic': { dev: 2, prod: 2 },
  'AWS::SNS::TopicPolicy': { dev: 2, prod: 2 },
  'AWS::SSM::Parameter': ONE_EACH,
};

interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DependsOn?: readonly string[];
  readonly DeletionPolicy?: string;
}

const STAGES = { dev, prod };

describe.each(['dev', 'prod'] as const)('what a deployment of %s has', (name) => {
  let templates: Readonly<Record<'data' | 'pipeline', Template>>;
  beforeAll(() => {
    templates = templatesOf(STAGES[name]);
  });

  it.each(['data', 'pipeline'] as const)(
    'keeps the logical ids and the physical names: %s',
    (stack) => {
      const types = new Set(KEPT[stack].map(([type]) => type as string));
      const kept = Object.entries(resourcesIn(templates[stack]))
        .filter(([, { Type }]) => types.has(Type))
        .map(([id, { Type, Properties }]) => [Type, id, nameIn(Properties ?? {})]);
      const own = stack === 'data' ? KEPT_BY_STAGE[name] : [];
      const expected = [...KEPT[stack], ...own].map(([type, id, named]) => [
        type,
        id,
        named?.replace('{stage}', name),
      ]);
      expect(kept.sort()).toEqual([...expected].sort());
    },
  );

  it('is so many resources of each type, and none of another', () => {
    const counts: Record<string, number> = {};
    for (const template of Object.values(templates)) {
      for (const { Type } of Object.values(resourcesIn(template))) {
        counts[Type] = (counts[Type] ?? 0) + 1;
      }
    }
    const expected = Object.entries(COUNTS)
      .map(([type, count]) => [type, count[name]] as const)
      .filter(([, count]) => count !== undefined);
    expect(counts).toEqual(Object.fromEntries(expected));
  });

  it('asks for no parameters but the version of the bootstrap stack, the newest image and the ids of schema versions', () => {
    const images = name === 'dev' ? [expect.stringMatching(/^Ssm.*al2023/) as string] : [];
    const ids = expect.stringMatching(/^SsmParameterValuecandlestream.*schemaversionids/) as string;
    const ofBootstrap = ['BootstrapVersion', 'CheckBootstrapVersion'];
    const asked = (template: Template) => {
      const { Parameters, Rules } = template.toJSON() as Record<string, object>;
      return Object.keys({ ...Parameters, ...Rules }).sort();
    };
    expect(asked(templates.data)).toEqual([...ofBootstrap, ...images]);
    expect(asked(templates.pipeline)).toEqual([...ofBootstrap, ids]);
  });

  it('exports no schema version: one that is in use could not go back', () => {
    const { Outputs } = templates.data.toJSON() as { Outputs: Record<string, unknown> };
    expect(Object.keys(Outputs).filter((id) => id.includes('Schema'))).toEqual([]);
  });

  it('has the memory and the time that each function needs', () => {
    const functions = Object.values(propertiesOf(templates.pipeline, 'AWS::Lambda::Function'));
    const limits = functions.map(({ MemorySize, Timeout }) => [MemorySize, Timeout]);
    expect(limits).toEqual([
      [512, 55],
      [512, 290],
      [1_024, 120],
      [1_024, 300],
      [512, 25],
    ]);
  });

  it('leaves by the gateway of its zone, or by the only instance', () => {
    const routes = Object.entries(propertiesOf(templates.data, 'AWS::EC2::Route'));
    const ways = routes.map(([id, { NatGatewayId, InstanceId, GatewayId }]) => [
      /NetworkVpc(.*)DefaultRoute/.exec(id)?.[1],
      /NetworkVpc(IGW|EgressSubnet\d(NatInstance)?)/.exec(
        JSON.stringify(NatGatewayId ?? InstanceId ?? GatewayId),
      )?.[1],
    ]);
    const [instance, internet] = ['EgressSubnet1NatInstance', 'IGW'];
    expect(Object.fromEntries(ways)).toEqual(
      name === 'dev'
        ? {
            EgressSubnet1: internet,
            EgressSubnet2: internet,
            PipelineSubnet1: instance,
            PipelineSubnet2: instance,
          }
        : {
            EgressSubnet1: internet,
            EgressSubnet2: internet,
            EgressSubnet3: internet,
            PipelineSubnet1: 'EgressSubnet1',
            PipelineSubnet2: 'EgressSubnet2',
            PipelineSubnet3: 'EgressSubnet3',
          },
    );
  });

  it('has its functions in every zone, or beside the only instance', () => {
    const functions = Object.values(propertiesOf(templates.pipeline, 'AWS::Lambda::Function'));
    for (const { VpcConfig } of functions) {
      expect(VpcConfig).toHaveProperty('SubnetIds.length', name === 'dev' ? 1 : 3);
      expect(JSON.stringify(VpcConfig)).toContain('PipelineSubnet1');
    }
  });

  it('deploys the reader of a schema version before its writer', () => {
    const resources = resourcesIn(templates.pipeline);
    const [persist] = onlyOne(templates.pipeline, 'AWS::Lambda::Function', 'Persist');
    const [transform] = onlyOne(templates.pipeline, 'AWS::Lambda::Function', 'Transform');
    const [fetch] = onlyOne(templates.pipeline, 'AWS::Lambda::Function', 'Fetch');
    expect(resources[transform]?.DependsOn).toContain(persist);
    expect(resources[fetch]?.DependsOn).toContain(transform);
    const [reconcile] = onlyOne(templates.pipeline, 'AWS::Lambda::Function', 'Reconcile');
    expect(resources[reconcile]?.DependsOn).toContain(transform);
  });

  it('keeps the logs of the functions as the stage says', () => {
    const logs = Object.values(templates.pipeline.findResources('AWS::Logs::LogGroup'));
    const policies = logs.map((group) => (group as Resource).DeletionPolicy);
    const policy = name === 'prod' ? 'RetainExceptOnCreate' : 'Delete';
    expect(policies).toEqual([policy, policy, policy, policy, policy]);
  });
});

function resourcesIn(template: Template): Readonly<Record<string, Resource>> {
  const { Resources } = template.toJSON() as { Resources: Record<string, Resource> };
  return Resources;
}

/** A table stands in a keyspace, and is named by its own name. */
function nameIn(properties: Readonly<Record<string, unknown>>): unknown {
  return properties['TableName'] ?? NAMES.map((name) => properties[name]).find(Boolean);
}
