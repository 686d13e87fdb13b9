import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { followedExchanges } from '../../../../lambdas/shared/adapters/followed-exchanges';
import { InvalidPairsFileError } from '../../../../lambdas/shared/adapters/pairs-file';

const access = (url: string) => ({
  url,
  requestsPer10Seconds: 180,
  expectedMarkets: 1_000,
  retentionMinutes: 9_000,
});
const EXCHANGES = new Map([
  ['gate-io', access('https://api.gateio.ws/api/v4')],
  ['okx', access('https://www.okx.com')],
] as const);

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pairs-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** The exchanges with the pairs of a file beside the code. */
function followed(content: unknown) {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  writeFileSync(join(folder, 'pairs.json'), text);
  return followedExchanges(EXCHANGES, folder);
}

test('each exchange has its pairs, in the order of the environment', () => {
  const pairs = { okx: ['BTC_USDT'], 'gate-io': ['币安人生_USDT', 'BTC_3L_USDT', '*_USDC'] };
  expect([...followed(pairs)]).toEqual([
    ['gate-io', { ...access('https://api.gateio.ws/api/v4'), pairs: pairs['gate-io'] }],
    ['okx', { ...access('https://www.okx.com'), pairs: ['BTC_USDT'] }],
  ]);
});

test('a thousand pairs of each exchange are read', () => {
  const many = Array.from({ length: 1_000 }, (_, index) => `PAIR${index}_USDT`);
  const exchanges = followed({ 'gate-io': many, okx: many });
  expect([...exchanges.values()].map(({ pairs }) => pairs)).toEqual([many, many]);
});

test.each([
  ['no JSON', '{"gate-io":["BTC_US', 'SyntaxError'],
  ['empty', '', 'SyntaxError'],
  ['no object', '"BTC_USDT"', 'expected an object, an exchange to its pairs'],
  ['a list', ['BTC_USDT'], 'expected exchanges of gate-io, binance'],
  ['of another exchange', { kraken: ['BTC_USDT'] }, 'expected exchanges of gate-io, binance'],
  ['without an exchange', { 'gate-io': ['BTC_USDT'] }, 'it has no pairs of okx, which EXCHANGES'],
  ['without a pair', { okx: [] }, 'okx: expected at least one pair (it has [])'],
  ['a text', { okx: 'BTC_USDT,ETH_USDT' }, 'okx: expected a list of pairs'],
  ['no name of a pair', { okx: ['A_B', 'ETH/USDT'] }, 'okx.1: expected pairs such as BTC_USDT'],
  ['a pair twice', { okx: ['A_B', 'A_B'] }, 'okx: expected each pair once'],
])('a file that is %s is refused, and what to do is said', (_, content, said) => {
  expect(() => followed(content)).toThrow(InvalidPairsFileError);
  expect(() => followed(content)).toThrow(said);
  expect(() => followed(content)).toThrow(`are not in ${join(folder, 'pairs.json')}: `);
  expect(() => followed(content)).toThrow('deploy the stage again');
});

test('a missing file is named', () => {
  expect(() => followedExchanges(EXCHANGES, folder)).toThrow(
    `The pairs to follow are not in ${join(folder, 'pairs.json')}: Error: ENOENT`,
  );
});
