import { prod } from '../../../lib/stages/prod';
import { resourcesOf } from '../../../ops/stages/stage-resources';
import { LookUpDeniedError } from '../../../ops/aws/account-look-up';
import { removalOf } from '../../../ops/destroy/removal';
import { whatIsLeft } from '../../../ops/destroy/what-is-left';
import { FakeLeftovers, resource } from './fake-leftovers';

const DELETED = {
  stage: 'dev',
  region: 'eu-west-1',
  stackIds: ['arn:pipeline', 'arn:data'],
  goneNames: [],
};

test('what the stage keeps is listed, what costs money first', async () => {
  const lookUp = new FakeLeftovers();
  lookUp.logs = ['Candlestream-dev-Data-KafkaBrokerLogs-1'];
  lookUp.resources = [
    resource('AWS::EC2::VPC', 'vpc-1', 'DELETE_COMPLETE'),
    resource('AWS::Cassandra::Keyspace', 'candlestream_dev', 'DELETE_SKIPPED'),
    resource('AWS::Cassandra::Table', 'candlestream_dev|candles', 'DELETE_SKIPPED'),
    resource('AWS::Logs::LogGroup', 'Candlestream-dev-Data-KafkaBrokerLogs-1', 'DELETE_SKIPPED'),
    resource('AWS::Glue::SchemaVersion', 'a-version', 'DELETE_SKIPPED'),
  ];
  expect(await whatIsLeft(DELETED, lookUp)).toBe(
    [
      'Left of the stage dev in eu-west-1, with the commands that remove it for good:',
      '- costs money: AWS::Cassandra::Table candlestream_dev|candles (kept by the stage)',
      '  aws keyspaces delete-table --keyspace-name candlestream_dev --table-name candles --region eu-west-1',
      '- costs money: AWS::Logs::LogGroup Candlestream-dev-Data-KafkaBrokerLogs-1 (kept by the stage)',
      '  aws logs delete-log-group --log-group-name Candlestream-dev-Data-KafkaBrokerLogs-1 --region eu-west-1',
      '- free: AWS::Cassandra::Keyspace candlestream_dev (kept by the stage)',
      '  aws keyspaces delete-keyspace --keyspace-name candlestream_dev --region eu-west-1',
      '',
    ].join('\n'),
  );
});

test('what could not be deleted is listed with the reason', async () => {
  const lookUp = new FakeLeftovers();
  lookUp.resources = [resource('AWS::EC2::EIP', '1.2.3.4', 'DELETE_FAILED', 'still in use')];
  expect(await whatIsLeft(DELETED, lookUp)).toContain(
    `- costs money: AWS::EC2::EIP 1.2.3.4 (DELETE_FAILED: still in use)\n  aws ec2 release-address --allocation-id "$(aws ec2 describe-addresses --public-ips 1.2.3.4 --query 'Addresses[0].AllocationId' --output text --region eu-west-1)" --region eu-west-1\n`,
  );
});

test('what an earlier deletion kept is listed again', async () => {
  const lookUp = new FakeLeftovers();
  lookUp.resources = [
    resource('AWS::Cassandra::Table', 'candlestream_dev|candles', 'DELETE_SKIPPED'),
    resource('AWS::EC2::VPC', 'vpc-1', 'DELETE_COMPLETE'),
  ];
  lookUp.deleted.set('Candlestream-dev-Data', 'arn:data');
  const goneNames = ['Candlestream-dev-Pipeline', 'Candlestream-dev-Data'];
  const gone = { ...DELETED, stackIds: [], goneNames };
  expect(await whatIsLeft(gone, lookUp)).toBe(
    [
      'Left of the stage dev in eu-west-1, with the commands that remove it for good:',
      '- costs money: AWS::Cassandra::Table candlestream_dev|candles (kept by an earlier deletion, unless someone has removed it since)',
      '  aws keyspaces delete-table --keyspace-name candlestream_dev --table-name candles --region eu-west-1',
      '',
    ].join('\n'),
  );
});

test('a caller who may not look reads why nothing is listed', async () => {
  const lookUp = new FakeLeftovers();
  lookUp.logGroups = () => Promise.reject(new LookUpDeniedError('CloudWatch Logs says no'));
  expect(await whatIsLeft(DELETED, lookUp)).toBe(
    'What is left of the stage dev could not be found out: CloudWatch Logs says no\n',
  );
});

test('what prod keeps has a command, or goes with what has one', () => {
  const kept = new Set(
    resourcesOf(prod)
      .map(({ type }) => type)
      .filter((type) => /^AWS::(Cassandra|Glue|Logs)::/.test(type)),
  );
  const without = [...kept].filter((type) => removalOf(type, 'any', 'eu-west-1') === undefined);
  expect(without).toEqual(['AWS::Glue::SchemaVersion']);
});
