import { Stack } from 'aws-cdk-lib';
import {
  PredefinedMetric,
  ScalableTarget,
  ServiceNamespace,
} from 'aws-cdk-lib/aws-applicationautoscaling';
import { Peer, Port, type SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { type IGrantable, type IRole, Role } from 'aws-cdk-lib/aws-iam';
import type { Function } from 'aws-cdk-lib/aws-lambda';
import { CfnCluster, CfnTopic } from 'aws-cdk-lib/aws-msk';
import { Construct } from 'constructs';
import { grantPollTopic, grantWriteTopic } from '../access/grants';
import { createLogGroup } from '../checks/create-log-group';
import { addEventSource } from './event-source';
import type { EventSource, Feed, Kafka } from './kafka';
import { logicalName } from '../naming/logical-name';
import type { Network } from '../network/network';
import { TOPIC_NAMES, type TopicName, topicSettings, UNDELIVERED } from './pipeline-topics';
import { KAFKA_IAM_PORT } from '../network/ports';
import type { StageConfig } from '../stages/stage-config';

/** Properties of the brokers of a stage. */
export interface MskKafkaProps {
  readonly stage: StageConfig;
  readonly brokers: Extract<StageConfig['kafka'], { kind: 'msk' }>;
  readonly network: Network;
}

/**
 * Brokers of Amazon MSK, with TLS and IAM only, and their topics. They are
 * deleted with the stack in every stage: their records are on their way to the
 * tables, and remaining brokers would keep the network from being deleted.
 */
export class MskKafka extends Construct implements Kafka {
  readonly cluster: CfnCluster;
  readonly topics: ReadonlyMap<TopicName, CfnTopic>;
  readonly environment: { readonly KAFKA_CLUSTER_ARN: string };
  private readonly stage: StageConfig;

  constructor(scope: Construct, id: string, { stage, brokers, network }: MskKafkaProps) {
    super(scope, id);
    this.stage = stage;
    this.cluster = this.createCluster(brokers, network, this.createBrokerGroup(network));
    this.growStorage(brokers.maxStorageGiB);
    this.topics = new Map(TOPIC_NAMES.map((name) => [name, this.createTopic(name)]));
    this.environment = { KAFKA_CLUSTER_ARN: this.cluster.attrArn };
  }

  grantWrite(grantee: IGrantable, topic: TopicName): void {
    grantWriteTopic(grantee, this.cluster, this.topic(topic));
  }

  feed(target: Function, feed: Feed): EventSource | undefined {
    const { mode } = this.stage.eventSources;
    if (mode.kind === 'none') return undefined;
    grantPollTopic(target, this.cluster, this.topic(feed.topic), feed.consumerGroupId);
    // The pollers themselves write the records that they give up on, with the role of the function.
    if (mode.kind === 'provisioned') this.grantWrite(target, UNDELIVERED);
    return addEventSource(target, { eventSourceArn: this.cluster.attrArn }, mode, feed);
  }

  private topic(name: TopicName): CfnTopic {
    const topic = this.topics.get(name);
    if (topic !== undefined) return topic;
    throw new TypeError(`The stage ${this.stage.name} has no topic ${name}: add it to TOPIC_NAMES`);
  }

  private createBrokerGroup(network: Network): SecurityGroup {
    const group = network.securityGroup(
      this,
      'Brokers',
      'The brokers, and pollers of event sources',
    );
    group.connections.allowFrom(network.functions, Port.tcp(KAFKA_IAM_PORT), 'Functions');
    // The pollers of an event source have the security group of the brokers.
    group.connections.allowInternally(Port.tcp(KAFKA_IAM_PORT), 'Event sources');
    group.addEgressRule(Peer.anyIpv4(), Port.HTTPS, 'Event sources invoke functions');
    return group;
  }

  private createCluster(
    brokers: MskKafkaProps['brokers'],
    { vpc, subnets }: Network,
    group: SecurityGroup,
  ): CfnCluster {
    const { logRetention: retention, removalPolicy } = this.stage;
    const logs = createLogGroup(this, 'BrokerLogs', { retention, removalPolicy });
    const cluster = new CfnCluster(this, 'Cluster', {
      clusterName: Stack.of(this).stackName,
      kafkaVersion: brokers.kafkaVersion,
      numberOfBrokerNodes: brokers.count,
      brokerNodeGroupInfo: {
        instanceType: brokers.instanceType,
        clientSubnets: vpc.selectSubnets(subnets).subnetIds,
        securityGroups: [group.securityGroupId],
        storageInfo: { ebsStorageInfo: { volumeSize: brokers.storageGiB } },
        connectivityInfo: { publicAccess: { type: 'DISABLED' } },
      },
      clientAuthentication: {
        sasl: { iam: { enabled: true } },
        unauthenticated: { enabled: false },
      },
      // MSK always encrypts data at rest, here with the key that AWS manages.
      encryptionInfo: { encryptionInTransit: { clientBroker: 'TLS', inCluster: true } },
      loggingInfo: {
        brokerLogs: { cloudWatchLogs: { enabled: true, logGroup: logs.logGroupName } },
      },
      openMonitoring: brokers.openMonitoring ? PROMETHEUS : undefined,
    });
    return cluster;
  }

  /** MSK adds storage before a disk is full, at most once in six hours. */
  private growStorage(maxCapacity: number): void {
    const storage = new ScalableTarget(this, 'Storage', {
      serviceNamespace: ServiceNamespace.KAFKA,
      scalableDimension: 'kafka:broker-storage:VolumeSize',
      resourceId: this.cluster.attrArn,
      role: this.scalingRole(),
      minCapacity: 1,
      maxCapacity,
    });
    storage.scaleToTrackMetric('AtSixtyPercent', {
      predefinedMetric: PredefinedMetric.KAFKA_BROKER_STORAGE_UTILIZATION,
      targetValue: 60,
      disableScaleIn: true,
    });
  }

  /**
   * Application Auto Scaling creates this role itself, and accepts no other for MSK.
   * Source: the Application Auto Scaling user guide, "Service-linked roles".
   */
  private scalingRole(): IRole {
    const arn = Stack.of(this).formatArn({
      service: 'iam',
      region: '',
      resource: 'role/aws-service-role/kafka.application-autoscaling.amazonaws.com',
      resourceName: 'AWSServiceRoleForApplicationAutoScaling_KafkaCluster',
    });
    return Role.fromRoleArn(this, 'StorageRole', arn, { mutable: false });
  }

  private createTopic(topicName: TopicName): CfnTopic {
    const { topics } = this.stage;
    const settings = Object.entries(topicSettings(topicName, this.stage));
    const lines = settings.map(([name, value]) => `${name}=${value}`).join('\n');
    return new CfnTopic(this, logicalName('Topic', topicName), {
      clusterArn: this.cluster.attrArn,
      topicName,
      partitionCount: topics.partitions,
      replicationFactor: topics.replication,
      configs: Buffer.from(lines).toString('base64'),
    });
  }
}

const PROMETHEUS: CfnCluster.OpenMonitoringProperty = {
  prometheus: {
    jmxExporter: { enabledInBroker: true },
    nodeExporter: { enabledInBroker: true },
  },
};
