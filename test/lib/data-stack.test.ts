import type { Template } from 'aws-cdk-lib/assertions';
import { type StageConfig, stageConfig } from '../../lib/stages/stage-config';
import { dev } from '../../lib/stages/dev';
import { prod } from '../../lib/stages/prod';
import observedV1 from '../../schemas/candles.observed.v1.json';
import { onlyOne, type Properties, propertiesOf, templatesOf } from './candlestream-templates';
import { permissionsOf } from './roles-of';
import { securityRulesOf } from './security-rules';

const STAGES = ['dev', 'prod'] as const;
type StageName = (typeof STAGES)[number];

const HOLD_DATA = [
  'AWS::Cassandra::Keyspace',
  'AWS::Cassandra::Table',
  'AWS::Glue::Registry',
  'AWS::Glue::Schema',
  'AWS::Logs::LogGroup',
];

const TABLES = [
  {
    name: 'candles',
    keys: ['exchange text', 'pair text', 'interval text', 'bucket date'],
    order: ['open_time timestamp DESC'],
    columns: [
      'open decimal',
      'high decimal',
      'low decimal',
      'close decimal',
      'base_volume decimal',
      'quote_volume decimal',
      'minutes int',
      'closed boolean',
      'observed_at timestamp',
      'source text',
    ],
  },
  {
    name: 'progress',
    keys: ['exchange text'],
    order: ['pair text ASC'],
    columns: [
      'live_since timestamp',
      'settled_to timestamp',
      'seen_to timestamp',
      'newest timestamp',
      'observed_at timestamp',
      'unknown_since timestamp',
      'ended_at timestamp',
      'listed_since timestamp',
      'banned_until timestamp',
    ],
  },
  {
    name: 'gaps',
    keys: ['exchange text', 'pair text'],
    order: ['from_time timestamp ASC'],
    columns: ['to_time timestamp', 'reason text', 'observed_at timestamp'],
  },
  {
    name: 'days',
    keys: ['exchange text', 'pair text', 'year int'],
    order: ['day date DESC'],
    columns: [
      'asked_at timestamp',
      'asks int',
      'refusal text',
      'minutes int',
      'absent int',
      'rejected int',
      'corrected int',
      'suspects frozen<list<timestamp>>',
      'audits int',
      'agreed boolean',
      'sealed_at timestamp',
      'disputed boolean',
      'source text',
      'observed_at timestamp',
      'reopened_at timestamp',
    ],
  },
];

