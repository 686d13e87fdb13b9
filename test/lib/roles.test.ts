import type { App } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { addStage } from '../../lib/candlestream';
import type { StageConfig } from '../../lib/stages/stage-config';
import { dev } from '../../lib/stages/dev';
import { prod } from '../../lib/stages/prod';
import { unbundledApp } from '../../lib/unbundled-app';
import { accessTypesOf, type Roles, rolesOf } from './roles-of';

// What each role may do, and with what: whoever widens a role changes this list too.

/** What has no name, or none before it is there: the network interfaces of a function. */
const ON_EVERYTHING = [
  'ec2:AssignPrivateIpAddresses *',
  'ec2:CreateNetworkInterface *',
  'ec2:DeleteNetworkInterface *',
  'ec2:DescribeNetworkInterfaces *',
  'ec2:DescribeSecurityGroups *',
  'ec2:DescribeSubnets *',
  'ec2:DescribeVpcEndpoints *',
  'ec2:DescribeVpcs *',
  'ec2:UnassignPrivateIpAddresses *',
];
const SYSTEM_TABLES = 'cassandra:Select /keyspace/system*';
/**
 * AWS's documents do not agree on what the look-up of brokers is allowed on: on nothing by name
 * (the service authorization reference), or on a cluster (the Amazon MSK developer guide). It
 * must work in both readings.
 */
const LOOK_UP_BROKERS = 'kafka:GetBootstrapBrokers *';
const CONNECT = ['kafka-cluster:Connect {KafkaCluster}', LOOK_UP_BROKERS];

const log = (logs: string) => [`logs:CreateLogStream {${logs}}`, `logs:PutLogEvents {${logs}}`];
const write = (topic: string) => [
  `kafka-cluster:DescribeTopic topic/{KafkaCluster}/${topic}`,
  `kafka-cluster:WriteData topic/{KafkaCluster}/${topic}`,
];
const poll = (topic: string, group: string) => [
  'kafka-cluster:DescribeClusterDynamicConfiguration {KafkaCluster}',
  'kafka:DescribeCluster {KafkaCluster}',
  'kafka:DescribeClusterV2 {KafkaCluster}',
  `kafka-cluster:DescribeTopic topic/{KafkaCluster}/${topic}`,
  `kafka-cluster:ReadData topic/{KafkaCluster}/${topic}`,
  `kafka-cluster:AlterGroup group/{KafkaCluster}/${group}`,
  `kafka-cluster:DescribeGroup group/{KafkaCluster}/${group}`,
];
const table = (name: string) => `/keyspace/{KeyspacesKeyspace}/table/${name}`;

const inOrder = (permissions: readonly string[]) => [...new Set(permissions)].sort();
const LAMBDA = ['sts:AssumeRole by lambda.amazonaws.com'];

/** The roles of a stage; `undelivered` is what the pollers of its event sources may do besides. */
const expectedRoles = (stage: string, undelivered: readonly string[]): Roles => ({
  NetworkVpcRefusalsIAMRole: {
    trust: ['sts:AssumeRole by vpc-flow-logs.amazonaws.com'],
    permissions: inOrder([...log('NetworkRefusals'), 'logs:DescribeLogStreams {NetworkRefusals}']),
  },
  FetchRole: {
    trust: LAMBDA,
    permissions: inOrder([
      ...log('FetchLogs'),
      ...ON_EVERYTHING,
      ...CONNECT,
      ...write('candles.observed'),
      SYSTEM_TABLES,
      `cassandra:Select ${table('progress')}`,
      `cassandra:Modify ${table('progress')}`,
    ]),
  },
  ReconcileRole: {
    trust: LAMBDA,
    permissions: inOrder([
      ...log('ReconcileLogs'),
      ...ON_EVERYTHING,
      ...CONNECT,
      ...write('candles.observed'),
      SYSTEM_TABLES,
      `cassandra:Select ${table('progress')}`,
      `cassandra:Modify ${table('progress')}`,
      `cassandra:Select ${table('days')}`,
      `cassandra:Modify ${table('days')}`,
    ]),
  },
  TransformRole: {
    trust: LAMBDA,
    permissions: inOrder([
      ...log('TransformLogs'),
      ...ON_EVERYTHING,
      ...CONNECT,
      ...poll('candles.observed', `candlestream-${stage}.transform`),
      ...write('candles.rolled'),
      ...write('candles.dead-letter'),
      ...undelivered,
      SYSTEM_TABLES,
      `cassandra:Select ${table('candles')}`,
      `cassandra:Select ${table('days')}`,
    ]),
  },
  QueryRole: {
    trust: LAMBDA,
    // It reads, and knows nothing of Kafka.
    permissions: inOrder([
      ...log('QueryLogs'),
      ...ON_EVERYTHING,
      SYSTEM_TABLES,
      `cassandra:Select ${table('candles')}`,
      `cassandra:Select ${table('progress')}`,
      `cassandra:Select ${table('gaps')}`,
      `cassandra:Select ${table('days')}`,
    ]),
  },
  PersistRole: {
    trust: LAMBDA,
    permissions: inOrder([
      ...log('PersistLogs'),
      ...ON_EVERYTHING,
      ...CONNECT,
      ...poll('candles.rolled', `candlestream-${stage}.persist`),
      ...write('candles.dead-letter'),
      ...undelivered,
      SYSTEM_TABLES,
      `cassandra:Select ${table('candles')}`,
      `cassandra:Select ${table('gaps')}`,
      `cassandra:Select ${table('progress')}`,
      `cassandra:Select ${table('days')}`,
      `cassandra:Modify ${table('days')}`,
      `cassandra:Modify ${table('candles')}`,
      `cassandra:Modify ${table('gaps')}`,
      `cassandra:Modify ${table('progress')}`,
    ]),
  },
});

