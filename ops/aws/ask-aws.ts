import { types } from 'node:util';
import { OperationError } from '../operation-error';
import { LookUpDeniedError } from './account-look-up';

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

/** Configuration of a client of the SDK that gives up in time. */
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

/** A service of AWS that is asked. */
export interface Respondent {
  readonly service: string;
  /** Closed after the question. */
  readonly client: { destroy(): void };
  /** @default 15000 */
  readonly timeoutMs?: number | undefined;
  /** If true, a caller who may not ask gets a LookUpDeniedError. */
  readonly mayDeny?: boolean;
}

/**
 * Asks a service of AWS. A signal does not end all of a question: finding credentials may run a
 * program, or ask a server.
 *
 * @throws OperationError with the remedy, LookUpDeniedError
 */
export async function ask<Answer>(
  respondent: Respondent,
  question: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  const { client, timeoutMs = QUESTION_TIMEOUT_MS } = respondent;
  const signal = AbortSignal.timeout(timeoutMs);
  const ended = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () =>
      reject(new QuestionTimeoutError(`no answer in ${timeoutMs} ms`)),
    );
  });
  try {
    return await Promise.race([question(signal), ended]);
  } catch (cause) {
    throw explained(respondent, cause);
  } finally {
    client.destroy();
  }
}

/**
 * Asks a service with a client of its own for each question; a caller who may not
 * ask gets a LookUpDeniedError.
 */
export function asker<Client extends { destroy(): void }>(
  { questionTimeoutMs: timeoutMs }: AwsAccountOptions,
  service: string,
  create: () => Client,
) {
  return <Answer>(
    question: (client: Client, signal: AbortSignal) => Promise<Answer>,
  ): Promise<Answer> => {
    const client = create();
    return ask({ service, client, timeoutMs, mayDeny: true }, (signal) => question(client, signal));
  };
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
const DENIED = new Set(['AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation']);
const MISTAKES = new Set(['TypeError', 'ReferenceError', 'RangeError']);
const SIGN_IN =
  'sign in (aws sso login), give --profile, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY';

/** A failure with its remedy; a mistake in the program stays as it is. */
function explained({ service, mayDeny = false }: Respondent, cause: unknown): unknown {
  if (!types.isNativeError(cause) || MISTAKES.has(cause.name)) return cause;
  if (mayDeny && DENIED.has(cause.name)) {
    return new LookUpDeniedError(`${service} says ${cause.message}`, { cause });
  }
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
