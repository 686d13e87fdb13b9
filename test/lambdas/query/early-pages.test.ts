import * as v from 'valibot';
import { createQuery } from '../../../lambdas/query/answer-request';
import { CandlesAnswer } from '../../../lambdas/query/v1/candles';
import { createQueryStore } from '../../../lambdas/shared/adapters/database/query-store';
import { DAY_MS } from '../../../lambdas/shared/domain/interval';
import { FakeTelemetry } from '../../fakes/telemetry';
import { EARLY_ENDS, tableOf, times } from '../shared/adapters/database/candles-table';
import { bodyOf } from './query-scene';

const START = Date.UTC(2026, 0, 13);
const STORED = times('1m', 2 * 1_440, START);
const FEED = 'symbol=GATEIO:BTC_USDT&resolution=1';

/** The query function on a database that ends its pages early, or without a row. */
function scene() {
  const { session, requests } = tableOf({ '1m': STORED }, EARLY_ENDS);
  const query = createQuery(
    {
      store: createQueryStore(session),
      pageFiles: new Map(),
      telemetry: new FakeTelemetry(),
      isUnavailable: () => false,
    },
    {
      stage: 'dev',
      exchanges: [{ exchange: 'gate-io', pairs: ['BTC_USDT'], retentionMs: DAY_MS }],
      historyStartMs: START,
    },
  );
  const json = async (path: string, parameters: string): Promise<unknown> => {
    const atMs = START + 2 * DAY_MS;
    const answer = await query({ method: 'GET', path, query: parameters, headers: {}, atMs });
    return JSON.parse(bodyOf(answer)) as unknown;
  };
  return { json, requests };
}

test.each([
  ['asc', 5_000],
  ['asc', 997],
  ['desc', 997],
])(
  'no candle is lost to pages of the database that end early: %s, %i a page',
  async (order, limit) => {
    const { json, requests } = scene();
    const told: number[] = [];
    let edge: string | null = order === 'asc' ? String(START) : String(START + 2 * DAY_MS);
    while (edge !== null) {
      const range: string =
        order === 'asc' ? `from=${edge}&to=${START + 2 * DAY_MS}` : `from=${START}&to=${edge}`;
      const parameters = `market=gate-io:BTC_USDT&interval=1m&${range}&order=${order}&limit=${limit}`;
      const page = v.parse(CandlesAnswer, await json('/v1/candles', parameters));
      told.push(...page.candles.map(({ time }) => Date.parse(time)));
      edge = page.next;
    }
    expect(told).toEqual(order === 'asc' ? STORED : STORED.toReversed());
    const sizes = requests
      .filter(({ query }) => query.includes(' FROM candles'))
      .map(({ fetchSize }) => fetchSize ?? Infinity);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(Math.min(limit + 1, 5_000));
  },
);

test('no bar is lost to them', async () => {
  const { json } = scene();
  const end = START / 1_000 + 2 * 86_400;
  const answer = await json('/udf/history', `${FEED}&from=${end - 60}&to=${end}&countback=2000`);
  expect(answer).toMatchObject({ s: 'ok', t: STORED.slice(-2_000).map((time) => time / 1_000) });
});
