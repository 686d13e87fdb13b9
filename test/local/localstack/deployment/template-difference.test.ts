import { dev } from '../../../../lib/stages/dev';
import { localstack } from '../../../../lib/stages/localstack';
import type { StageConfig } from '../../../../lib/stages/stage-config';
import {
  differenceTable,
  type StageTemplates,
  templateDifferences,
} from '../../../../local/localstack/deployment/template-difference';
import { templatesOf } from '../../../lib/candlestream-templates';

function stageTemplates(stage: StageConfig): StageTemplates {
  const { data, pipeline } = templatesOf(stage);
  return { stage: stage.name, templates: { Data: data.toJSON(), Pipeline: pipeline.toJSON() } };
}

/** Templates of one function. */
function small(stage: string, properties: object, more: object = {}): StageTemplates {
  const Pipeline = {
    Resources: { Fetch: { Type: 'AWS::Lambda::Function', Properties: properties }, ...more },
  };
  return { stage, templates: { Data: { Resources: {} }, Pipeline } };
}

test('only this differs between the stages localstack and dev', () => {
  // The stage takes this machine's processor, which may be that of dev.
  const onOther = stageTemplates({ ...localstack, architecture: 'x86_64' });
  const lines = templateDifferences(stageTemplates(dev), onOther).map(
    ({ stack, type, what }) => `${stack} ${type} ${what}`,
  );
  expect(lines).toEqual([
    'Data AWS::ApplicationAutoScaling::ScalableTarget left out',
    'Data AWS::ApplicationAutoScaling::ScalingPolicy left out',
    'Data AWS::Cassandra::Keyspace left out',
    'Data AWS::Cassandra::Table left out',
    'Data AWS::EC2::Instance left out',
    'Data AWS::EC2::Route left out',
    'Data AWS::EC2::SecurityGroup SecurityGroupEgress',
    'Data AWS::EC2::SecurityGroup left out',
    'Data AWS::EC2::SecurityGroupEgress left out',
    'Data AWS::EC2::SecurityGroupIngress left out',
    'Data AWS::Glue::Registry left out',
    'Data AWS::Glue::Schema left out',
    'Data AWS::Glue::SchemaVersion left out',
    'Data AWS::IAM::InstanceProfile left out',
    'Data AWS::IAM::Role left out',
    'Data AWS::Logs::LogGroup left out',
    'Data AWS::MSK::Cluster left out',
    'Data AWS::MSK::Topic left out',
    'Data AWS::SSM::Parameter left out',
    'Pipeline AWS::CloudWatch::Alarm left out',
    'Pipeline AWS::CloudWatch::Dashboard DashboardBody',
    'Pipeline AWS::IAM::Policy PolicyDocument.Statement',
    'Pipeline AWS::Lambda::EventSourceMapping left out',
    'Pipeline AWS::Lambda::Function Architectures',
    'Pipeline AWS::Lambda::Function Environment.Variables.CASSANDRA_AUTHENTICATION',
    'Pipeline AWS::Lambda::Function Environment.Variables.CASSANDRA_CONTACT_POINTS',
    'Pipeline AWS::Lambda::Function Environment.Variables.CASSANDRA_LOCAL_DATA_CENTER',
    'Pipeline AWS::Lambda::Function Environment.Variables.FIRINGS_AHEAD_MINUTES',
    'Pipeline AWS::Lambda::Function Environment.Variables.KAFKA_BOOTSTRAP_SERVERS',
    'Pipeline AWS::Lambda::Function Environment.Variables.KAFKA_CLUSTER_ARN',
    'Pipeline AWS::Lambda::Function Environment.Variables.OPEN_WINDOWS_EVERY_MINUTES',
    'Pipeline AWS::Lambda::Function Environment.Variables.SCHEMA_VERSION_IDS',
    'Pipeline AWS::Lambda::Function Environment.Variables.STAGE',
    'Pipeline AWS::Lambda::Function VpcConfig.SubnetIds',
    'Pipeline AWS::SNS::TopicPolicy PolicyDocument.Statement',
  ]);
});

test('the names of the stages and the hashes of bundles make no difference', () => {
  const of = (stage: string, hex: string) =>
    small(stage, {
      Name: `Candlestream-${stage}-Data:Export`,
      Namespace: `Candlestream/${stage}`,
      Code: { S3Key: `${hex.repeat(64)}.zip` },
    });
  expect(templateDifferences(of('dev', 'a'), of('localstack', 'b'))).toEqual([]);
});

test('properties are named to the third level, resources as a whole, equal ones once', () => {
  const before = small(
    'dev',
    { Environment: { Variables: { A: '1', B: { Ref: 'X' } } }, List: [1] },
    { R1: { Type: 'AWS::EC2::Route' }, R2: { Type: 'AWS::EC2::Route' } },
  );
  const after = small(
    'localstack',
    { Environment: { Variables: { A: '2', B: 'x', C: '3' } }, List: [1, 2] },
    { Q: { Type: 'AWS::SQS::Queue' } },
  );
  const differences = templateDifferences(before, after);
  expect(differences).toMatchObject([
    { type: 'AWS::EC2::Route', what: 'left out', resources: 2 },
    { what: 'Environment.Variables.A', resources: 1 },
    { what: 'Environment.Variables.B' },
    { what: 'Environment.Variables.C' },
    { what: 'List' },
    { type: 'AWS::SQS::Queue', what: 'added' },
  ]);
  expect(differenceTable(differences).split('\n')[1]).toMatch(
    /^Pipeline +AWS::EC2::Route +left out +2$/,
  );
});
