import { ArnFormat, Fn, Stack } from 'aws-cdk-lib';
import type { CfnTable } from 'aws-cdk-lib/aws-cassandra';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { CfnCluster, CfnTopic } from 'aws-cdk-lib/aws-msk';

/** Allows writing records to a topic, from connecting to the brokers on. */
export function grantWriteTopic(grantee: IGrantable, cluster: CfnCluster, topic: CfnTopic): void {
  grantConnect(grantee, cluster);
  allow(grantee, ['DescribeTopic', 'WriteData'].map(kafkaAction), [
    kafkaArn(cluster, 'topic', topic.topicName),
  ]);
}

/**
 * Allows an event source to read a topic as a consumer group: its pollers act
 * as the function that they invoke.
 */
export function grantReadTopic(
  grantee: IGrantable,
  cluster: CfnCluster,
  topic: CfnTopic,
  consumerGroup: string,
): void {
  grantConnect(grantee, cluster);
  allow(grantee, ['DescribeTopic', 'ReadData'].map(kafkaAction), [
    kafkaArn(cluster, 'topic', topic.topicName),
  ]);
  allow(grantee, ['DescribeGroup', 'AlterGroup'].map(kafkaAction), [
    kafkaArn(cluster, 'group', consumerGroup),
  ]);
  allow(grantee, [kafkaAction('DescribeClusterDynamicConfiguration')], [cluster.attrArn]);
}

/** Allows reading rows of a table. */
export function grantSelect(grantee: IGrantable, table: CfnTable): void {
  allow(grantee, ['cassandra:Select'], [tableArn(table), systemTablesArn(table)]);
}

/** Allows writing rows of a table. */
export function grantModify(grantee: IGrantable, table: CfnTable): void {
  allow(grantee, ['cassandra:Modify'], [tableArn(table)]);
  // A driver reads what the cluster is when it connects.
  allow(grantee, ['cassandra:Select'], [systemTablesArn(table)]);
}

function grantConnect(grantee: IGrantable, cluster: CfnCluster): void {
  allow(grantee, [kafkaAction('Connect'), 'kafka:GetBootstrapBrokers'], [cluster.attrArn]);
}

function allow(grantee: IGrantable, actions: string[], resources: string[]): void {
  grantee.grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions, resources }));
}

function kafkaAction(name: string): string {
  return `kafka-cluster:${name}`;
}

/** The ARN of a cluster ends in `cluster/<name>/<uuid>`; those of its topics and groups have the same two. */
function kafkaArn(cluster: CfnCluster, resource: 'topic' | 'group', name: string): string {
  const nameAndId = Fn.select(1, Fn.split(':cluster/', cluster.attrArn));
  return Stack.of(cluster).formatArn({
    service: 'kafka',
    resource,
    resourceName: `${nameAndId}/${name}`,
  });
}

function tableArn(table: CfnTable): string {
  return keyspacesArn(table, `/keyspace/${table.keyspaceName}/table/${String(table.tableName)}`);
}

/** `system`, `system_schema` and `system_schema_mcs`: what Keyspaces tells of itself. */
function systemTablesArn(table: CfnTable): string {
  return keyspacesArn(table, '/keyspace/system*');
}

function keyspacesArn(table: CfnTable, resource: string): string {
  const arnFormat = ArnFormat.NO_RESOURCE_NAME;
  return Stack.of(table).formatArn({ service: 'cassandra', resource, arnFormat });
}
