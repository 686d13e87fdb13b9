import { Match, type Template } from 'aws-cdk-lib/assertions';
import observedV1 from '../../schemas/candles.observed.v1.json';
import { templatesOf } from './candlestream-templates';

describe('the data stack', () => {
  let data: Template;
  beforeAll(() => {
    data = templatesOf().data;
  });

  const properties = (type: string): Record<string, unknown>[] =>
    Object.values(data.findResources(type)).map(
      ({ Properties }: { Properties?: Record<string, unknown> }) => Properties ?? {},
    );

  it('lets nothing in but IAM over TLS, from within', () => {
    data.resourceCountIs('AWS::MSK::Cluster', 1);
    const [cluster] = properties('AWS::MSK::Cluster');
    expect(cluster?.['ClientAuthentication']).toEqual({
      Sasl: { Iam: { Enabled: true } },
      Unauthenticated: { Enabled: false },
    });
    expect(cluster?.['EncryptionInfo']).toEqual({
      EncryptionInTransit: { ClientBroker: 'TLS', InCluster: true },
    });
    data.hasResourceProperties('AWS::MSK::Cluster', {
      NumberOfBrokerNodes: 3,
      BrokerNodeGroupInfo: {
        ClientSubnets: [1, 2, 3].map((zone) => ({
          Ref: Match.stringLikeRegexp(`^VpcPipelineSubnet${zone}`),
        })),
        ConnectivityInfo: { PublicAccess: { Type: 'DISABLED' } },
      },
    });
  });

  it('opens the brokers to the IAM port alone, and to security groups alone', () => {
    for (const group of properties('AWS::EC2::SecurityGroup')) {
      expect(group['SecurityGroupIngress']).toBeUndefined();
    }
    const ingress = properties('AWS::EC2::SecurityGroupIngress');
    expect(ingress).toHaveLength(2);
    for (const rule of ingress) {
      expect(rule).toMatchObject({ FromPort: 9098, ToPort: 9098, IpProtocol: 'tcp' });
      expect(rule['SourceSecurityGroupId']).toBeDefined();
      expect(rule['CidrIp']).toBeUndefined();
    }
  });

  it('gives nothing a public address', () => {
    for (const subnet of properties('AWS::EC2::Subnet')) {
      expect(subnet['MapPublicIpOnLaunch']).toBe(false);
    }
  });

  it('has one topic for each hop and one for dead letters', () => {
    const topics = properties('AWS::MSK::Topic').map((topic) => ({
      name: topic['TopicName'],
      partitions: topic['PartitionCount'],
      replication: topic['ReplicationFactor'],
      configs: Buffer.from(String(topic['Configs']), 'base64').toString().split('\n'),
    }));
    const topic = (name: string, days: number, ...more: string[]) => ({
      name,
      partitions: 6,
      replication: 3,
      configs: ['cleanup.policy=delete', `retention.ms=${days * 86_400_000}`, ...more],
    });
    expect(topics).toEqual([
      topic('candles.observed', 7),
      topic('candles.rolled', 7),
      // A dead letter wraps a record of up to 1 MiB.
      topic('candles.dead-letter', 30, 'max.message.bytes=2097152'),
    ]);
  });

  it.each([
    [
      'candles',
      ['pair text', 'interval text', 'bucket date'],
      ['open_time timestamp DESC'],
      [
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
    ],
    [
      'progress',
      ['pair text'],
      [],
      ['settled_to timestamp', 'seen_to timestamp', 'observed_at timestamp'],
    ],
    [
      'gaps',
      ['pair text'],
      ['from_time timestamp ASC'],
      ['to_time timestamp', 'reason text', 'observed_at timestamp'],
    ],
  ])('has the table %s with its keys', (name, partitionKey, clusteringKey, columns) => {
    const column = (text: string) => {
      const [ColumnName, ColumnType] = text.split(' ');
      return { ColumnName, ColumnType };
    };
    const [table] = properties('AWS::Cassandra::Table').filter((one) => one['TableName'] === name);
    expect(table).toEqual({
      KeyspaceName: { Ref: 'Keyspace' },
      TableName: name,
      PartitionKeyColumns: partitionKey.map(column),
      ClusteringKeyColumns: clusteringKey.map((text) => ({
        Column: column(text),
        OrderBy: text.split(' ')[2],
      })),
      RegularColumns: columns.map(column),
      BillingMode: { Mode: 'ON_DEMAND' },
      // Without them no write can say when it was observed.
      ClientSideTimestampsEnabled: true,
      PointInTimeRecoveryEnabled: false,
    });
  });

  it('registers the schema of each topic as it stands in schemas/', () => {
    const schemas = properties('AWS::Glue::Schema');
    expect(
      schemas.map((schema) => [schema['Name'], schema['DataFormat'], schema['Compatibility']]),
    ).toEqual([
      ['candles.observed', 'AVRO', 'BACKWARD'],
      ['candles.rolled', 'AVRO', 'BACKWARD'],
      ['candles.dead-letter', 'AVRO', 'BACKWARD'],
    ]);
    expect(JSON.parse(String(schemas[0]?.['SchemaDefinition']))).toEqual(observedV1);
  });
});
