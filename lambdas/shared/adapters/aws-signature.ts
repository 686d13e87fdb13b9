import { createHash, createHmac } from 'node:crypto';

/** Credentials of a role. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** The environment of a function holds no credentials. */
export class CredentialsMissingError extends Error {
  override readonly name = 'CredentialsMissingError';
}

/**
 * Reads the credentials that Lambda puts into the environment of a function.
 * They are valid for as long as Lambda keeps the process.
 * Source: the AWS Lambda developer guide, "Defined runtime environment variables".
 *
 * @throws CredentialsMissingError
 */
export function credentialsFromEnvironment(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): AwsCredentials {
  const accessKeyId = notEmpty(environment['AWS_ACCESS_KEY_ID']);
  const secretAccessKey = notEmpty(environment['AWS_SECRET_ACCESS_KEY']);
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    throw new CredentialsMissingError(
      'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set; Lambda sets them from the role of the function',
    );
  }
  return {
    accessKeyId,
    secretAccessKey,
    sessionToken: notEmpty(environment['AWS_SESSION_TOKEN']),
  };
}

/** An empty variable counts as not set, as in the AWS SDKs. */
function notEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

/** Day, region and service that a signature is valid for. */
export interface SignatureScope {
  readonly day: string;
  readonly region: string;
  readonly service: string;
}

/** A scope as it is signed: `20261123/us-east-1/kafka-cluster/aws4_request`. */
export function scopeText({ day, region, service }: SignatureScope): string {
  return `${day}/${region}/${service}/aws4_request`;
}

/** SHA-256 of a text, in hex. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/**
 * Signature of a canonical request, in hex.
 * Source: the AWS Signature Version 4 documentation, "Create a signed AWS API request".
 *
 * @param time the signing time, in the form that the signed protocol prescribes
 */
export function signature(
  secretAccessKey: string,
  scope: SignatureScope,
  time: string,
  canonicalRequest: string,
): string {
  const text = ['AWS4-HMAC-SHA256', time, scopeText(scope), sha256(canonicalRequest)].join('\n');
  const key = [scope.day, scope.region, scope.service, 'aws4_request'].reduce<Buffer>(
    (secret, part) => createHmac('sha256', secret).update(part).digest(),
    Buffer.from(`AWS4${secretAccessKey}`),
  );
  return createHmac('sha256', key).update(text).digest('hex');
}
