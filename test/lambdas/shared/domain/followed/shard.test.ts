import fc from 'fast-check';
import { isInShard, shardOf } from '../../../../../lambdas/shared/domain/followed/shard';

const shards = fc.integer({ min: 1, max: 50 });

test('a pair is in exactly one shard', () => {
  fc.assert(
    fc.property(fc.string(), shards, (pair, count) => {
      const all = Array.from({ length: count }, (_, shard) => ({ shard, shards: count }));
      expect(all.filter((shard) => isInShard(pair, shard))).toEqual([
        { shard: shardOf(pair, count), shards: count },
      ]);
    }),
  );
});

test('one shard has all pairs', () => {
  fc.assert(fc.property(fc.string(), (pair) => isInShard(pair, { shard: 0, shards: 1 })));
});

test('a pair stays in its shard from version to version', () => {
  // FNV-1a of the UTF-8 bytes, from the reference implementation: "a" is e40c292c, "foobar" bf9cf968.
  expect(shardOf('a', 2 ** 31)).toBe(0xe40c292c % 2 ** 31);
  expect(shardOf('foobar', 2 ** 31)).toBe(0xbf9cf968 % 2 ** 31);
});

test('two thousand pairs are spread over four shards about evenly', () => {
  const counts = [0, 0, 0, 0];
  for (let index = 0; index < 2_000; index++) {
    const shard = shardOf(`C${index}_USDT`, counts.length);
    counts[shard] = (counts[shard] ?? 0) + 1;
  }
  expect(Math.min(...counts)).toBeGreaterThan(400);
  expect(Math.max(...counts)).toBeLessThan(600);
});
