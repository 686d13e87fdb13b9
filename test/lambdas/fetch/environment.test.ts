import { readFetchEnvironment } from '../../../lambdas/fetch/environment';
import { ENVIRONMENT } from '../../fakes/environment';

const GATE_IO = {
  url: 'https://api.gateio.ws/api/v4',
  archiveUrl: 'https://download.gatedata.org',
  requestsPer10Seconds: 180,
  expectedMarkets: 2,
  retentionMinutes: 9_000,
};
const OKX = {
  url: 'https://www.okx.com',
  requestsPer10Seconds: 100,
  expectedMarkets: 1,
  retentionMinutes: 5_000,
};

function read(changes: Readonly<Record<string, string | undefined>> = {}) {
  return readFetchEnvironment({
    ...ENVIRONMENT,
    EXCHANGES: JSON.stringify({ 'gate-io': GATE_IO, okx: OKX }),
    BEHIND_MINUTES: '5',
    SCHEDULE_MINUTES: '1',
    SILENT_AFTER_MINUTES: '1440',
    ...changes,
  });
}

function readGateIo(changes: object) {
  return read({ EXCHANGES: JSON.stringify({ 'gate-io': { ...GATE_IO, ...changes } }) });
}

describe('readFetchEnvironment', () => {
  it('gives the values in their types', () => {
    expect(read()).toMatchObject({
      BEHIND_MINUTES: 5,
      SCHEDULE_MINUTES: 1,
      SILENT_AFTER_MINUTES: 1_440,
    });
  });

  it('gives the exchanges in their order', () => {
    expect([...read().EXCHANGES]).toEqual([
      ['gate-io', GATE_IO],
      ['okx', OKX],
    ]);
  });

  it('gives a URL without a slash at its end', () => {
    const { EXCHANGES: exchanges } = readGateIo({ url: 'http://127.0.0.1:8080/api/v4/' });
    expect(exchanges.get('gate-io')?.url).toBe('http://127.0.0.1:8080/api/v4');
  });

  it.each([
    ['retentionMinutes', 0, 'expected at least 1'],
    ['retentionMinutes', 1.5, 'Invalid safe integer'],
    ['requestsPer10Seconds', -1, 'expected at least 1'],
    ['expectedMarkets', undefined, 'expectedMarkets'],
    ['url', 'gate.io', 'expected a URL'],
  ])('refuses %s of %j', (name, value, said) => {
    expect(() => readGateIo({ [name]: value })).toThrow(`EXCHANGES.gate-io.${name}`);
    expect(() => readGateIo({ [name]: value })).toThrow(said);
  });

  it.each([
    ['EXCHANGES', undefined, '(it is not set)'],
    ['EXCHANGES', '{}', 'expected at least one exchange'],
    ['EXCHANGES', '{', 'expected JSON'],
    ['EXCHANGES', '{"kraken":{}}', 'expected exchanges of gate-io, binance, okx, coinbase'],
    ['SCHEDULE_MINUTES', '1e3', 'expected a whole number'],
  ])('refuses %s of %j', (name, value, said) => {
    expect(() => read({ [name]: value })).toThrow(name);
    expect(() => read({ [name]: value })).toThrow(said);
  });
});
