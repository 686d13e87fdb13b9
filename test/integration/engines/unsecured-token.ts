/**
 * A JSON web token without a signature, which Kafka's own validator takes.
 * Source: RFC 7515, appendix A.5, and the Kafka documentation, "Authentication using SASL/OAUTHBEARER".
 */
export function unsecuredToken(lifetimeMs: number): string {
  const issued = Date.now() / 1_000;
  const claims = { sub: 'candlestream', iat: issued, exp: issued + lifetimeMs / 1_000 };
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part(claims)}.`;
}
