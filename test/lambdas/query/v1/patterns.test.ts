import { MINUTE_MS } from '../../../../lambdas/shared/domain/interval';
import { progressTo } from '../../../fakes/ledger/ledger';
import { statusOf } from '../../../fakes/listings';
import { queryScene } from '../query-scene';

const RETENTION_MS = 9_900 * MINUTE_MS;

/** A stage that follows a pattern of one exchange, and one pair of another by its name. */
function scene() {
  const exchanges = [
    { exchange: 'gate-io', pairs: ['*_USDT'], retentionMs: RETENTION_MS },
    { exchange: 'okx', pairs: ['BTC_USDT'], retentionMs: RETENTION_MS },
  ];
  const made = queryScene({ exchanges });
  const stored = statusOf({ progress: progressTo(Date.UTC(2026, 0, 15)) });
  for (const market of ['gate-io:BTC_USDT', 'gate-io:ETH_USDT', 'gate-io:ETH_BTC']) {
    made.store.status.set(market, stored);
  }
  return made;
}

test('markets of a pattern are those that are stored, beside those that are named', async () => {
  const answer = (await scene().json('/v1/markets')) as { markets: { market: string }[] };
  expect(answer.markets.map(({ market }) => market).sort()).toEqual([
    'gate-io:BTC_USDT',
    'gate-io:ETH_USDT',
    'okx:BTC_USDT',
  ]);
});

test('charting tools find them, and the same pair of each exchange', async () => {
  const found = (await scene().json('/udf/search?query=BTC&type=&exchange=&limit=10')) as {
    full_name: string;
  }[];
  expect(found.map((one) => one.full_name)).toEqual(['GATEIO:BTC_USDT', 'OKX:BTC_USDT']);
});
