import { mskToken } from '../../../../lambdas/shared/adapters/msk-token';

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

// The signatures are those of the AWS SDK's own presigner for the same requests.
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