function appOf(stage: StageConfig): App {
  const app = unbundledApp();
  addStage(app, stage);
  return app;
}

/** An instance has a role; that of the NAT instance allows nothing. */
const NAT_INSTANCE = {
  NetworkVpcEgressSubnet1NatInstanceInstanceRole: {
    trust: ['sts:AssumeRole by ec2.amazonaws.com'],
    permissions: [],
  },
};

describe.each([
  // On demand a batch is repeated until it succeeds: nothing is given up, and kept elsewhere.
  { name: 'dev', stage: dev, undelivered: [], more: NAT_INSTANCE },
  { name: 'prod', stage: prod, undelivered: write('candles.undelivered'), more: {} },
])('the roles of the stage $name', ({ name, stage, undelivered, more }) => {
  let app: App;
  let roles: Roles;
  beforeAll(() => {
    app = appOf(stage);
    roles = rolesOf(app);
  });

  it('may do what is listed, and no more', () => {
    expect(roles).toEqual({ ...expectedRoles(stage.name, undelivered), ...more });
  });

  it('name their resources, but for network interfaces, the look-up of brokers and the tables of the system', () => {
    const permissions = Object.values(roles).flatMap((role) => role.permissions);
    const wide = permissions.filter((permission) => permission.includes('*'));
    expect(inOrder(wide)).toEqual(inOrder([...ON_EVERYTHING, LOOK_UP_BROKERS, SYSTEM_TABLES]));
  });

  it('give all access, beside the rules that fire functions and the alarms that notify their topics', () => {
    expect(accessTypesOf(app)).toEqual([
      ...(name === 'dev' ? ['AWS::IAM::InstanceProfile'] : []),
      'AWS::IAM::Policy',
      'AWS::IAM::Role',
      'AWS::Lambda::Permission',
      'AWS::SNS::TopicPolicy',
    ]);
  });
});

describe('the list of roles', () => {
  const CLUSTER = 'arn:aws:kafka:eu-west-1:111122223333:cluster/other/1';
  let roles: Roles;
  beforeAll(() => {
    const app = appOf(dev);
    const fetch = app.node.findChild('Candlestream-dev-Pipeline').node.findChild('FetchRole');
    if (!(fetch instanceof Role)) throw new TypeError('Expected fetch to have a role');
    fetch.addToPolicy(new PolicyStatement({ actions: ['kafka:*'], resources: [CLUSTER] }));
    fetch.addManagedPolicy(ManagedPolicy.fromAwsManagedPolicyName('ReadOnlyAccess'));
    roles = rolesOf(app);
  });

  it('tells of a statement and of a managed policy that are added', () => {
    const before = expectedRoles('dev', [])['FetchRole']?.permissions ?? [];
    const added = roles['FetchRole']?.permissions.filter((one) => !before.includes(one));
    expect(added).toEqual([
      'arn:{AWS::Partition}:iam::aws:policy/ReadOnlyAccess',
      `kafka:* ${CLUSTER}`,
    ]);
  });
});
