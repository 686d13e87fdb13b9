import { types } from 'node:util';
import { GetParameterCommand, ParameterNotFound, SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { OperationError } from '../operation-error';
import { type AccountLookUp, LookUpDeniedError } from './account-look-up';

/** Options for looking in an AWS account. */
export interface AwsAccountOptions {
  /** A profile of AWS's configuration files; undefined for the credentials of the environment. */
  readonly profile: string | undefined;
  /** Undefined for the region of the environment or the profile. */
  readonly region: string | undefined;
  /** Limit for one request. @default 5000 */
  readonly requestTimeoutMs?: number;
  /** Limit for a question: finding credentials, requests and retries. @default 15000 */
  readonly questionTimeoutMs?: number;
}

const CONNECTION_TIMEOUT_MS = 2_000;
const REQUEST_TIMEOUT_MS = 5_000;
const QUESTION_TIMEOUT_MS = 15_000;
const MAX_ATTEMPTS = 2;

/** STS answers here for every account, so that credentials can be checked before a region is chosen. */
const ANY_REGION = 'us-east-1';

/** Written by `cdk bootstrap`, under the CDK's own qualifier. */
const BOOTSTRAP_PARAMETER = '/cdk-bootstrap/hnb659fds/version';

/** Looks in the AWS account that the SDK's own chain of credentials and regions finds. */
export function awsAccount(options: AwsAccountOptions): AccountLookUp {
  const { questionTimeoutMs: timeoutMs = QUESTION_TIMEOUT_MS } = options;
  const region = () => configuredRegion(options);
  return {
    region,
    identity: async () => {
      const client = new STSClient(clientConfig(options, (await region()) ?? ANY_REGION));
      const answer = await ask({ service: 'STS', client, timeoutMs }, (abortSignal) =>
        client.send(new GetCallerIdentityCommand({}), { abortSignal }),
      );
      const { Account: account, Arn: arn } = answer;
      if (account !== undefined && arn !== undefined) return { account, arn };
      throw new OperationError('STS did not name the account of the credentials: try again');
    },
    bootstrapVersion: async (inRegion) => {
      const client = new SSMClient(clientConfig(options, inRegion));
      return ask({ service: 'SSM', client, timeoutMs }, (abortSignal) =>
        readBootstrapVersion(client, abortSignal),
      );
    },
  };
}

/** Credentials of a caller. */
export interface AccountCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/**
 * The credentials that the SDK's own chain finds, for a service that the SDK does not call.
 *
 * @throws OperationError if there are none
 */
export async function accountCredentials(
  options: Pick<AwsAccountOptions, 'profile' | 'region'>,
): Promise<AccountCredentials> {
  const client = new STSClient(
    clientConfig(options, (await configuredRegion(options)) ?? ANY_REGION),
  );
  const { accessKeyId, secretAccessKey, sessionToken } = await ask({ service: 'STS', client }, () =>
    client.config.credentials(),
  );
  return { accessKeyId, secretAccessKey, sessionToken };
}

/**
 * The same, again and again: those that expire are found anew in time.
 *
 * @returns a function that rejects with an OperationError if there are none
 */
export function credentialSource(
  options: Pick<AwsAccountOptions, 'profile' | 'region'>,
): () => Promise<AccountCredentials> {
  // Its provider keeps credentials until shortly before their end.
  const client = new STSClient(clientConfig(options, options.region ?? ANY_REGION));
  const kept = { destroy: () => undefined };
  return () => ask({ service: 'STS', client: kept }, () => client.config.credentials());
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

/** Configuration of a client of the SDK. */
export function clientConfig({ profile, requestTimeoutMs }: AwsAccountOptions, region: string) {
  const timeoutMs = requestTimeoutMs ?? REQUEST_TIMEOUT_MS;
  return {
    profile,
    region,
    maxAttempts: MAX_ATTEMPTS,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: timeoutMs,
      // Without it, a request that takes too long causes a warning only.
      throwOnRequestTimeout: true,
    },
  };
}

/** A question is not answered in time. The SDK gives its own error the same name. */
class QuestionTimeoutError extends Error {
  override readonly name = 'TimeoutError';
}

/** A service that is asked. */
export interface Respondent {
  readonly service: string;
  /** Is destroyed once the question is answered. */
  readonly client: { destroy(): void };
  /** @default 15000 */
  readonly timeoutMs?: number;
}

/**
 * Asks a service. A signal does not end all of a question: finding credentials may run a program,
 * or ask a server.
 *
 * @throws OperationError with a remedy if it does not answer, or refuses
 */
export async function ask<Answer>(
  { service, client, timeoutMs = QUESTION_TIMEOUT_MS }: Respondent,
  question: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  const signal = AbortSignal.timeout(timeoutMs);
  const ended = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () =>
      reject(new QuestionTimeoutError(`no answer in ${timeoutMs} ms`)),
    );
  });
  try {
    return await Promise.race([question(signal), ended]);
  } catch (cause) {
    throw explained(service, cause);
  } finally {
    client.destroy();
  }
}

const NO_CREDENTIALS = new Set(['CredentialsProviderError', 'TokenProviderError']);
const EXPIRED = new Set(['ExpiredToken', 'ExpiredTokenException', 'RequestExpired']);
const REJECTED = new Set([
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

/** A failure with its remedy; a mistake in the program stays as it is. */
function explained(service: string, cause: unknown): unknown {
  if (!types.isNativeError(cause) || MISTAKES.has(cause.name)) return cause;
  if (cause instanceof LookUpDeniedError) return cause;
  return new OperationError(explanation(service, cause), { cause });
}

function explanation(service: string, error: Error): string {
  const { name, message } = error;
  if (NO_CREDENTIALS.has(name)) return `No AWS credentials were found (${message}): ${SIGN_IN}`;
  if (EXPIRED.has(name)) return `The AWS credentials have expired (${message}): ${SIGN_IN}`;
  if (REJECTED.has(name)) {
    return `${service} rejects the AWS credentials (${name}: ${message}): ${SIGN_IN}; a region that is off by default must be enabled in the account first`;
  }
  const said = message === '' ? name : `${name}: ${message}`;
  return `The request to ${service} failed (${said}): check the name of the region, the network and its proxy, and try again`;
}