describe('the data stack', () => {
  let data: Readonly<Record<StageName, Template>>;
  beforeAll(() => {
    data = { dev: templatesOf(dev).data, prod: templatesOf(prod).data };
  });

  const all = (stage: StageName, type: string): Properties[] =>
    Object.values(propertiesOf(data[stage], type));
  const one = (stage: StageName, type: string, prefix = ''): Properties =>
    onlyOne(data[stage], type, prefix)[1];

  describe('its network', () => {
    it.each([
      { stage: 'dev', zones: 2 },
      { stage: 'prod', zones: 3 },
    ] as const)('gives no subnet public addresses: $stage', ({ stage, zones }) => {
      const subnets = all(stage, 'AWS::EC2::Subnet');
      expect(subnets).toHaveLength(2 * zones);
      for (const subnet of subnets) expect(subnet['MapPublicIpOnLaunch']).toBe(false);
    });

    it('leaves by a gateway in each zone: prod', () => {
      data.prod.resourceCountIs('AWS::EC2::NatGateway', 3);
      data.prod.resourceCountIs('AWS::EC2::Instance', 0);
    });

    it('leaves by one instance, which keeps nothing and has no key: dev', () => {
      data.dev.resourceCountIs('AWS::EC2::NatGateway', 0);
      const instance = one('dev', 'AWS::EC2::Instance');
      expect(instance).toMatchObject({
        InstanceType: 't4g.nano',
        SourceDestCheck: false,
        CreditSpecification: { CPUCredits: 'standard' },
        MetadataOptions: { HttpTokens: 'required' },
        NetworkInterfaces: [{ AssociatePublicIpAddress: true }],
        BlockDeviceMappings: [{ Ebs: { Encrypted: true, VolumeType: 'gp3', VolumeSize: 8 } }],
        ImageId: { Ref: expect.stringMatching(/^SsmParameterValue.*al2023.*arm64/) as string },
      });
      expect(instance).not.toHaveProperty('KeyName');
    });

    const ALWAYS = [
      'NetworkFunctions -> 0.0.0.0/0 tcp 443',
      'NetworkFunctions -> KafkaBrokers tcp 9098',
      'KafkaBrokers <- NetworkFunctions tcp 9098',
      // The pollers of event sources take this group.
      'KafkaBrokers <- KafkaBrokers tcp 9098',
      'KafkaBrokers -> KafkaBrokers tcp 9098',
      'KafkaBrokers -> 0.0.0.0/0 tcp 443',
    ];

    it.each([
      {
        stage: 'dev',
        more: [
          'NetworkFunctions -> 0.0.0.0/0 tcp 9142',
          'NetworkVpcNatSecurityGroup <- 10.0.1.0/24 tcp 443',
          'NetworkVpcNatSecurityGroup <- 10.0.1.0/24 tcp 9142',
          'NetworkVpcNatSecurityGroup <- 10.0.2.0/24 tcp 443',
          'NetworkVpcNatSecurityGroup <- 10.0.2.0/24 tcp 9142',
          'NetworkVpcNatSecurityGroup -> 0.0.0.0/0 tcp 443',
          'NetworkVpcNatSecurityGroup -> 0.0.0.0/0 tcp 9142',
        ],
      },
      {
        stage: 'prod',
        more: [
          'NetworkFunctions -> KeyspacesEndpointGroup tcp 9142',
          'KeyspacesEndpointGroup <- NetworkFunctions tcp 9142',
          // A group without a rule would let everything out: this one matches nothing.
          'KeyspacesEndpointGroup -> 255.255.255.255/32 icmp 252-86',
        ],
      },
    ] as const)(
      'lets in and out whom it names, on the port it names: $stage',
      ({ stage, more }) => {
        expect(securityRulesOf(data[stage])).toEqual([...ALWAYS, ...more].sort());
      },
    );

    it('forwards rows by the instance only where they have no endpoint', () => {
      const withEndpoint = { ...dev, network: { ...dev.network, endpointZones: 1 } };
      const rules = securityRulesOf(templatesOf(stageConfig(withEndpoint)).data);
      expect(rules.filter((rule) => rule.includes('9142'))).toEqual([
        'KeyspacesEndpointGroup <- NetworkFunctions tcp 9142',
        'NetworkFunctions -> KeyspacesEndpointGroup tcp 9142',
      ]);
    });

    it.each(STAGES)('keeps a log of what it refuses: %s', (stage) => {
      expect(one(stage, 'AWS::EC2::FlowLog')).toMatchObject({
        TrafficType: 'REJECT',
        LogDestinationType: 'cloud-watch-logs',
        ResourceId: { Ref: onlyOne(data[stage], 'AWS::EC2::VPC')[0] },
      });
    });
  });

  describe('its brokers', () => {
    it.each(STAGES)('take IAM over TLS alone, from within: %s', (stage) => {
      const cluster = one(stage, 'AWS::MSK::Cluster');
      expect(cluster['ClientAuthentication']).toEqual({
        Sasl: { Iam: { Enabled: true } },
        Unauthenticated: { Enabled: false },
      });
      expect(cluster['EncryptionInfo']).toEqual({
        EncryptionInTransit: { ClientBroker: 'TLS', InCluster: true },
      });
      expect(cluster['BrokerNodeGroupInfo']).toMatchObject({
        ConnectivityInfo: { PublicAccess: { Type: 'DISABLED' } },
        SecurityGroups: [{ 'Fn::GetAtt': [expect.stringMatching(/^KafkaBrokers/), 'GroupId'] }],
        ClientSubnets: (stage === 'dev' ? [1, 2] : [1, 2, 3]).map((zone) => ({
          Ref: expect.stringMatching(new RegExp(`^NetworkVpcPipelineSubnet${zone}`)) as string,
        })),
      });
    });

    it.each([
      { stage: 'dev', count: 2, type: 'kafka.t3.small', version: '3.9.x', storageGiB: 10 },
      { stage: 'prod', count: 3, type: 'kafka.m7g.large', version: '3.9.x.kraft', storageGiB: 50 },
    ] as const)('are as the stage says: $stage', ({ stage, count, type, version, storageGiB }) => {
      expect(one(stage, 'AWS::MSK::Cluster')).toMatchObject({
        NumberOfBrokerNodes: count,
        KafkaVersion: version,
        BrokerNodeGroupInfo: {
          InstanceType: type,
          StorageInfo: { EBSStorageInfo: { VolumeSize: storageGiB } },
        },
      });
    });

    it.each(STAGES)('write their log, for as long as the stage says: %s', (stage) => {
      const [id, group] = onlyOne(data[stage], 'AWS::Logs::LogGroup', 'KafkaBrokerLogs');
      expect(group).toMatchObject({ RetentionInDays: stage === 'dev' ? 14 : 90 });
      expect(one(stage, 'AWS::MSK::Cluster')['LoggingInfo']).toEqual({
        BrokerLogs: { CloudWatchLogs: { Enabled: true, LogGroup: { Ref: id } } },
      });
    });

    it.each([
      { stage: 'dev', most: 100 },
      { stage: 'prod', most: 500 },
    ] as const)('get more storage up to $most GiB, and never less: $stage', ({ stage, most }) => {
      const [cluster] = onlyOne(data[stage], 'AWS::MSK::Cluster');
      expect(one(stage, 'AWS::ApplicationAutoScaling::ScalableTarget')).toMatchObject({
        ServiceNamespace: 'kafka',
        ScalableDimension: 'kafka:broker-storage:VolumeSize',
        ResourceId: { 'Fn::GetAtt': [cluster, 'Arn'] },
        MaxCapacity: most,
      });
      expect(one(stage, 'AWS::ApplicationAutoScaling::ScalingPolicy')).toMatchObject({
        PolicyType: 'TargetTrackingScaling',
        TargetTrackingScalingPolicyConfiguration: {
          DisableScaleIn: true,
          TargetValue: 60,
          PredefinedMetricSpecification: {
            PredefinedMetricType: 'KafkaBrokerStorageUtilization',
          },
        },
      });
    });

    it('show their metrics to Prometheus only where it is asked for', () => {
      for (const stage of STAGES) {
        expect(one(stage, 'AWS::MSK::Cluster')).not.toHaveProperty('OpenMonitoring');
      }
      const { data: monitored } = templatesOf(withOpenMonitoring());
      monitored.hasResourceProperties('AWS::MSK::Cluster', {
        OpenMonitoring: {
          Prometheus: {
            JmxExporter: { EnabledInBroker: true },
            NodeExporter: { EnabledInBroker: true },
          },
        },
      });
    });
  });

  describe('its topics', () => {
    const topicsOf = (stage: StageName) =>
      all(stage, 'AWS::MSK::Topic').map((topic) => ({
        name: topic['TopicName'],
        cluster: topic['ClusterArn'],
        partitions: topic['PartitionCount'],
        replication: topic['ReplicationFactor'],
        configs: Buffer.from(String(topic['Configs']), 'base64').toString().split('\n'),
      }));
    const topic = (stage: StageName, name: string, days: number, ...more: string[]) => ({
      name,
      cluster: { 'Fn::GetAtt': [onlyOne(data[stage], 'AWS::MSK::Cluster')[0], 'Arn'] },
      partitions: stage === 'dev' ? 6 : 12,
      replication: stage === 'dev' ? 2 : 3,
      configs: [
        'cleanup.policy=delete',
        'compression.type=producer',
        `min.insync.replicas=${stage === 'dev' ? 1 : 2}`,
        `retention.ms=${days * 86_400_000}`,
        'unclean.leader.election.enable=false',
        ...more,
      ],
    });
    // A dead letter wraps a record of up to 1 MiB.
    const LARGE = 'max.message.bytes=2097152';

    it.each([
      { stage: 'dev', days: 7, failureDays: 30 },
      { stage: 'prod', days: 14, failureDays: 90 },
    ] as const)(
      'are one for each hop, one for dead letters and one for what event sources gave up on: $stage',
      ({ stage, days, failureDays }) => {
        expect(topicsOf(stage)).toEqual([
          topic(stage, 'candles.observed', days),
          topic(stage, 'candles.rolled', days),
          topic(stage, 'candles.dead-letter', failureDays, LARGE),
          topic(stage, 'candles.undelivered', failureDays, LARGE),
        ]);
      },
    );
  });

  describe('its tables', () => {
    it.each(TABLES)('have the keys of the design: $name', ({ name, keys, order, columns }) => {
      const [table] = all('dev', 'AWS::Cassandra::Table').filter((is) => is['TableName'] === name);
      expect(table).toEqual({
        KeyspaceName: { Ref: onlyOne(data.dev, 'AWS::Cassandra::Keyspace')[0] },
        TableName: name,
        PartitionKeyColumns: keys.map(columnOf),
        ClusteringKeyColumns: order.map((text) => ({
          Column: columnOf(text),
          OrderBy: text.split(' ')[2],
        })),
        RegularColumns: columns.map(columnOf),
        BillingMode: { Mode: 'ON_DEMAND' },
        // Without them no write can say when it was observed.
        ClientSideTimestampsEnabled: true,
        PointInTimeRecoveryEnabled: false,
      });
    });

    it('can be restored to any second where the stage says so', () => {
      const tables = all('prod', 'AWS::Cassandra::Table');
      expect(tables.map((table) => table['PointInTimeRecoveryEnabled'])).toEqual([
        true,
        true,
        true,
        true,
      ]);
    });

    it('are warm for a history where the stage says so, and there only', () => {
      const tables = all('prod', 'AWS::Cassandra::Table');
      const warm = tables.map((table) => [table['TableName'], table['WarmThroughput']]);
      expect(warm).toEqual([
        ['candles', { WriteUnitsPerSecond: 12_000 }],
        ['progress', undefined],
        ['gaps', undefined],
        ['days', undefined],
      ]);
    });

    it('are reached by public addresses: dev', () => {
      data.dev.resourceCountIs('AWS::EC2::VPCEndpoint', 0);
    });

    it('are reached within the network, in every zone: prod', () => {
      expect(one('prod', 'AWS::EC2::VPCEndpoint')).toMatchObject({
        VpcEndpointType: 'Interface',
        PrivateDnsEnabled: true,
        ServiceName: {
          'Fn::Join': ['', ['com.amazonaws.', { Ref: 'AWS::Region' }, '.cassandra']],
        },
        SubnetIds: [1, 2, 3].map((zone) => ({
          Ref: expect.stringMatching(new RegExp(`^NetworkVpcPipelineSubnet${zone}`)) as string,
        })),
        SecurityGroupIds: [
          { 'Fn::GetAtt': [expect.stringMatching(/^KeyspacesEndpointGroup/), 'GroupId'] },
        ],
      });
    });

    it('are all that the endpoint lets through, to this account: prod', () => {
      const { PolicyDocument } = one('prod', 'AWS::EC2::VPCEndpoint');
      const own =
        '{"Condition":{"StringEquals":{"aws:PrincipalAccount":{"Ref":"AWS::AccountId"}}},"Principal":{"AWS":"*"}}';
      // A statement an action, so the order is theirs.
      expect(permissionsOf(PolicyDocument)).toEqual([
        `cassandra:Select /keyspace/candlestream_prod/* ${own}`,
        `cassandra:Select /keyspace/system* ${own}`,
        `cassandra:Modify /keyspace/candlestream_prod/* ${own}`,
      ]);
    });
  });

  it('registers the schema of each topic as it stands in schemas/', () => {
    const schemas = all('dev', 'AWS::Glue::Schema');
    expect(
      schemas.map((schema) => [schema['Name'], schema['DataFormat'], schema['Compatibility']]),
    ).toEqual([
      ['candles.observed', 'AVRO', 'BACKWARD'],
      ['candles.rolled', 'AVRO', 'BACKWARD'],
      ['candles.dead-letter', 'AVRO', 'BACKWARD'],
    ]);
    expect(JSON.parse(String(schemas[0]?.['SchemaDefinition']))).toEqual(observedV1);
  });

  it.each([
    { stage: 'dev', deletion: 'Delete', replacement: 'Delete' },
    // A deployment that never succeeded leaves nothing behind that the next one would stumble over.
    { stage: 'prod', deletion: 'RetainExceptOnCreate', replacement: 'Retain' },
  ] as const)(
    'keeps what holds data as the stage says: $stage',
    ({ stage, deletion, replacement }) => {
      for (const type of HOLD_DATA) {
        expect(all(stage, type)).not.toEqual([]);
        data[stage].allResources(type, {
          DeletionPolicy: deletion,
          UpdateReplacePolicy: replacement,
        });
      }
    },
  );

  it('keeps no brokers behind, which would hold on to a network that is deleted', () => {
    for (const type of ['AWS::MSK::Cluster', 'AWS::MSK::Topic']) {
      const resources = Object.values(data.prod.findResources(type));
      expect(resources.length).toBeGreaterThan(0);
      for (const resource of resources) expect(resource).not.toHaveProperty('DeletionPolicy');
    }
  });
});

/** `pair text` is the column `pair` of the type `text`. */
function columnOf(text: string): { ColumnName?: string; ColumnType?: string } {
  const [ColumnName, ColumnType] = text.split(' ');
  return { ColumnName, ColumnType };
}

function withOpenMonitoring(): StageConfig {
  if (dev.kafka.kind !== 'msk') throw new TypeError('Expected dev to have brokers of its own');
  return stageConfig({ ...dev, kafka: { ...dev.kafka, openMonitoring: true } });
}
