import { parse } from 'valibot';
import {
  candlesAnswer,
  coverageAnswer,
  daysAnswer,
  gapsAnswer,
  marketsAnswer,
} from '../../../console/answers/answers';
import { addressOf } from '../../../console/answers/query-client';
import { DAY_MS, MINUTE_MS } from '../../../lambdas/shared/domain/interval';
import { unknownDay } from '../../../lambdas/shared/domain/ledger/ledger';
import { at, DAY, minutesIn } from '../../fakes/candles';
import { progressTo, sealedDay, storedAuditOf } from '../../fakes/ledger/ledger';
import { statusOf } from '../../fakes/listings';
import { MARKET, NOW, queryScene } from '../../lambdas/query/query-scene';

const KEY = 'gate-io:BTC_USDT';

/** The query function before a market with each state that a day can have; the second market has nothing. */
function scene() {
  const query = queryScene({ historyStartMs: DAY - 4 * DAY_MS });
  query.store.storeMinutes(MARKET, minutesIn(DAY - DAY_MS, NOW));
  const progress = progressTo(NOW - 2 * MINUTE_MS, {
    seenToMs: NOW - MINUTE_MS,
    liveSinceMs: DAY - DAY_MS,
    newestMs: NOW - 2 * MINUTE_MS,
  });
  query.store.status.set(KEY, statusOf({ progress, listedSinceMs: DAY - 3 * DAY_MS }));
  query.store.days.set(KEY, [
    {
      ...unknownDay(DAY - 3 * DAY_MS),
      ask: { askedAtMs: at(11), askCount: 2, refusal: 'its month is missing in the archive' },
    },
    sealedDay(DAY - 2 * DAY_MS, { correctedCount: 3, auditCount: 3 }),
    {
      ...unknownDay(DAY - DAY_MS),
      audit: storedAuditOf({ observedAtMs: at(3, 5), suspectsMs: [at(1) - DAY_MS] }),
    },
  ]);
  const gap = { fromMs: DAY - 2 * DAY_MS, toMs: DAY - 2 * DAY_MS + MINUTE_MS, reason: 'no candle' };
  query.store.gaps.set(KEY, [{ ...gap, observedAtMs: NOW }]);
  return query;
}

it('takes what the query function answers', async () => {
  const { json } = scene();
  const { markets } = parse(marketsAnswer, await json('/v1/markets'));
  expect(markets.map(({ market }) => market)).toEqual([KEY, 'gate-io:ETH_USDT']);

  const { days } = parse(daysAnswer, await json(addressOf('/v1/days', { market: KEY })));
  expect(days.map(({ state }) => state)).toEqual(['unsealed', 'gap', 'waiting', 'before']);

  const coverage = parse(coverageAnswer, await json(addressOf('/v1/coverage', { market: KEY })));
  expect(coverage.stretches.map(({ state }) => state)).toEqual(
    expect.arrayContaining(['before', 'missing', 'gap', 'complete', 'unsealed', 'live', 'behind']),
  );
  expect(parse(gapsAnswer, await json(addressOf('/v1/gaps', { market: KEY }))).gaps).toHaveLength(
    1,
  );
});

it.each(['1m', '1h', '1d', '1w', '1M'])('takes candles of %s', async (interval) => {
  const { json } = scene();
  const range = { from: '2026-01-01T00:00:00Z', to: '2026-01-16T00:00:00Z', limit: '1500' };
  const address = addressOf('/v1/candles', { market: KEY, interval, ...range });
  const { candles } = parse(candlesAnswer, await json(address));
  expect(candles.at(-1)?.final).toBe(false);
});
