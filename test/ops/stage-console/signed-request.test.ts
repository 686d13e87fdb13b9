import {
  queryText,
  signedHeaders,
  type UnsignedRequest,
} from '../../../ops/stage-console/signed-request';

/** Source: the AWS Signature Version 4 test suite. */
const TERMS = {
  credentials: {
    accessKeyId: 'AKIDEXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  },
  region: 'us-east-1',
  service: 'service',
  atMs: Date.UTC(2015, 7, 30, 12, 36),
};
const VANILLA: UnsignedRequest = {
  method: 'GET',
  host: 'example.amazonaws.com',
  path: '/',
  parameters: [],
};

test.each<[string, Partial<UnsignedRequest>, string]>([
  ['get-vanilla', {}, '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
  [
    'get-vanilla-query-order-key-case',
    {
      parameters: [
        ['Param2', 'value2'],
        ['Param1', 'value1'],
      ],
    },
    'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
  ],
])('the vector %s of AWS is signed as published', (_name, changes, signature) => {
  expect(signedHeaders({ ...VANILLA, ...changes }, TERMS)).toEqual({
    'x-amz-date': '20150830T123600Z',
    authorization: `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=${signature}`,
  });
});

test('temporary credentials are signed with their token', () => {
  const credentials = { ...TERMS.credentials, sessionToken: 'TOKEN' };
  const headers = signedHeaders(VANILLA, { ...TERMS, credentials });
  expect(headers['x-amz-security-token']).toBe('TOKEN');
  expect(headers['authorization']).toContain('SignedHeaders=host;x-amz-date;x-amz-security-token');
});

test('a query is sent as it is signed: every character escaped that a signature wants to be', () => {
  expect(
    queryText([
      ['market', 'gate-io:BTC_USDT'],
      ['timezone', '+05:30'],
      ['query', "a b!'()*~"],
      ['empty', ''],
    ]),
  ).toBe('market=gate-io%3ABTC_USDT&timezone=%2B05%3A30&query=a%20b%21%27%28%29%2A~&empty=');
});
