import {
  deploy,
  failureReasons,
  isBootstrapped,
} from '../../../../local/localstack/deployment/deploy';
import { functionsOf } from '../../../../local/localstack/deployment/deployed-functions';
import { awsEnvironment, localstackProject } from '../../../../local/localstack/localstack-project';
import { freePort } from '../../../../cli/free-port';
import type { CommandLimits } from '../../../../cli/processes/run-command';

const project = localstackProject({ LOCALSTACK_PORT: '14566' });

const FAILED = [
  'Candlestream-localstack-Pipeline |  4/16 | 8:06:02 AM | CREATE_COMPLETE | AWS::IAM::Role | FetchRole (FetchRole1A0AB0CA)',
  'Candlestream-localstack-Pipeline |  4/16 | 8:06:03 AM | CREATE_FAILED        | AWS::Lambda::EventSourceMapping | Persist/EventSource (Persist51) Resource provider operation failed: Unsupported event source mapping source service',
  'Candlestream-localstack-Pipeline |  4/16 | 8:06:03 AM | CREATE_FAILED        | AWS::Lambda::Function | Fetch (Fetch84857CE8) ',
  '❌  Candlestream-localstack-Pipeline failed: ToolkitError: The stack failed',
  '    at FullCloudFormationDeployment.monitorDeployment (/x/index.js:1:2)',
].join('\n');

test("a failed deployment has LocalStack's reasons, without what failed in their wake", () => {
  expect(failureReasons(FAILED)).toEqual([
    'CREATE_FAILED AWS::Lambda::EventSourceMapping Persist/EventSource (Persist51) Resource provider operation failed: Unsupported event source mapping source service',
  ]);
});

test('without a failed resource, it has what cdk says of the stack', () => {
  const stuck = 'The stack named X is in a failed state. You may need to delete it: DELETE_FAILED';
  expect(failureReasons(`publishing\n${stuck}\n    at y`)).toEqual([stuck]);
});

test('cdk deploys the stacks of the stage into LocalStack, as nobody in particular', async () => {
  const calls: [readonly string[], CommandLimits][] = [];
  await deploy({
    project,
    assembly: '/out',
    run: (_file, args, limits) => {
      calls.push([args, limits]);
      return Promise.resolve({ exitCode: 0, stdout: '', stderr: '' });
    },
  });
  expect(calls).toMatchObject([
    [
      expect.arrayContaining(['deploy', 'Candlestream-localstack-*', '--app', '/out']),
      {
        environment: {
          AWS_ENDPOINT_URL: 'http://127.0.0.1:14566',
          AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:14566',
          AWS_ACCESS_KEY_ID: 'test',
        },
      },
    ],
  ]);
});

test('a deployment that fails says why, and what to do', async () => {
  const failing = deploy({
    project,
    assembly: '/out',
    run: () => Promise.resolve({ exitCode: 1, stdout: '', stderr: FAILED }),
  });
  await expect(failing).rejects.toMatchObject({
    name: 'DeployFailedError',
    message: expect.stringMatching(
      /^"cdk deploy" failed:\nCREATE_FAILED .*source service\nCorrect it and run again/,
    ) as string,
  });
});

test('a deployment that is stopped ends with the reason, not with what cdk made of it', async () => {
  const stopping = new AbortController();
  const stopped = deploy({
    project,
    assembly: '/out',
    signal: stopping.signal,
    run: () => {
      stopping.abort(new Error('Ctrl-C'));
      return Promise.reject(new Error('"cdk" could not be run: The operation was aborted'));
    },
  });
  await expect(stopped).rejects.toThrow('Ctrl-C');
});

test('a LocalStack that does not answer is named with its port', async () => {
  const nobody = localstackProject({ LOCALSTACK_PORT: String(await freePort()) });
  await expect(isBootstrapped(nobody)).rejects.toMatchObject({
    name: 'DeployFailedError',
    message: expect.stringMatching(/does not answer on port \d+ \(.*ECONNREFUSED/) as string,
  });
});

test("the user's own endpoints do not lead cdk to AWS", () => {
  const environment = awsEnvironment(project, {
    AWS_ENDPOINT_URL_SSM: 'https://ssm.aws',
    HOME: '/',
  });
  expect(environment).toMatchObject({
    AWS_ENDPOINT_URL: 'http://127.0.0.1:14566',
    AWS_ENDPOINT_URL_SSM: 'http://127.0.0.1:14566',
  });
  expect(environment).not.toHaveProperty('HOME');
});

function deployed(name: string, service: string) {
  return {
    FunctionName: name,
    Timeout: 55,
    Environment: { Variables: { POWERTOOLS_SERVICE_NAME: service } },
  };
}

test('functions are found by their stack, and by what they call themselves', () => {
  const found = functionsOf([
    deployed('Other-Fetch', 'fetch'),
    deployed('Candlestream-localstack-Pipeline-B-1', 'persist'),
    deployed('Candlestream-localstack-Pipeline-A-2', 'fetch'),
    deployed('Candlestream-localstack-Pipeline-C-3', 'transform'),
    deployed('Candlestream-localstack-Pipeline-D-4', 'reconcile'),
  ]);
  expect(found.fetch).toEqual({
    functionName: 'Candlestream-localstack-Pipeline-A-2',
    timeoutMs: 55_000,
  });
  expect(found.persist.functionName).toBe('Candlestream-localstack-Pipeline-B-1');
});

test('a function that is not deployed is named', () => {
  expect(() => functionsOf([deployed('Candlestream-localstack-Pipeline-A', 'fetch')])).toThrow(
    'The function reconcile is not deployed in LocalStack: run "npm run localstack"',
  );
});
