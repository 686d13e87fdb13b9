import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { LookUpDeniedError } from '../../../ops/aws/account-look-up';
import { awsLeftovers } from '../../../ops/destroy/aws-leftovers';
import { type Answer, FakeAws, json, useOnly, useOwnEnvironment, xml } from '../aws/fake-aws';

let aws: FakeAws;
let folder: string;
/** The answers, in the order of the requests. */
let answers: Answer[];
let asked: string[];

beforeEach(async () => {
  aws = new FakeAws();
  answers = [];
  asked = [];
  folder = mkdtempSync(join(tmpdir(), 'candlestream-left-'));
  useOnly(await aws.start(), folder, ['EC2', 'CLOUDFORMATION', 'CLOUDWATCH_LOGS']);
  aws.answer = (response, request) => {
    const answer = answers.shift();
    void text(request).then((body) => {
      asked.push(body);
      if (answer === undefined) response.destroy(new Error('an unexpected request'));
      else answer(response, request);
    });
  };
});

afterEach(async () => {
  useOwnEnvironment();
  rmSync(folder, { recursive: true });
  await aws.stop();
});

const here = () => awsLeftovers({ profile: undefined, region: undefined }, 'eu-west-1');

const cloudFormation = (action: string, content: string) =>
  xml(
    200,
    `<${action}Response xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><${action}Result>${content}</${action}Result></${action}Response>`,
  );

test('of the deleted stacks of a name, the last one is found', async () => {
  const deleted = (name: string, id: string, day: string) =>
    `<member><StackName>${name}</StackName><StackId>${id}</StackId><StackStatus>DELETE_COMPLETE</StackStatus><CreationTime>2026-01-01T00:00:00Z</CreationTime><DeletionTime>2026-11-${day}T00:00:00Z</DeletionTime></member>`;
  const page = (members: string, next: string) =>
    cloudFormation('ListStacks', `<StackSummaries>${members}</StackSummaries>${next}`);
  const pages = [
    page(
      deleted('S', 'arn:first', '02') + deleted('Other', 'arn:other', '05'),
      '<NextToken>more</NextToken>',
    ),
    page(deleted('S', 'arn:last', '04') + deleted('S', 'arn:second', '03'), ''),
  ];
  answers = [...pages];
  expect(await here().deletedStackId('S')).toBe('arn:last');
  answers = [page('', '')];
  expect(await here().deletedStackId('S')).toBeUndefined();
});

test('a deleted stack is asked for by its id, page by page', async () => {
  const page = (id: string, status: string, next: string) =>
    cloudFormation(
      'ListStackResources',
      `<StackResourceSummaries><member><LogicalResourceId>Logs</LogicalResourceId><PhysicalResourceId>${id}</PhysicalResourceId><ResourceType>AWS::Logs::LogGroup</ResourceType><ResourceStatus>${status}</ResourceStatus></member></StackResourceSummaries>${next}`,
    );
  answers = [
    page('one', 'DELETE_SKIPPED', '<NextToken>more</NextToken>'),
    page('two', 'DELETE_COMPLETE', ''),
  ];
  expect(await here().stackResources('arn:stack')).toEqual([
    {
      logicalId: 'Logs',
      physicalId: 'one',
      type: 'AWS::Logs::LogGroup',
      status: 'DELETE_SKIPPED',
      reason: undefined,
    },
    {
      logicalId: 'Logs',
      physicalId: 'two',
      type: 'AWS::Logs::LogGroup',
      status: 'DELETE_COMPLETE',
      reason: undefined,
    },
  ]);
  expect(asked.map((body) => new URLSearchParams(body).get('NextToken'))).toEqual([null, 'more']);
});

test('a stack is its id and its status', async () => {
  answers = [
    cloudFormation(
      'DescribeStacks',
      '<Stacks><member><StackId>arn:stack</StackId><StackName>S</StackName><StackStatus>DELETE_FAILED</StackStatus></member></Stacks>',
    ),
  ];
  expect(await here().stack('S')).toEqual({ id: 'arn:stack', status: 'DELETE_FAILED' });
});

test('the network interfaces are those of the VPC', async () => {
  answers = [
    xml(
      200,
      '<DescribeNetworkInterfacesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><networkInterfaceSet><item><networkInterfaceId>eni-1</networkInterfaceId><interfaceType>lambda</interfaceType><description>AWS Lambda VPC ENI</description></item></networkInterfaceSet></DescribeNetworkInterfacesResponse>',
    ),
  ];
  expect(await here().networkInterfaces('vpc-1')).toEqual([
    { id: 'eni-1', type: 'lambda', description: 'AWS Lambda VPC ENI' },
  ]);
  expect(new URLSearchParams(asked[0]).get('Filter.1.Value.1')).toBe('vpc-1');
});

test('the log groups are those of the prefix', async () => {
  answers = [json(200, { logGroups: [{ logGroupName: 'Candlestream-dev-A', storedBytes: 7 }] })];
  expect(await here().logGroups('Candlestream-dev-')).toEqual([
    { name: 'Candlestream-dev-A', storedBytes: 7 },
  ]);
  expect(JSON.parse(asked[0] ?? '')).toEqual({ logGroupNamePrefix: 'Candlestream-dev-' });
});

test('a caller who may not look is told so', async () => {
  answers = [json(400, { __type: 'AccessDeniedException', message: 'not you' })];
  const denied = here().logGroups('Candlestream-dev-');
  await expect(denied).rejects.toThrow(LookUpDeniedError);
  await expect(denied).rejects.toThrow('CloudWatch Logs says not you');
});
