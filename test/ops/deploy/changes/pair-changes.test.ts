import { pairNotes } from '../../../../ops/deploy/changes/pair-changes';

const DEPLOYED = { 'gate-io': ['BTC_USDT', 'ETH_USDT'], okx: ['BTC_USDT'] };

test('the same pairs in another order are no change', () => {
  const next = { okx: ['BTC_USDT'], 'gate-io': ['ETH_USDT', 'BTC_USDT'] };
  expect(pairNotes(next, DEPLOYED)).toEqual([]);
});

test('each exchange has a line for what comes and goes', () => {
  const next = { 'gate-io': ['BTC_USDT', 'ADA_USDT'], binance: ['*_USDT'] };
  expect(pairNotes(next, DEPLOYED)).toEqual([
    'pairs of gate-io: follows ADA_USDT; no longer follows ETH_USDT',
    'pairs of binance: follows *_USDT',
    'pairs of okx: no longer follows BTC_USDT',
  ]);
});

test('of very many the first are named', () => {
  const many = Array.from({ length: 1_000 }, (_, index) => `P${index}_USDT`);
  expect(pairNotes({ ...DEPLOYED, okx: ['BTC_USDT', ...many] }, DEPLOYED)).toEqual([
    expect.stringMatching(/^pairs of okx: follows P0_USDT, P1_USDT, .*, P19_USDT and 980 more$/),
  ]);
});

test('a stage that is not deployed, or whose template does not say, changes nothing', () => {
  expect(pairNotes(DEPLOYED, undefined)).toEqual([]);
});
