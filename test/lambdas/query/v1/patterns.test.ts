import * as v from 'valibot';
import { MarketsAnswer } from '../../../../lambdas/query/v1/markets';
import { MINUTE_MS } from '../../../../lambdas/shared/domain/interval';
import { UnreadableStatusError } from '../../../../lambdas/shared/domain/ports';
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

test('the status of all markets is one read an exchange', async () => {
  const { store, json } = scene();
  await json('/v1/markets');
  expect(store.progressReads.toSorted()).toEqual(['gate-io', 'okx']);
});

test('a market of a pattern whose status cannot be read is listed with its problem, and hides no other', async () => {
  const { store, json, telemetry } = scene();
  const unreadable = new UnreadableStatusError(
    { exchange: 'gate-io', pair: 'ETH_USDT' },
    'seen_to',
  );
  store.failures.set('gate-io:ETH_USDT', unreadable);
  const answer = v.parse(MarketsAnswer, await json('/v1/markets'));
  expect(answer.markets.map(({ market, problem }) => [market, problem])).toEqual([
    ['gate-io:ETH_USDT', unreadable.message],
    ['gate-io:BTC_USDT', null],
    ['okx:BTC_USDT', null],
  ]);
  expect(telemetry.counted('Failures')).toBe(1);
});

test('charting tools find them, and the same pair of each exchange', async () => {
  const found = (await scene().json('/udf/search?query=BTC&type=&exchange=&limit=10')) as {
    full_name: string;
  }[];
  expect(found.map((one) => one.full_name)).toEqual(['GATEIO:BTC_USDT', 'OKX:BTC_USDT']);
});

describe('a symbol of a stage with a pattern', () => {
  test.each([
    ['GATEIO:ETH_USDT', 'GATEIO:ETH_USDT', ['gate-io:ETH_USDT']],
    ['gateio:eth_usdt', 'GATEIO:ETH_USDT', ['gate-io:ETH_USDT']],
    ['OKX:btc_usdt', 'OKX:BTC_USDT', []],
    ['ETH_USDT', 'GATEIO:ETH_USDT', ['gate-io:ETH_USDT']],
    ['BTC_USDT', 'GATEIO:BTC_USDT', ['gate-io:BTC_USDT']],
  ])('%s is %s, and no other pair is read', async (symbol, ticker, reads) => {
    const { store, json } = scene();
    expect(await json(`/udf/symbols?symbol=${symbol}`)).toMatchObject({ ticker });
    expect(store.progressReads).toEqual(reads);
  });

  test.each([
    ['GATEIO:NEW_USDT', ['gate-io:NEW_USDT']],
    ['GATEIO:ETH_BTC', []],
    ['GATEIO:*_USDT', []],
    ['BINANCE:BTC_USDT', []],
    [':BTC_USDT', []],
  ])('%s is unknown', async (symbol, reads) => {
    const { store, ask } = scene();
    const response = await ask(`/udf/symbols?symbol=${symbol}`);
    expect(response.statusCode).toBe(404);
    expect(store.progressReads).toEqual(reads);
  });
});

test.each([
  ['query=&exchange=OKX', []],
  ['query=&exchange=GATEIO', ['gate-io']],
  ['query=&type=stock', []],
])('a search for %s reads the pairs of %j', async (parameters, reads) => {
  const { store, json } = scene();
  await json(`/udf/search?${parameters}`);
  expect(store.progressReads).toEqual(reads);
});
