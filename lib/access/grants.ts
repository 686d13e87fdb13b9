import { ArnFormat, Fn, Stack, Validations } from 'aws-cdk-lib';
import type { CfnTable } from 'aws-cdk-lib/aws-cassandra';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { CfnCluster, CfnTopic } from 'aws-cdk-lib/aws-msk';
import { Construct, type IConstruct } from 'constructs';
import { acceptFinding } from '../checks/accept-finding';

/** Allows writing records to a topic, from connecting to the brokers on. */
export function grantWriteTopic(grantee: IGrantable, cluster: CfnCluster, topic: CfnTopic): void {
  grantConnect(grantee, cluster);
  allow(grantee, ['DescribeTopic', 'WriteData'].map(kafkaAction), [
    kafkaArn(cluster, 'topic', topic.topicName),
  ]);
}

/**
 * Allows an event source to read a topic as a consumer group: its pollers have
 * the role of the function that they invoke.
 * Source: the AWS Lambda developer guide, "Configuring Lambda permissions for
 * Amazon MSK event source mappings".
 */
export function grantPollTopic(
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
  allow(
    grantee,
    [
      kafkaAction('DescribeClusterDynamicConfiguration'),
      'kafka:DescribeCluster',
      'kafka:DescribeClusterV2',
    ],
    [cluster.attrArn],
  );
  allowNetworkInterfaces(grantee);
}

/** Allows a function to run in a network, and to write its log. */
export function grantRun(grantee: IGrantable, log: ILogGroup): void {
  allow(grantee, ['logs:CreateLogStream', 'logs:PutLogEvents'], [log.logGroupArn]);
  allowNetworkInterfaces(grantee);
}

/** Allows reading rows of a table. */
export function grantSelect(grantee: IGrantable, table: CfnTable): void {
  allow(grantee, ['cassandra:Select'], [tableArn(table)]);
  allowSystemTables(grantee, table);
}

/** Allows writing rows of a table. */
export function grantModify(grantee: IGrantable, table: CfnTable): void {
  allow(grantee, ['cassandra:Modify'], [tableArn(table)]);
  allowSystemTables(grantee, table);
}

/**
 * Lets the driver see the nodes behind an endpoint of Keyspaces: without it,
 * `system.peers` has only one.
 * Source: the Amazon Keyspaces developer guide, "Using Amazon Keyspaces with interface VPC endpoints".
 */
export function grantDescribeEndpoint(grantee: IGrantable): void {
  allow(grantee, ['ec2:DescribeNetworkInterfaces', 'ec2:DescribeVpcEndpoints'], EVERYTHING);
  acknowledgeEverything(
    grantee,
    'EC2 supports no resource but * for describing network interfaces and endpoints',
  );
}

/**
 * Lambda creates network interfaces with the role of the function. They have no
 * names beforehand, and AWS's own policy names no resources either.
 * Source: the AWS Lambda developer guide, "Giving Lambda functions access to resources in an Amazon VPC".
 */
function allowNetworkInterfaces(grantee: IGrantable): void {
  const actions = [
    'CreateNetworkInterface',
    'DeleteNetworkInterface',
    'DescribeNetworkInterfaces',
    'DescribeSecurityGroups',
    'DescribeSubnets',
    'DescribeVpcs',
    'AssignPrivateIpAddresses',
    'UnassignPrivateIpAddresses',
  ];
  allow(
    grantee,
    actions.map((action) => `ec2:${action}`),
    EVERYTHING,
  );
  acknowledgeEverything(grantee, NO_NAMES);
  const policy = policyOf(grantee);
  if (policy !== undefined) acceptFinding(policy, 'CKV_AWS_111', NO_NAMES);
}

const NO_NAMES =
  'Lambda creates network interfaces with the role of the function; they have no names beforehand';

/** The policy that a role's permissions are added to; undefined for another kind of principal. */
function policyOf({ grantPrincipal }: IGrantable): IConstruct | undefined {
  return Construct.isConstruct(grantPrincipal)
    ? grantPrincipal.node.tryFindChild('DefaultPolicy')
    : undefined;
}

const EVERYTHING = ['*'];
/** Source: the Amazon Keyspaces developer guide, "Amazon Keyspaces identity-based policy examples". */
const SYSTEM_TABLES = '/keyspace/system*';

/**
 * Allows connecting to the brokers, and looking up their addresses. Of the look-up, the service
 * authorization reference names no resource, so that a policy must allow it on everything; the
 * Amazon MSK developer guide grants it on a cluster. On everything is right in both readings, and
 * the addresses of other clusters open nothing: only `Connect` does.
 */
function grantConnect(grantee: IGrantable, cluster: CfnCluster): void {
  allow(grantee, [kafkaAction('Connect')], [cluster.attrArn]);
  allow(grantee, ['kafka:GetBootstrapBrokers'], EVERYTHING);
  acknowledgeEverything(
    grantee,
    'The service authorization reference names no resource for looking up brokers',
  );
}

function allow(grantee: IGrantable, actions: string[], resources: string[]): void {
  grantee.grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions, resources }));
}

function acknowledgeEverything(grantee: IGrantable, reason: string): void {
  acknowledge(grantee, 'AwsSolutions-IAM5[Resource::*]', reason);
}

/** Records the reason why a security check of the role may pass. */
function acknowledge({ grantPrincipal }: IGrantable, id: string, reason: string): void {
  if (Construct.isConstruct(grantPrincipal)) {
    Validations.of(grantPrincipal).acknowledge({ id, reason });
  }
}

function kafkaAction(name: string): string {
  return `kafka-cluster:${name}`;
}

/** The ARN of a cluster ends in `cluster/<name>/<uuid>`; topics and groups have the same name and UUID. */
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

/** A driver reads the system tables when it connects: `system`, `system_schema` and `system_schema_mcs`. */
function allowSystemTables(grantee: IGrantable, table: CfnTable): void {
  allow(grantee, ['cassandra:Select'], [keyspacesArn(table, SYSTEM_TABLES)]);
  acknowledge(
    grantee,
    `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:cassandra:<AWS::Region>:<AWS::AccountId>:${SYSTEM_TABLES}]`,
    'The system tables of Keyspaces are granted as a whole; they are read-only and hold no candles',
  );
}

/** The ARN of a resource of Keyspaces with a path such as `/keyspace/candlestream/table/gaps`. */
export function keyspacesArn(scope: IConstruct, resource: string): string {
  const arnFormat = ArnFormat.NO_RESOURCE_NAME;
  return Stack.of(scope).formatArn({ service: 'cassandra', resource, arnFormat });
}
