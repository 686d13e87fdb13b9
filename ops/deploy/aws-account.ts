import { types } from 'node:util';
import { GetParameterCommand, ParameterNotFound, SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { DeploymentProblem } from './deployment-problem';
import { type AccountLookUp, LookUpDeniedError } from './preflight';

/** Where to look, and for how long. */
export interface AwsAccountOptions {
  /** Of AWS's configuration files; undefined: the credentials of the environment. */
  readonly profile: string | undefined;
  /** Undefined: that of the environment or the profile. */
  readonly region: string | undefined;
  /** Of one request. @default 5000 */
  readonly requestTimeoutMs?: number;
  /** Of a question with its repetitions, and with finding credentials. @default 15000 */
  readonly questionTimeoutMs?: number;
}

const CONNECTION_TIMEOUT_MS = 2_000;
const REQUEST_TIMEOUT_MS = 5_000;
const QUESTION_TIMEOUT_MS = 15_000;
const MAX_ATTEMPTS = 2;

/** Has an STS everywhere, so that credentials can be checked before a region is chosen. */
const ANY_REGION = 'us-east-1';

/** Written by `cdk bootstrap`, under the CDK's own qualifier. */
const BOOTSTRAP_PARAMETER = '/cdk-bootstrap/hnb659fds/version';

/** Looks in an AWS account, as the SDK's own chain of credentials and regions finds it. */
export function awsAccount(options: AwsAccountOptions): AccountLookUp {
  const { questionTimeoutMs = QUESTION_TIMEOUT_MS } = options;
  const region = () => configuredRegion(options);
  return {
    region,
    identity: async () => {
      const client = new STSClient(clientConfig(options, (await region()) ?? ANY_REGION));
      const answer = await ask('STS', questionTimeoutMs, client, (abortSignal) =>
        client.send(new GetCallerIdentityCommand({}), { abortSignal }),
      );
      const { Account: account, Arn: arn } = answer;
      if (account !== undefined && arn !== undefined) return { account, arn };
      throw new DeploymentProblem('STS did not tell the account of the credentials: try again');
    },
    bootstrapVersion: async (inRegion) => {
      const client = new SSMClient(clientConfig(options, inRegion));
      return ask('SSM', questionTimeoutMs, client, (abortSignal) =>
        readBootstrapVersion(client, abortSignal),
      );
    },
  };
}

async function readBootstrapVersion(
  client: SSMClient,
  abortSignal: AbortSignal,
): Promise<number | undefined> {
  try {
    const command = new GetParameterCommand({ Name: BOOTSTRAP_PARAMETER });
    const { Parameter: parameter } = await client.send(command, { abortSignal });
    return Number(parameter?.Value);
  } catch (cause) {
    if (cause instanceof ParameterNotFound) return undefined;
    if (types.isNativeError(cause) && cause.name === 'AccessDeniedException') {
      throw new LookUpDeniedError(`SSM says ${cause.message}`, { cause });
    }
    throw cause;
  }
}

/** The variables that cdk reads too, then the profile. */
async function configuredRegion({
  profile,
  region,
}: AwsAccountOptions): Promise<string | undefined> {
  const chosen = region ?? process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION'];
  if (chosen !== undefined && chosen !== '') return chosen;
  try {
    return await new STSClient({ profile }).config.region();
  } catch (error) {
    if (error instanceof Error && error.message === 'Region is missing') return undefined;
    throw error;
  }
}

function clientConfig({ profile, requestTimeoutMs }: AwsAccountOptions, region: string) {
  const timeoutMs = requestTimeoutMs ?? REQUEST_TIMEOUT_MS;
  return {
    ...{ profile, region, maxAttempts: MAX_ATTEMPTS },
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: timeoutMs,
      // Without it a request that takes too long is only warned of.
      throwOnRequestTimeout: true,
    },
  };
}

/** A question has no answer in time; the SDK names its own error so too. */
class QuestionTimeoutError extends Error {
  override readonly name = 'TimeoutError';
}

/** Not all of a question ends with its signal: finding credentials may run a program, or ask a server. */
async function ask<T>(
  service: string,
  timeoutMs: number,
  client: { destroy(): void },
  question: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const signal = AbortSignal.timeout(timeoutMs);
  const ended = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () =>
      reject(new QuestionTimeoutError(`no answer in ${timeoutMs} ms`)),
    );
  });
  try {
    return await Promise.race([question(signal), ended]);
  } catch (cause) {
    throw told(service, cause);
  } finally {
    client.destroy();
  }
}

const NO_CREDENTIALS = new Set(['CredentialsProviderError', 'TokenProviderError']);
const EXPIRED = new Set(['ExpiredToken', 'ExpiredTokenException', 'RequestExpired']);
const NOT_TAKEN = new Set([
  'InvalidClientTokenId',
  'UnrecognizedClientException',
  'SignatureDoesNotMatch',
  'InvalidSignatureException',
  'IncompleteSignature',
  'AuthFailure',
]);
const MISTAKES = new Set(['TypeError', 'ReferenceError', 'RangeError']);
const SIGN_IN =
  'sign in (aws sso login), give --profile, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY';

/** A failure, with what to do about it; a mistake in the program stays as it is. */
function told(service: string, cause: unknown): unknown {
  if (!types.isNativeError(cause) || MISTAKES.has(cause.name)) return cause;
  if (cause instanceof LookUpDeniedError) return cause;
  return new DeploymentProblem(explanation(service, cause), { cause });
}

function explanation(service: string, error: Error): string {
  const { name, message } = error;
  if (NO_CREDENTIALS.has(name)) return `There are no AWS credentials (${message}): ${SIGN_IN}`;
  if (EXPIRED.has(name)) return `The AWS credentials have expired (${message}): ${SIGN_IN}`;
  if (NOT_TAKEN.has(name)) {
    return `${service} does not take the AWS credentials (${name}: ${message}): ${SIGN_IN}; a region that is off by default must be enabled in the account`;
  }
  const said = message === '' ? name : `${name}: ${message}`;
  return `${service} cannot be asked (${said}): check the name of the region, the network and its proxy, and try again`;
}
