import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Duration, Fn, Stack, type StackProps } from 'aws-cdk-lib';
import { CfnKeyspace, CfnTable } from 'aws-cdk-lib/aws-cassandra';
import { Peer, Port, SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { CfnRegistry, CfnSchema } from 'aws-cdk-lib/aws-glue';
import { CfnCluster, CfnTopic } from 'aws-cdk-lib/aws-msk';
import type { Construct } from 'constructs';
import { type Topic, TOPICS } from '../lambdas/shared/domain/topics';
import { KAFKA_IAM_PORT, KEYSPACES_PORT } from './ports';
import type { StageConfig } from './stage-config';
import { type Columns, KEYSPACE, type Table, type TableName, TABLES } from './tables';

/** What a data stack is made of. */
export interface DataStackProps extends StackProps {
  readonly stage: StageConfig;
}

/** A dead letter wraps a whole record, and the other topics take records of up to 1 MiB. */
const DEAD_LETTER_BYTES = 2 * 1_024 * 1_024;

/** Where data is: the network, the brokers and their topics, the tables, the schemas. */
export class DataStack extends Stack {
  readonly vpc: Vpc;
  /** What is in it may connect to the brokers, to Keyspaces and to the exchange. */
  readonly clients: SecurityGroup;
  readonly cluster: CfnCluster;
  readonly topics: Readonly<Record<Topic, CfnTopic>>;
  readonly tables: Readonly<Record<TableName, CfnTable>>;
  readonly schemas: Readonly<Record<Topic, CfnSchema>>;

  constructor(scope: Construct, id: string, props: DataStackProps) {
    super(scope, id, props);
    const { stage } = props;
    this.vpc = this.createVpc();
    this.clients = this.createClients();
    this.cluster = this.createCluster(stage);
    this.topics = perTopic((topic) => this.createTopic(topic, stage));
    const registry = new CfnRegistry(this, 'Registry', { name: 'candlestream' });
    this.schemas = perTopic((topic) => this.createSchema(topic, registry));
    const keyspace = new CfnKeyspace(this, 'Keyspace', { keyspaceName: KEYSPACE });
    keyspace.applyRemovalPolicy(stage.removalPolicy);
    this.tables = {
      candles: this.createTable(TABLES.candles, keyspace, stage),
      progress: this.createTable(TABLES.progress, keyspace, stage),
      gaps: this.createTable(TABLES.gaps, keyspace, stage),
    };
  }

  /** One NAT gateway serves all zones: it is a good part of the price, and the loop outlives its zone's absence. */
  private createVpc(): Vpc {
    return new Vpc(this, 'Vpc', {
      // Named by their order, so that no look-up of the account is needed.
      availabilityZones: [0, 1, 2].map((index) => Fn.select(index, Fn.getAzs())),
      natGateways: 1,
      restrictDefaultSecurityGroup: false,
      subnetConfiguration: [
        { name: 'Egress', subnetType: SubnetType.PUBLIC, cidrMask: 28, mapPublicIpOnLaunch: false },
        { name: 'Pipeline', subnetType: SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 24 },
      ],
    });
  }

  private createClients(): SecurityGroup {
    const clients = new SecurityGroup(this, 'Clients', {
      vpc: this.vpc,
      description: 'Connects to the brokers, Keyspaces, the exchange and AWS APIs',
      allowAllOutbound: false,
    });
    clients.addEgressRule(Peer.anyIpv4(), Port.HTTPS, 'The exchange and AWS APIs');
    clients.addEgressRule(Peer.anyIpv4(), Port.tcp(KEYSPACES_PORT), 'Keyspaces');
    return clients;
  }

  private createCluster(stage: StageConfig): CfnCluster {
    const brokers = new SecurityGroup(this, 'Brokers', {
      vpc: this.vpc,
      description: 'The brokers, and the pollers of the event sources',
      allowAllOutbound: false,
    });
    brokers.connections.allowFrom(this.clients, Port.tcp(KAFKA_IAM_PORT), 'Functions');
    // The pollers of an event source take the security group of the brokers.
    brokers.connections.allowInternally(Port.tcp(KAFKA_IAM_PORT), 'Event sources');
    brokers.addEgressRule(Peer.anyIpv4(), Port.HTTPS, 'Event sources invoke functions');
    const cluster = new CfnCluster(this, 'Cluster', {
      clusterName: this.stackName,
      kafkaVersion: stage.brokers.kafkaVersion,
      numberOfBrokerNodes: stage.brokers.count,
      brokerNodeGroupInfo: {
        instanceType: stage.brokers.instanceType,
        clientSubnets: this.vpc.privateSubnets.map((subnet) => subnet.subnetId),
        securityGroups: [brokers.securityGroupId],
        storageInfo: { ebsStorageInfo: { volumeSize: stage.brokers.storageGiB } },
        connectivityInfo: { publicAccess: { type: 'DISABLED' } },
      },
      clientAuthentication: {
        sasl: { iam: { enabled: true } },
        unauthenticated: { enabled: false },
      },
      encryptionInfo: { encryptionInTransit: { clientBroker: 'TLS', inCluster: true } },
    });
    cluster.applyRemovalPolicy(stage.removalPolicy);
    return cluster;
  }

  private createTopic(topicName: Topic, { topics, removalPolicy }: StageConfig): CfnTopic {
    const isDeadLetter = topicName === TOPICS.deadLetter;
    const days = isDeadLetter ? topics.deadLetterRetentionDays : topics.retentionDays;
    const retentionMs = Duration.days(days).toMilliseconds();
    const configs = ['cleanup.policy=delete', `retention.ms=${retentionMs}`];
    if (isDeadLetter) configs.push(`max.message.bytes=${DEAD_LETTER_BYTES}`);
    const topic = new CfnTopic(this, logicalName('Topic', topicName), {
      clusterArn: this.cluster.attrArn,
      topicName,
      partitionCount: topics.partitions,
      replicationFactor: topics.replication,
      configs: Buffer.from(configs.join('\n')).toString('base64'),
    });
    topic.applyRemovalPolicy(removalPolicy);
    return topic;
  }

  private createSchema(topic: Topic, registry: CfnRegistry): CfnSchema {
    const file = join(__dirname, '..', 'schemas', `${topic}.v1.json`);
    return new CfnSchema(this, logicalName('Schema', topic), {
      registry: { arn: registry.attrArn },
      name: topic,
      dataFormat: 'AVRO',
      compatibility: 'BACKWARD',
      schemaDefinition: JSON.stringify(JSON.parse(readFileSync(file, 'utf8'))),
    });
  }

  private createTable(table: Table, keyspace: CfnKeyspace, stage: StageConfig): CfnTable {
    const created = new CfnTable(this, logicalName('Table', table.name), {
      keyspaceName: keyspace.ref,
      tableName: table.name,
      partitionKeyColumns: columnsOf(table.partitionKey),
      clusteringKeyColumns: Object.entries(table.clusteringKey).map(
        ([columnName, { type: columnType, order: orderBy }]) => ({
          column: { columnName, columnType },
          orderBy,
        }),
      ),
      regularColumns: columnsOf(table.columns),
      billingMode: { mode: 'ON_DEMAND' },
      clientSideTimestampsEnabled: true,
      pointInTimeRecoveryEnabled: stage.pointInTimeRecovery,
    });
    created.applyRemovalPolicy(stage.removalPolicy);
    return created;
  }
}

function perTopic<T>(create: (topic: Topic) => T): Record<Topic, T> {
  return {
    'candles.observed': create('candles.observed'),
    'candles.rolled': create('candles.rolled'),
    'candles.dead-letter': create('candles.dead-letter'),
  };
}

function columnsOf(columns: Columns): CfnTable.ColumnProperty[] {
  return Object.entries(columns).map(([columnName, columnType]) => ({ columnName, columnType }));
}

/** `Topic` and `candles.dead-letter` make `TopicCandlesDeadLetter`. */
function logicalName(prefix: string, name: string): string {
  const words = name.split(/[^a-z]/).map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return [prefix, ...words].join('');
}
