import { mkdtempSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { awsRegion } from '../../../ops/aws/aws-region';
import { LookUpDeniedError } from '../../../ops/aws/account-look-up';
import { OperationError } from '../../../ops/operation-error';
import { type Answer, FakeAws, json, useOnly, useOwnEnvironment, xml } from './fake-aws';

const EC2 = 'http://ec2.amazonaws.com/doc/2016-11-15/';
const CLOUDFORMATION = 'http://cloudformation.amazonaws.com/doc/2010-05-15/';

let aws: FakeAws;
let folder: string;
/** Answers by the action that a request names. */
let answers: Record<string, Answer>;
let asked: string[];

beforeEach(async () => {
  aws = new FakeAws();
  answers = {};
  asked = [];
  folder = mkdtempSync(join(tmpdir(), 'candlestream-region-'));
  const services = ['EC2', 'LAMBDA', 'SERVICE_QUOTAS', 'CLOUDFORMATION', 'KAFKA'];
  useOnly(await aws.start(), folder, services);
  aws.answer = (response, request) => {
    void actionOf(request).then(({ action, body }) => {
      asked.push(body);
      const answer = answers[action];
      if (answer === undefined) response.destroy(new Error(`unexpected action ${action}`));
      else answer(response, request);
    });
  };
});

afterEach(async () => {
  useOwnEnvironment();
  rmSync(folder, { recursive: true });
  await aws.stop();
});

/** The Query protocol names the action in the body, JSON in a header, REST in the path. */
async function actionOf(request: IncomingMessage): Promise<{ action: string; body: string }> {
  const body = await text(request);
  const target = String(request.headers['x-amz-target'] ?? '').split('.')[1];
  const action = new URLSearchParams(body).get('Action') ?? target ?? request.url ?? '';
  return { action, body };
}

const here = () => awsRegion({ profile: undefined, region: undefined }, 'eu-west-1');

const ec2 = (action: string, content: string) =>
  xml(200, `<${action}Response xmlns="${EC2}">${content}</${action}Response>`);

const ec2Error = (code: string, message: string) =>
  xml(
    400,
    `<Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors></Response>`,
  );

const cloudFormation = (action: string, content: string) =>
  xml(
    200,
    `<${action}Response xmlns="${CLOUDFORMATION}"><${action}Result>${content}</${action}Result></${action}Response>`,
  );

const cloudFormationError = (code: string, message: string) =>
  xml(
    400,
    `<ErrorResponse xmlns="${CLOUDFORMATION}"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
  );

test('the concurrency is that of the account in the region', async () => {
  answers['/2016-08-19/account-settings'] = json(200, {
    AccountLimit: { ConcurrentExecutions: 10, UnreservedConcurrentExecutions: 4 },
  });
  expect(await here().concurrency()).toEqual({ limit: 10, unreserved: 4 });
  expect(aws.requests[0]?.headers.authorization).toContain('/eu-west-1/lambda/aws4_request');
});

test('the zones are in the order of their names', async () => {
  const zone = (name: string, id: string) =>
    `<item><zoneName>${name}</zoneName><zoneId>${id}</zoneId></item>`;
  answers['DescribeAvailabilityZones'] = ec2(
    'DescribeAvailabilityZones',
    `<availabilityZoneInfo>${zone('eu-west-1b', 'euw1-az1')}${zone('eu-west-1a', 'euw1-az3')}</availabilityZoneInfo>`,
  );
  expect(await here().zones()).toEqual([
    { name: 'eu-west-1a', id: 'euw1-az3' },
    { name: 'eu-west-1b', id: 'euw1-az1' },
  ]);
  expect(new URLSearchParams(asked[0]).get('Filter.1.Value.1')).toBe('available');
});

test('the zones of an endpoint are those of the service in the region', async () => {
  answers['DescribeVpcEndpointServices'] = ec2(
    'DescribeVpcEndpointServices',
    '<serviceDetailSet><item><availabilityZoneSet><item>eu-west-1a</item><item>eu-west-1c</item></availabilityZoneSet></item></serviceDetailSet>',
  );
  expect(await here().endpointZones('cassandra')).toEqual(['eu-west-1a', 'eu-west-1c']);
  expect(new URLSearchParams(asked[0]).get('ServiceName.1')).toBe(
    'com.amazonaws.eu-west-1.cassandra',
  );
});

test('a service that the region lacks has no zones', async () => {
  answers['DescribeVpcEndpointServices'] = ec2Error('InvalidServiceName', 'does not exist');
  expect(await here().endpointZones('cassandra')).toEqual([]);
});

test('VPCs are counted, against the quota of the account', async () => {
  answers['DescribeVpcs'] = ec2('DescribeVpcs', '<vpcSet><item/><item/></vpcSet>');
  answers['GetServiceQuota'] = json(200, { Quota: { Value: 7 } });
  expect(await here().vpcs()).toEqual({ used: 2, quota: 7 });
  expect(JSON.parse(asked[1] ?? '')).toEqual({ ServiceCode: 'vpc', QuotaCode: 'L-F678F1CE' });
});

test('elastic IP addresses are counted, against the default of a quota that was never set', async () => {
  answers['DescribeAddresses'] = ec2('DescribeAddresses', '<addressesSet><item/></addressesSet>');
  answers['GetServiceQuota'] = json(400, { __type: 'NoSuchResourceException', Message: 'none' });
  answers['GetAWSDefaultServiceQuota'] = json(200, { Quota: { Value: 5 } });
  expect(await here().elasticIps()).toEqual({ used: 1, quota: 5 });
});

test('a stack is its status and its template', async () => {
  const template = {
    Metadata: { any: 1 },
    Resources: { Topic: { Type: 'AWS::SNS::Topic' } },
    Outputs: {},
  };
  answers['DescribeStacks'] = cloudFormation(
    'DescribeStacks',
    '<Stacks><member><StackId>arn:stack</StackId><StackName>S</StackName><StackStatus>UPDATE_COMPLETE</StackStatus></member></Stacks>',
  );
  answers['GetTemplate'] = cloudFormation(
    'GetTemplate',
    `<TemplateBody>${JSON.stringify(template)}</TemplateBody>`,
  );
  expect(await here().stack('S')).toEqual({
    id: 'arn:stack',
    status: 'UPDATE_COMPLETE',
    template: {
      Metadata: { any: 1 },
      Outputs: {},
      Resources: { Topic: { Type: 'AWS::SNS::Topic' } },
    },
  });
});

test.each(['', '<TemplateBody/>', '<TemplateBody></TemplateBody>'])(
  'a stack that was never made has an empty template: %j',
  async (body) => {
    answers['DescribeStacks'] = cloudFormation(
      'DescribeStacks',
      '<Stacks><member><StackId>arn:stack</StackId><StackName>S</StackName><StackStatus>REVIEW_IN_PROGRESS</StackStatus></member></Stacks>',
    );
    answers['GetTemplate'] = cloudFormation('GetTemplate', body);
    expect(await here().stack('S')).toEqual({
      id: 'arn:stack',
      status: 'REVIEW_IN_PROGRESS',
      template: { Resources: {} },
    });
  },
);

test('a stack that there is not is none', async () => {
  answers['DescribeStacks'] = cloudFormationError(
    'ValidationError',
    'Stack with id S does not exist',
  );
  expect(await here().stack('S')).toBeUndefined();
});

test.each([
  [
    'EC2',
    () => here().zones(),
    'DescribeAvailabilityZones',
    ec2Error('UnauthorizedOperation', 'not you'),
  ],
  [
    'CloudFormation',
    () => here().stack('S'),
    'DescribeStacks',
    cloudFormationError('AccessDenied', 'not you'),
  ],
  [
    'Lambda',
    () => here().concurrency(),
    '/2016-08-19/account-settings',
    json(403, { __type: 'AccessDeniedException', Message: 'not you' }),
  ],
] as const)('%s may deny the look-up', async (service, question, action, answer) => {
  answers[action] = answer;
  const denied = question();
  await expect(denied).rejects.toThrow(LookUpDeniedError);
  await expect(denied).rejects.toThrow(`${service} says not you`);
});

test('a failure has a remedy', async () => {
  answers['DescribeAvailabilityZones'] = xml(500, '<Response/>');
  const failed = here().zones();
  await expect(failed).rejects.toThrow(OperationError);
  await expect(failed).rejects.toThrow(/^The request to EC2 failed .*try again$/);
});

test('the zones of a type of instance are those that EC2 offers it in', async () => {
  answers['DescribeInstanceTypeOfferings'] = ec2(
    'DescribeInstanceTypeOfferings',
    '<instanceTypeOfferingSet><item><instanceType>t4g.nano</instanceType><location>eu-west-1a</location></item><item><instanceType>t4g.nano</instanceType><location>eu-west-1b</location></item></instanceTypeOfferingSet>',
  );
  expect(await here().instanceZones('t4g.nano')).toEqual(['eu-west-1a', 'eu-west-1b']);
  const asking = new URLSearchParams(asked[0]);
  expect(asking.get('LocationType')).toBe('availability-zone');
  expect(asking.get('Filter.1.Value.1')).toBe('t4g.nano');
});

test('brokers are those of all provisioned clusters, and their quota is found by its name', async () => {
  answers['/api/v2/clusters'] = json(200, {
    clusterInfoList: [
      { provisioned: { numberOfBrokerNodes: 3 } },
      { serverless: {} },
      { provisioned: { numberOfBrokerNodes: 2 } },
    ],
  });
  answers['ListServiceQuotas'] = json(200, {
    Quotas: [
      { QuotaName: 'Number of brokers per cluster', Value: 30 },
      { QuotaName: 'Number of brokers per account', Value: 90 },
    ],
  });
  expect(await here().brokers()).toEqual({ used: 5, quota: 90 });
  answers['ListServiceQuotas'] = json(200, { Quotas: [] });
  await expect(here().brokers()).rejects.toThrow(
    'Service Quotas lists no "Number of brokers per account"',
  );
});

test('disks of brokers are found by the stack that the cluster is of', async () => {
  const arn = 'arn:aws:kafka:eu-west-1:123456789012:cluster/one/1';
  answers['DescribeStackResource'] = cloudFormation(
    'DescribeStackResource',
    `<StackResourceDetail><PhysicalResourceId>${arn}</PhysicalResourceId></StackResourceDetail>`,
  );
  answers[`/api/v2/clusters/${encodeURIComponent(arn)}`] = json(200, {
    clusterInfo: {
      provisioned: {
        brokerNodeGroupInfo: { storageInfo: { ebsStorageInfo: { volumeSize: 40 } } },
      },
    },
  });
  expect(await here().brokerDiskGiB({ stack: 'S', logicalId: 'Cluster' })).toBe(40);
});
