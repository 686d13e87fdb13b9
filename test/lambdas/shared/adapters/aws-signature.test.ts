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

  it.each(['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'])('are missing without %s', (name) => {
    expect(() => credentialsFromEnvironment({ ...ENVIRONMENT, [name]: undefined })).toThrow(
      CredentialsMissingError,
    );
  });
});
