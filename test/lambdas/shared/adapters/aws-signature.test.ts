import {
  CredentialsMissingError,
  credentialsFromEnvironment,
} from '../../../../lambdas/shared/adapters/aws-signature';

const ENVIRONMENT = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' };

describe('credentialsFromEnvironment', () => {
  it('are those of the role, with its session token', () => {
    expect(credentialsFromEnvironment({ ...ENVIRONMENT, AWS_SESSION_TOKEN: 'token' })).toEqual({
      accessKeyId: 'id',
      secretAccessKey: 'secret',
      sessionToken: 'token',
    });
  });

  it('need no session token', () => {
    expect(credentialsFromEnvironment(ENVIRONMENT).sessionToken).toBeUndefined();
  });

  it('have no session token where it is empty', () => {
    const environment = { ...ENVIRONMENT, AWS_SESSION_TOKEN: '' };

    expect(credentialsFromEnvironment(environment).sessionToken).toBeUndefined();
  });

  it.each(['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'])('are missing without %s', (name) => {
    for (const value of [undefined, '']) {
      expect(() => credentialsFromEnvironment({ ...ENVIRONMENT, [name]: value })).toThrow(
        CredentialsMissingError,
      );
    }
  });
});
