import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accountCredentials, awsAccount } from '../../../ops/aws/aws-account';
import { OperationError } from '../../../ops/operation-error';
import { LookUpDeniedError } from '../../../ops/aws/account-look-up';
import { FakeAws, json, useOnly, useOwnEnvironment, xml } from './fake-aws';

const identityAnswer = xml(
  200,
  `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
    <Arn>arn:aws:iam::123456789012:user/ops</Arn><UserId>AIDAEXAMPLE</UserId><Account>123456789012</Account>
  </GetCallerIdentityResult></GetCallerIdentityResponse>`,
);

const stsError = (code: string, message: string) =>
  xml(
    403,
    `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>
      <Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
  );

const here = { profile: undefined, region: 'eu-central-1' };
let aws: FakeAws;
let url: string;
let folder: string;

beforeEach(async () => {
  aws = new FakeAws();
  url = await aws.start();
  folder = mkdtempSync(join(tmpdir(), 'candlestream-aws-'));
  useOnly(url, folder, ['STS', 'SSM']);
});

afterEach(async () => {
  useOwnEnvironment();
  rmSync(folder, { recursive: true });
  await aws.stop();
});

const withoutKeys = () => {
  Reflect.deleteProperty(process.env, 'AWS_ACCESS_KEY_ID');
  Reflect.deleteProperty(process.env, 'AWS_SECRET_ACCESS_KEY');
};

describe('the caller', () => {
  test('is whom STS names', async () => {
    aws.answer = identityAnswer;
    expect(await awsAccount(here).identity()).toEqual({
      account: '123456789012',
      arn: 'arn:aws:iam::123456789012:user/ops',
    });
    expect(aws.requests[0]?.headers.authorization).toContain('/eu-central-1/sts/aws4_request');
  });

  test('is checked where there is no region yet', async () => {
    aws.answer = identityAnswer;
    const { account } = await awsAccount({ profile: undefined, region: undefined }).identity();
    expect(account).toBe('123456789012');
  });

  test('is that of the profile', async () => {
    withoutKeys();
    writeFileSync(join(folder, 'config'), '[profile ops]\nregion = eu-west-3\n');
    writeFileSync(
      join(folder, 'credentials'),
      '[ops]\naws_access_key_id = AKIAPROFILE\naws_secret_access_key = secret\n',
    );
    aws.answer = identityAnswer;
    const account = awsAccount({ profile: 'ops', region: undefined });
    expect(await account.region()).toBe('eu-west-3');
    await account.identity();
    expect(aws.requests[0]?.headers.authorization).toContain('AKIAPROFILE');
    expect(aws.requests[0]?.headers.authorization).toContain('/eu-west-3/sts/');
  });

  test.each([
    ['ExpiredToken', 'The AWS credentials have expired (gone): sign in'],
    ['InvalidClientTokenId', 'STS rejects the AWS credentials (InvalidClientTokenId: gone)'],
    ['SignatureDoesNotMatch', 'STS rejects the AWS credentials (SignatureDoesNotMatch'],
    ['AccessDenied', 'The request to STS failed (AccessDenied: gone)'],
  ])('with %s is told, after one request', async (code, why) => {
    aws.answer = stsError(code, 'gone');
    const asked = awsAccount(here).identity();
    await expect(asked).rejects.toThrow(OperationError);
    await expect(asked).rejects.toThrow(why);
    expect(aws.requests).toHaveLength(1);
  });

  test('without credentials is told', async () => {
    withoutKeys();
    const asked = awsAccount(here).identity();
    await expect(asked).rejects.toThrow(OperationError);
    await expect(asked).rejects.toThrow('No AWS credentials were found');
    expect(aws.requests).toHaveLength(0);
  });

  test('is not waited for where a metadata service does not answer', async () => {
    withoutKeys();
    Reflect.deleteProperty(process.env, 'AWS_EC2_METADATA_DISABLED');
    process.env['AWS_EC2_METADATA_SERVICE_ENDPOINT'] = url;
    aws.answer = () => undefined;
    await expect(awsAccount(here).identity()).rejects.toThrow('No AWS credentials were found');
  });

  test('is not waited for where STS does not answer', async () => {
    aws.answer = () => undefined;
    const asked = awsAccount({ ...here, requestTimeoutMs: 50 }).identity();
    await expect(asked).rejects.toThrow(OperationError);
    await expect(asked).rejects.toThrow('The request to STS failed (TimeoutError');
    expect(aws.requests).toHaveLength(2);
  });

  test('is not waited for where finding credentials takes too long', async () => {
    withoutKeys();
    Reflect.deleteProperty(process.env, 'AWS_EC2_METADATA_DISABLED');
    process.env['AWS_EC2_METADATA_SERVICE_ENDPOINT'] = url;
    aws.answer = () => undefined;
    await expect(awsAccount({ ...here, questionTimeoutMs: 50 }).identity()).rejects.toThrow(
      'The request to STS failed (TimeoutError: no answer in 50 ms)',
    );
  });

  test('is not found where nothing listens', async () => {
    const other = new FakeAws();
    process.env['AWS_ENDPOINT_URL_STS'] = await other.start();
    await other.stop();
    await expect(awsAccount(here).identity()).rejects.toThrow(
      /The request to STS failed .*ECONNREFUSED/,
    );
  });
});

describe('the region', () => {
  test.each([
    [{ AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-2' }, 'eu-west-1'],
    [{ AWS_DEFAULT_REGION: 'eu-west-2' }, 'eu-west-2'],
    [{}, undefined],
  ])('of %j is %s', async (variables, region) => {
    Object.assign(process.env, variables);
    expect(await awsAccount({ profile: undefined, region: undefined }).region()).toBe(region);
  });

  test('that is asked for comes first', async () => {
    process.env['AWS_REGION'] = 'eu-west-1';
    expect(await awsAccount(here).region()).toBe('eu-central-1');
  });
});

describe('the bootstrap version', () => {
  const asked = () => awsAccount(here).bootstrapVersion('eu-west-1');

  test('is that of the parameter, in the region', async () => {
    aws.answer = json(200, { Parameter: { Name: 'any', Value: '30' } });
    expect(await asked()).toBe(30);
    expect(aws.requests[0]?.headers.authorization).toContain('/eu-west-1/ssm/aws4_request');
  });

  test('is none where there is no parameter', async () => {
    aws.answer = json(400, { __type: 'ParameterNotFound' });
    expect(await asked()).toBeUndefined();
  });

  test('that may not be read is denied', async () => {
    aws.answer = json(400, { __type: 'AccessDeniedException', message: 'not you' });
    await expect(asked()).rejects.toThrow(LookUpDeniedError);
    await expect(asked()).rejects.toThrow('SSM says not you');
  });

  test('is told where SSM fails, after two attempts', async () => {
    aws.answer = json(500, { __type: 'InternalServerError', message: 'down' });
    const failed = asked();
    await expect(failed).rejects.toThrow(OperationError);
    await expect(failed).rejects.toThrow('The request to SSM failed (InternalServerError: down)');
    expect(aws.requests).toHaveLength(2);
  });
});

it('finds the credentials for a service that the SDK does not call', async () => {
  process.env['AWS_ACCESS_KEY_ID'] = 'AKIDOFTEST';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'secret';
  process.env['AWS_SESSION_TOKEN'] = 'token';

  expect(await accountCredentials(here)).toEqual({
    accessKeyId: 'AKIDOFTEST',
    secretAccessKey: 'secret',
    sessionToken: 'token',
  });
  expect(aws.requests).toEqual([]);
});
