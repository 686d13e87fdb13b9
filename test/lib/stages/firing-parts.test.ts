import { isInShard } from '../../../lambdas/shared/domain/followed/shard';
import { fetchParts, largestShard, reconcileParts } from '../../../lib/stages/firing-parts';
import { usualExchange } from '../../../lib/stages/settings/exchange-settings';

const binance = (expectedMarkets: number) => ({
  ...usualExchange('binance', ['*']),
  expectedMarkets,
});

test('a tick of few markets is one invocation, of many one for each thousand', () => {
  expect(fetchParts(binance(1_000))).toEqual([{ exchange: 'binance', shard: 0, shards: 1 }]);
  expect(fetchParts(binance(2_001)).map(({ shard, shards }) => [shard, shards])).toEqual([
    [0, 3],
    [1, 3],
    [2, 3],
  ]);
});

test('reconcile is one invocation', () => {
  expect(reconcileParts(binance(5_000))).toHaveLength(1);
});

test('a shard has no more markets than it is said to be ready for', () => {
  expect(largestShard(1_000)).toBe(1_000);
  for (const quote of ['USDT', 'USDC', 'BTC', 'EUR']) {
    const pairs = Array.from({ length: 3_000 }, (_, index) => `COIN${index}_${quote}`);
    for (const part of fetchParts(binance(pairs.length))) {
      const own = pairs.filter((pair) => isInShard(pair, part));
      expect(own.length).toBeLessThanOrEqual(largestShard(pairs.length));
    }
  }
});
