import { auth } from 'cassandra-driver';
import { type AwsCredentials, scopeText, sha256, signature } from '../aws-signature';

/** Lifetime of a signature, in seconds. */
const EXPIRES_SECONDS = 900;
const INITIAL_RESPONSE = Buffer.from('SigV4\0\0', 'utf8');

/** A challenge that is not one of Keyspaces. */
export class KeyspacesChallengeError extends Error {
  override readonly name = 'KeyspacesChallengeError';
}

/**
 * Authenticates to Amazon Keyspaces with AWS Signature Version 4: Keyspaces
 * sends a nonce, and the response signs it.
 * Source: the `aws-sigv4-auth-cassandra-nodejs-driver-plugin` project, whose responses it equals.
 */
export class KeyspacesAuthProvider extends auth.PlainTextAuthProvider {
  readonly #region: string;
  readonly #credentials: () => AwsCredentials;

  constructor(region: string, credentials: () => AwsCredentials) {
    // The driver accepts subclasses of its abstract provider only. Its types do not export that
    // one as a class, so this extends the nearest class that they do export.
    super('', '');
    this.#region = region;
    this.#credentials = credentials;
  }

  override newAuthenticator(): auth.Authenticator {
    return new KeyspacesAuthenticator(this.#region, this.#credentials);
  }
}

class KeyspacesAuthenticator implements auth.Authenticator {
  readonly #region: string;
  readonly #credentials: () => AwsCredentials;

  constructor(region: string, credentials: () => AwsCredentials) {
    this.#region = region;
    this.#credentials = credentials;
  }

  initialResponse(callback: (error: Error | null, answer?: Buffer) => void): void {
    callback(null, INITIAL_RESPONSE);
  }

  evaluateChallenge(
    challenge: Buffer,
    callback: (error: Error | null, answer?: Buffer) => void,
  ): void {
    try {
      const nonce = nonceOf(challenge);
      const credentials = this.#credentials();
      callback(
        null,
        Buffer.from(signedAnswer({ nonce, region: this.#region, credentials, atMs: Date.now() })),
      );
    } catch (error) {
      callback(error instanceof Error ? error : new KeyspacesChallengeError(String(error)));
    }
  }

  /** Nothing in the message of success is needed. */
  onAuthenticationSuccess(): void {}
}

function nonceOf(challenge: Buffer): string {
  const nonce = /nonce=([^,]+)/.exec(challenge.toString('utf8'))?.[1];
  if (nonce === undefined) {
    throw new KeyspacesChallengeError(
      'The challenge holds no nonce; check that the contact point is an endpoint of Keyspaces',
    );
  }
  return nonce;
}

/** Response to a challenge: `signature=...,access_key=...,amzdate=...[,session_token=...]`. */
export function signedAnswer(input: {
  readonly nonce: string;
  readonly region: string;
  readonly credentials: AwsCredentials;
  readonly atMs: number;
}): string {
  const { nonce, region, credentials, atMs } = input;
  const time = new Date(atMs).toISOString();
  const scope = { day: time.slice(0, 10).replaceAll('-', ''), region, service: 'cassandra' };
  const query = [
    'X-Amz-Algorithm=AWS4-HMAC-SHA256',
    `X-Amz-Credential=${encodeURIComponent(`${credentials.accessKeyId}/${scopeText(scope)}`)}`,
    `X-Amz-Date=${encodeURIComponent(time)}`,
    `X-Amz-Expires=${EXPIRES_SECONDS}`,
  ].join('&');
  const canonical = [
    'PUT',
    '/authenticate',
    query,
    'host:cassandra',
    '',
    'host',
    sha256(nonce),
  ].join('\n');
  const signed = signature(credentials.secretAccessKey, scope, time, canonical);
  const token = credentials.sessionToken;
  return [
    `signature=${signed}`,
    `access_key=${credentials.accessKeyId}`,
    `amzdate=${time}`,
    ...(token === undefined ? [] : [`session_token=${token}`]),
  ].join(',');
}
