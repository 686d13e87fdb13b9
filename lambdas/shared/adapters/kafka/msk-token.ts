import { type AwsCredentials, scopeText, sha256, signature } from '../aws-signature';

/** Lifetime of a token, in seconds. */
const EXPIRES_SECONDS = 900;

/**
 * A token for MSK's IAM authentication (SASL OAUTHBEARER): a presigned
 * `kafka-cluster:Connect` request, in base64 for URLs.
 * Source: the `aws-msk-iam-sasl-signer-js` project, whose tokens it equals.
 *
 * @param input.atMs the signing time; the token is valid for 15 minutes from then
 */
export function mskToken(input: {
  readonly region: string;
  readonly credentials: AwsCredentials;
  readonly atMs: number;
}): string {
  const { region, credentials, atMs } = input;
  const time = new Date(atMs).toISOString().replace(/[-:]|\.\d{3}/g, '');
  const scope = { day: time.slice(0, 8), region, service: 'kafka-cluster' };
  const host = `kafka.${region}.amazonaws.com`;
  const query = queryOf(credentials, scopeText(scope), time);
  const canonical = ['GET', '/', query, `host:${host}`, '', 'host', sha256('')].join('\n');
  const signed = signature(credentials.secretAccessKey, scope, time, canonical);
  const url = `https://${host}/?${query}&X-Amz-Signature=${signed}&User-Agent=candlestream`;
  return Buffer.from(url).toString('base64url');
}

/** Parameters in the order that is signed: by name. */
function queryOf(credentials: AwsCredentials, scope: string, time: string): string {
  const { accessKeyId, sessionToken } = credentials;
  const parameters: [string, string][] = [
    ['Action', 'kafka-cluster:Connect'],
    ['X-Amz-Algorithm', 'AWS4-HMAC-SHA256'],
    ['X-Amz-Credential', `${accessKeyId}/${scope}`],
    ['X-Amz-Date', time],
    ['X-Amz-Expires', String(EXPIRES_SECONDS)],
    ...(sessionToken === undefined
      ? []
      : [['X-Amz-Security-Token', sessionToken] as [string, string]]),
    ['X-Amz-SignedHeaders', 'host'],
  ];
  return parameters.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
}
