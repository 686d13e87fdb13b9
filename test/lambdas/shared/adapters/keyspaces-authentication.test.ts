import { Client } from 'cassandra-driver';
import {
  KeyspacesAuthProvider,
  KeyspacesChallengeError,
  signedAnswer,
} from '../../../../lambdas/shared/adapters/keyspaces-authentication';

/** The vector that the published authentication plugins test themselves with. */
const INPUT = {
  nonce: '91703fdc2ef562e19fbdab0f58e42fe5',
  region: 'us-west-2',
  credentials: { accessKeyId: 'UserID-1', secretAccessKey: 'UserSecretKey-1' },
  atMs: Date.parse('2020-06-09T22:41:51Z'),
};
const SIGNATURE = '7f3691c18a81b8ce7457699effbfae5b09b4e0714ab38c1292dbdf082c9ddd87';

describe('signedAnswer', () => {
  it('is that of the published vector', () => {
    expect(signedAnswer(INPUT)).toBe(
      `signature=${SIGNATURE},access_key=UserID-1,amzdate=2020-06-09T22:41:51.000Z`,
    );
  });

  it('ends with the session token of temporary credentials, which is not signed', () => {
    const credentials = { ...INPUT.credentials, sessionToken: 'a/b+c==' };

    expect(signedAnswer({ ...INPUT, credentials })).toBe(
      `signature=${SIGNATURE},access_key=UserID-1,amzdate=2020-06-09T22:41:51.000Z,session_token=a/b+c==`,
    );
  });
});

type Callback = (error: Error | null, answer?: Buffer) => void;

/** What an authenticator calls back with. */
function answered(call: (callback: Callback) => void): { error: Error | null; answer: string } {
  const answers: { error: Error | null; answer: string }[] = [];
  call((error, answer) => answers.push({ error, answer: answer?.toString('latin1') ?? '' }));
  const [only] = answers;
  if (only === undefined || answers.length > 1) throw new Error(`${answers.length} answers`);
  return only;
}

describe('the authenticator', () => {
  const authenticator = new KeyspacesAuthProvider(
    'us-west-2',
    () => INPUT.credentials,
  ).newAuthenticator();

  it('is of a provider that the driver takes', async () => {
    const authProvider = new KeyspacesAuthProvider('us-west-2', () => INPUT.credentials);
    const create = () =>
      new Client({ contactPoints: ['127.0.0.1'], localDataCenter: 'us-west-2', authProvider });

    expect(create).not.toThrow();
    await create().shutdown();
  });

  it('begins with the name of the method', () => {
    const { error, answer } = answered((callback) => authenticator.initialResponse(callback));

    expect([error, answer]).toEqual([null, 'SigV4\0\0']);
  });

  it('answers a challenge with a signature of its nonce', () => {
    const challenge = Buffer.from(`nonce=${INPUT.nonce},more=1`);

    const { error, answer } = answered((callback) =>
      authenticator.evaluateChallenge(challenge, callback),
    );

    const amzdate = /amzdate=(\S+)$/.exec(answer)?.[1] ?? '';
    expect(error).toBeNull();
    expect(answer).toBe(signedAnswer({ ...INPUT, atMs: Date.parse(amzdate) }));
  });

  it('refuses a challenge without a nonce', () => {
    const { error } = answered((callback) =>
      authenticator.evaluateChallenge(Buffer.from('hello'), callback),
    );

    expect(error).toBeInstanceOf(KeyspacesChallengeError);
  });

  it('hands on that there are no credentials', () => {
    const missing = new Error('no credentials');
    const without = new KeyspacesAuthProvider('us-west-2', () => {
      throw missing;
    }).newAuthenticator();

    const { error } = answered((callback) =>
      without.evaluateChallenge(Buffer.from('nonce=1'), callback),
    );

    expect(error).toBe(missing);
  });
});
