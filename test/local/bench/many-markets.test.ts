import { type ManyMarketsFigures, manyMarketsText } from '../../../local/bench/many-markets';

const FEW: ManyMarketsFigures = {
  markets: 200,
  invocations: 2,
  ticks: 3,
  p50Ms: 2_150,
  p95Ms: 9_800,
  longestMs: 11_000,
  longestTickMs: 10_400,
  leftOver: 0,
  requestsAMarket: 1.01,
  requestsRefused: 0,
  cpuMsAMarket: 4,
};
const MANY: ManyMarketsFigures = { ...FEW, markets: 2_000, invocations: 3, cpuMsAMarket: 3.8 };

it('shows the figures of both runs, and what ten times the markets cost a market', () => {
  expect(manyMarketsText([FEW, MANY]).split('\n')).toEqual([
    'A tick, from its event to the newest minute of a market stored, and to the end of its last invocation of fetch',
    'markets  invocations  p50 s  p95 s  longest s  fetch s  requests a market  CPU ms a market',
    '    200            2    2.1    9.8       11.0     10.4               1.01             4.00',
    '   2000            3    2.1    9.8       11.0     10.4               1.01             3.80',
    'Ten times the markets cost a market 0.95 times the CPU of the functions, and 1.00 times the requests.',
  ]);
});

it('says what ticks had no time for, and what exchanges refused', () => {
  const text = manyMarketsText([FEW, { ...MANY, leftOver: 12, requestsRefused: 3 }]);

  expect(text).toContain('12 of 6000 minutes were left to the next tick, with 2000 markets');
  expect(text).toContain('3 requests were beyond the limit of an exchange, with 2000 markets');
});
