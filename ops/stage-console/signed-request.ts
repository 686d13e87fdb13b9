import {
  type AwsCredentials,
  scopeText,
  sha256,
  signature,
} from '../../lambdas/shared/adapters/aws-signature';

/** A `GET` or `HEAD` without a body, before it is signed. */
export interface UnsignedRequest {
  readonly method: 'GET' | 'HEAD';
  readonly host: string;
  /** As it is sent, with its escapes. */
  readonly path: string;
  /** Names and values before any escaping, in the order in which they are sent. */
  readonly parameters: readonly (readonly [name: string, value: string])[];
}

/** Options for signing: credentials, service and time. */
export interface SigningTerms {
  readonly credentials: AwsCredentials;
  readonly region: string;
  readonly service: string;
  readonly atMs: number;
}

/**
 * The headers that sign a request, `host` not among them.
 * Source: the AWS Signature Version 4 documentation, "Create a signed AWS API request".
 */
export function signedHeaders(
  request: UnsignedRequest,
  { credentials, region, service, atMs }: SigningTerms,
): Record<string, string> {
  const time = new Date(atMs).toISOString().replace(/[-:]|\.\d+/g, '');
  const token = credentials.sessionToken;
  const headers = {
    'x-amz-date': time,
    ...(token === undefined ? {} : { 'x-amz-security-token': token }),
  };
  const signed = Object.entries({ host: request.host, ...headers }).sort(byName);
  const names = signed.map(([name]) => name).join(';');
  const canonical = [
    request.method,
    // Every service but S3 has the path escaped once more.
    request.path.split('/').map(escaped).join('/'),
    canonicalQuery(request.parameters),
    ...signed.map(([name, value]) => `${name}:${value}`),
    '',
    names,
    sha256(''),
  ].join('\n');
  const scope = { day: time.slice(0, 8), region, service };
  const made = signature(credentials.secretAccessKey, scope, time, canonical);
  const credential = `${credentials.accessKeyId}/${scopeText(scope)}`;
  return {
    ...headers,
    authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}, Signature=${made}`,
  };
}

/** A query as it is sent: with every character escaped that a signature expects to be. */
export function queryText(parameters: UnsignedRequest['parameters']): string {
  return parameters.map(([name, value]) => `${escaped(name)}=${escaped(value)}`).join('&');
}

function canonicalQuery(parameters: UnsignedRequest['parameters']): string {
  const pairs = parameters.map(([name, value]) => [escaped(name), escaped(value)] as const);
  const ordered = pairs.sort(([a, c], [b, d]) => (a === b ? order(c, d) : order(a, b)));
  return ordered.map(([name, value]) => `${name}=${value}`).join('&');
}

function byName([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return order(a, b);
}

function order(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** RFC 3986: all but letters, digits and `-_.~`. */
function escaped(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
