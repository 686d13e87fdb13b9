import { SigV4AuthProvider } from 'aws-sigv4-auth-cassandra-plugin';
import { type auth, Client } from 'cassandra-driver';
import fc from 'fast-check';
import type { AwsCredentials } from '../../../../../lambdas/shared/adapters/aws-signature';
import {
  KeyspacesAuthProvider,
  KeyspacesChallengeError,
  signedAnswer,
} from '../../../../../lambdas/shared/adapters/database/keyspaces-authentication';
import { NONCES, SESSION_TOKENS, SIGNERS } from '../../../../fakes/aws-credentials';
import { fakeDate } from '../../../../fakes/fake-date';

// The plugin's AWS SDK would print that it has reached its end of support.
process.env['AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE'] = '1';

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

/** What a provider answers to a challenge, whose callback may come later. */
function answerOf(provider: auth.AuthProvider, challenge: Buffer): Promise<string> {
  const authenticator = provider.newAuthenticator(
    '127.0.0.1:9142',
    'an authenticator of Keyspaces',
  );
  return new Promise((resolve, reject) => {
    authenticator.evaluateChallenge(challenge, (error: Error | null, answer?: Buffer) => {
      if (error === null && answer !== undefined) resolve(answer.toString());
      else reject(error ?? new Error('Neither an error nor an answer'));
    });
  });
}

const CHALLENGES = fc.record({ nonce: NONCES, rest: fc.constantFrom('', ',more=1') });

describe('the published plugin', () => {
  beforeEach(fakeDate);
  afterEach(() => jest.useRealTimers());

  it.each([
    ['without a session token', fc.constant(undefined)],
    ['with a session token', SESSION_TOKENS],
  ])('answers the same to the same nonce, time and credentials, %s', async (_, sessionTokens) => {
    await fc.assert(
      fc.asyncProperty(
        SIGNERS,
        CHALLENGES,
        sessionTokens,
        async (signer, { nonce, rest }, sessionToken) => {
          jest.setSystemTime(signer.at);
          const { region, accessKeyId, secretAccessKey } = signer;
          const credentials: AwsCredentials = { accessKeyId, secretAccessKey, sessionToken };
          const challenge = Buffer.from(`nonce=${nonce}${rest}`);

          const own = await answerOf(
            new KeyspacesAuthProvider(region, () => credentials),
            challenge,
          );
          const published = new SigV4AuthProvider({ region, ...credentials });

          expect(own).toBe(await answerOf(published, challenge));
          expect(own).toContain(`amzdate=${signer.at.toISOString()}`);
          expect(own.includes(',session_token=')).toBe(sessionToken !== undefined);
        },
      ),
    );
  });
});
