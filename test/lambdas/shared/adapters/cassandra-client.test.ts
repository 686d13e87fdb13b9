import { errors, types } from 'cassandra-driver';
import { mayPass } from '../../../../lambdas/shared/adapters/cassandra-client';

const { responseErrorCodes: codes } = types;

describe('mayPass', () => {
  it.each<[string, Error]>([
    ['a node that is overloaded', new errors.ResponseError(codes.overloaded, 'overloaded')],
    ['too few replicas', new errors.ResponseError(codes.unavailableException, 'unavailable')],
    ['a write that timed out', new errors.ResponseError(codes.writeTimeout, 'timeout')],
    ['a server error', new errors.ResponseError(codes.serverError, 'failed')],
    ['no answer in time', new errors.OperationTimedOutError('no answer', '127.0.0.1')],
    ['no host', new errors.NoHostAvailableError({}, 'no host')],
    ['a connection that broke', new Error('read ECONNRESET')],
  ])('holds of %s', (_, error) => {
    expect(mayPass(error)).toBe(true);
  });

  it.each<[string, Error]>([
    ['wrong syntax', new errors.ResponseError(codes.syntaxError, 'no viable alternative')],
    ['a table that is not there', new errors.ResponseError(codes.invalid, 'unconfigured table')],
    ['a wrong configuration', new errors.ResponseError(codes.configError, 'no such option')],
    ['a missing permission', new errors.ResponseError(codes.unauthorized, 'no permission')],
    ['wrong credentials', new errors.AuthenticationError('bad credentials')],
  ])('does not hold of %s', (_, error) => {
    expect(mayPass(error)).toBe(false);
  });
});
