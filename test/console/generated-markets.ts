import type { RunAnswer } from '../../console/answers/answers';
import { GeneratedMarket, type MarketPlan } from './generated-market';

const RETENTION = 'the exchange no longer served it';
const REJECTED = 'the row is no candle: high is below open';

const PLANS: readonly MarketPlan[] = [
  {
    ...{ pair: 'POWR_BTC', seed: 23, price: 0.0000031, decimals: 8, traded: 0.42 },
    historyStart: '2023-01-01',
    gaps: [
      ['2023-08-17T21:14:00Z', '2023-08-18T09:02:00Z', 'the archive has no such month: HTTP 404'],
      ['2026-03-04T10:00:00Z', '2026-03-04T12:11:00Z', RETENTION],
      ['2026-11-23T17:22:00Z', '2026-11-23T17:23:00Z', REJECTED],
    ],
  },
  {
    ...{ pair: 'ETH_USDT', seed: 37, price: 3_400, decimals: 2, historyStart: '2024-01-01' },
    gaps: [
      ['2024-06-02T03:10:00Z', '2024-06-02T04:55:00Z', RETENTION],
      ['2026-11-25T14:00:00Z', '2026-11-25T21:00:00Z', RETENTION],
    ],
    disputed: ['2025-02-11'],
  },
  {
    ...{ pair: 'SOL_USDT', seed: 41, price: 160, decimals: 2, historyStart: '2023-01-01' },
    disputed: ['2024-03-19', '2024-03-20', '2026-10-02'],
  },
  {
    pair: 'XRP_USDT',
    seed: 11,
    price: 1.9,
    decimals: 4,
    historyStart: '2024-01-01',
    behindMinutes: 26,
  },
  {
    pair: 'ADA_USDT',
    seed: 53,
    price: 0.44,
    decimals: 6,
    historyStart: '2022-01-01',
    storedFrom: '2024-02-09',
  },
  {
    pair: 'PEPE_BTC',
    seed: 60,
    price: 0.00000003,
    decimals: 10,
    traded: 0.7,
    historyStart: '2023-01-01',
    listedSince: '2023-05-05',
  },
  { pair: 'BTC_USDT', seed: 7, price: 66_000, decimals: 1, historyStart: '2022-01-01' },
  { pair: 'DOGE_USDT', seed: 71, price: 0.16, decimals: 5, historyStart: '2022-01-01' },
  { pair: 'DOT_USDT', seed: 83, price: 6.2, decimals: 3, historyStart: '2022-01-01' },
  { pair: 'LINK_USDT', seed: 97, price: 14, decimals: 3, historyStart: '2022-01-01' },
  { pair: 'LTC_USDT', seed: 101, price: 84, decimals: 2, historyStart: '2022-01-01' },
  {
    pair: 'LUNC_USDT',
    seed: 113,
    price: 0.00009,
    decimals: 8,
    historyStart: '2024-01-01',
    endedAt: '2026-08-14T06:00:00Z',
  },
];

/** Twelve markets with all that the page can show, worst first. */
export function generatedMarkets(): GeneratedMarket[] {
  return PLANS.map((plan) => new GeneratedMarket(plan));
}

/** A local run in the middle of its work, at a time. */
export function generatedRun(nowMs: number): RunAnswer {
  const lastAt = new Date(nowMs - 12_000).toISOString();
  return {
    functions: [
      { name: 'fetch', invocations: 1_284, failures: 0, lastAt },
      { name: 'reconcile', invocations: 257, failures: 0, lastAt },
      { name: 'transform', invocations: 1_279, failures: 2, lastAt },
      { name: 'persist', invocations: 1_279, failures: 0, lastAt },
      { name: 'query', invocations: 3_806, failures: 0, lastAt },
    ],
    topics: [
      { topic: 'candles.observed', waiting: 0 },
      { topic: 'candles.rolled', waiting: 12 },
    ],
    deadLetters: 0,
  };
}
