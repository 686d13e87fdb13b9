import { generateAuthTokenFromCredentialsProvider } from 'aws-msk-iam-sasl-signer-js';
import fc from 'fast-check';
import type { AwsCredentials } from '../../../../../lambdas/shared/adapters/aws-signature';
import { mskToken } from '../../../../../lambdas/shared/adapters/kafka/msk-token';
import { SESSION_TOKENS, SIGNERS } from '../../../../fakes/aws-credentials';
import { fakeDate } from '../../../../fakes/fake-date';

const INPUT = {
  region: 'us-east-1',
  credentials: {
    accessKeyId: 'AKIDEXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  },
  atMs: Date.parse('2026-01-15T12:07:00Z'),
};

function urlOf(token: string): URL {
  return new URL(Buffer.from(token, 'base64url').toString());
}

describe('mskToken', () => {
  it('is a presigned request to connect', () => {
    const url = urlOf(mskToken(INPUT));

    expect([url.protocol, url.host, url.pathname]).toEqual([
      'https:',
      'kafka.us-east-1.amazonaws.com',
      '/',
    ]);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      Action: 'kafka-cluster:Connect',
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Credential': 'AKIDEXAMPLE/20260115/us-east-1/kafka-cluster/aws4_request',
      'X-Amz-Date': '20260115T120700Z',
      'X-Amz-Expires': '900',
      'X-Amz-SignedHeaders': 'host',
      'X-Amz-Signature': '810818543cb8fd8ec0e1e5540b39bb3d45f97be53dadb768ab205b45021fd367',
      'User-Agent': 'candlestream',
    });
  });

  it('signs the session token of temporary credentials', () => {
    const sessionToken = 'IQoJb3JpZ2luX2VjE/token+with=signs';
    const { searchParams } = urlOf(
      mskToken({ ...INPUT, credentials: { ...INPUT.credentials, sessionToken } }),
    );

    expect(searchParams.get('X-Amz-Security-Token')).toBe(sessionToken);
    expect(searchParams.get('X-Amz-Signature')).toBe(
      '6416677197a65279d733101c15b9c127c89204b2e17083e940dff53188598042',
    );
  });

  it('is text for URLs, without padding', () => {
    expect(mskToken(INPUT)).toMatch(/^[\w-]+$/);
  });
});

/** All of a token's request, with the name of the signer apart, which is not signed. */
function requestOf(token: string) {
  const { origin, pathname, searchParams } = urlOf(token);
  const parameters = Object.fromEntries(searchParams);
  expect(Object.keys(parameters)).toHaveLength(searchParams.size);
  const { 'User-Agent': userAgent, ...signed } = parameters;
  return { userAgent, signed: { origin, pathname, ...signed } };
}

describe('the official signer', () => {
  beforeEach(fakeDate);
  afterEach(() => jest.useRealTimers());

  it.each([
    ['without a session token', fc.constant(undefined)],
    ['with a session token', SESSION_TOKENS],
  ])('signs the same at the same time with the same credentials, %s', async (_, sessionTokens) => {
    await fc.assert(
      fc.asyncProperty(SIGNERS, sessionTokens, async (signer, sessionToken) => {
        jest.setSystemTime(signer.at);
        const { region, accessKeyId, secretAccessKey } = signer;
        const credentials: AwsCredentials = { accessKeyId, secretAccessKey, sessionToken };

        const official = await generateAuthTokenFromCredentialsProvider({
          region,
          awsCredentialsProvider: () => Promise.resolve(credentials),
        });
        const own = requestOf(mskToken({ region, credentials, atMs: signer.at.getTime() }));

        expect(own.signed).toEqual(requestOf(official.token).signed);
        expect('X-Amz-Security-Token' in own.signed).toBe(sessionToken !== undefined);
        expect(own.userAgent).toBe('candlestream');
      }),
    );
  });
});
