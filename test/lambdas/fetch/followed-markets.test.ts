import { followedMarkets } from '../../../lambdas/fetch/followed-markets';
import { DAY_MS, MINUTE_MS } from '../../../lambdas/shared/domain/interval';
import { at } from '../../fakes/candles';
import { FakePairList } from '../../fakes/exchange/pair-list';
import { FakeTelemetry } from '../../fakes/telemetry';

const SETTINGS = {
  exchange: 'gate-io',
  pairs: ['*_USDT'],
  shards: 3,
  retentionMs: 9_000 * MINUTE_MS,
  scheduleMs: MINUTE_MS,
  settlingMs: 2 * MINUTE_MS,
  silenceMs: 60 * MINUTE_MS,
  behindMs: 5 * MINUTE_MS,
  silentAfterMs: DAY_MS,
};

test('a listing that is doubted counts once a tick, in whatever number of shards', async () => {
  const [listings, telemetry] = [new FakePairList(), new FakeTelemetry()];
  listings.listed = new Error('HTTP 500');
  const tick = { nowMs: at(12, 7), remainingMs: () => 60_000 };

  for (const shard of [0, 1, 2]) {
    await followedMarkets({ listings, telemetry }, { ...SETTINGS, shard }, new Map(), tick);
  }

  expect(telemetry.values('ListingsDoubted')).toEqual([1]);
  expect(telemetry.messages('warn')).toHaveLength(3);
});
