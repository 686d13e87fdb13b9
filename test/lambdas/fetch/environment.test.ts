import { readFetchEnvironment } from '../../../lambdas/fetch/environment';
import { ENVIRONMENT } from '../../fakes/environment';

function read(changes: Readonly<Record<string, string | undefined>> = {}) {
  return readFetchEnvironment({
    ...ENVIRONMENT,
    PAIRS: 'BTC_USDT,ETH_USDT',
    RETENTION_MINUTES: '9000',
    REQUESTS_PER_10_S: '180',
    BEHIND_MINUTES: '5',
    SCHEDULE_MINUTES: '1',
    SILENT_AFTER_MINUTES: '1440',
    GATE_IO_URL: 'https://api.gateio.ws/api/v4',
    ...changes,
  });
}

describe('readFetchEnvironment', () => {
  it('gives the values in their types', () => {
    expect(read()).toMatchObject({
      PAIRS: ['BTC_USDT', 'ETH_USDT'],
      RETENTION_MINUTES: 9_000,
      REQUESTS_PER_10_S: 180,
      BEHIND_MINUTES: 5,
      SCHEDULE_MINUTES: 1,
      SILENT_AFTER_MINUTES: 1_440,
      GATE_IO_URL: 'https://api.gateio.ws/api/v4',
    });
  });

  it('takes pairs in any alphabet, and with more than one underscore', () => {
    expect(read({ PAIRS: '币安人生_USDT,BTC_3L_USDT' }).PAIRS).toEqual([
      '币安人生_USDT',
      'BTC_3L_USDT',
    ]);
  });

  it('gives the URL without a slash at its end', () => {
    expect(read({ GATE_IO_URL: 'http://127.0.0.1:8080/api/v4/' }).GATE_IO_URL).toBe(
      'http://127.0.0.1:8080/api/v4',
    );
  });

  it.each([
    ['PAIRS', '', 'expected at least one'],
    ['PAIRS', 'BTC_USDT,ETH/USDT', 'expected pairs such as BTC_USDT'],
    ['PAIRS', 'BTC_USDT,ETH_USDT,BTC_USDT', 'expected each pair once'],
    ['RETENTION_MINUTES', '0', 'expected at least 1'],
    ['RETENTION_MINUTES', '1e3', 'expected a whole number'],
    ['REQUESTS_PER_10_S', '-1', 'expected a whole number'],
    ['GATE_IO_URL', 'gate.io', 'expected a URL'],
    ['PAIRS', undefined, '(it is not set)'],
  ])('refuses %s of %j', (name, value, said) => {
    expect(() => read({ [name]: value })).toThrow(name);
    expect(() => read({ [name]: value })).toThrow(said);
  });
});
