import { Faults } from '../../../../local/exchange/faults';
import { RandomLies } from '../../../../local/exchange/random-lies';
import {
  askPath,
  candleAt,
  jsonOf,
  MINUTE_MS,
  NOON_MS,
  sourceOf,
  startsTraded,
} from '../exchange-fixtures';

const start = startsTraded('coinbase', 1_000);
const PRODUCTS = '/api/v3/brokerage/market/products';

function candles(fromMs: number, lastMs: number, granularity = 'ONE_MINUTE', product = 'A-B') {
  return `${PRODUCTS}/${product}/candles?start=${fromMs / 1_000}&end=${lastMs / 1_000}&granularity=${granularity}`;
}

interface Row {
  readonly start: string;
}

async function minutes(path: string, options = {}) {
  const { candles: rows } = jsonOf(await askPath(await start(options), path)) as { candles: Row[] };
  return rows.map((row) => (Number(row.start) * 1_000 - NOON_MS) / MINUTE_MS);
}

it('answers objects of texts without a quote volume, newest first, both ends included', async () => {
  const [fromMs, lastMs] = [NOON_MS - 2 * MINUTE_MS, NOON_MS - MINUTE_MS];
  const values = {
    low: '0.5',
    high: '2.00000001',
    open: '1.25',
    close: '1.5',
    volume: '10.00000000',
  };
  const answer = await askPath(await start(), candles(fromMs, lastMs));
  expect(answer.status).toBe(200);
  expect(jsonOf(answer)).toEqual({
    candles: [
      { start: String(lastMs / 1_000), ...values },
      { start: String(fromMs / 1_000), ...values },
    ],
  });
});

it('begins with the open minute, and has none for minutes without a trade', async () => {
  const gappy = sourceOf({ A_B: [candleAt(NOON_MS - 3 * MINUTE_MS), candleAt(NOON_MS)] });
  const path = candles(NOON_MS - 9 * MINUTE_MS, NOON_MS + 9 * MINUTE_MS);
  expect(await minutes(path, { source: gappy })).toEqual([0, -3]);
});

it('has the newest minutes late if it lies so', async () => {
  const faults = new RandomLies({ lies: ['late'], rate: 1, seed: 1 });
  const [newest = 0] = await minutes(candles(NOON_MS - 20 * MINUTE_MS, NOON_MS), { faults });
  expect(newest).toBeLessThanOrEqual(-4);
  expect(newest).toBeGreaterThanOrEqual(-8);
});

it.each([
  [
    '350 rows',
    candles(NOON_MS - 350 * MINUTE_MS, NOON_MS - MINUTE_MS),
    'start and end argument is invalid - number of candles requested should be less than 350',
  ],
  ['another granularity', candles(NOON_MS, NOON_MS, '60'), 'granularity argument is invalid'],
  ['no start', `${PRODUCTS}/A-B/candles?granularity=ONE_MINUTE`, 'start argument is invalid'],
  ['milliseconds with a point', candles(NOON_MS + 1, NOON_MS), 'start argument is invalid'],
])('refuses %s', async (_, path, message) => {
  const answer = await askPath(await start(), path);
  expect(answer.status).toBe(400);
  expect(jsonOf(answer)).toEqual({ error: 'INVALID_ARGUMENT', error_details: message, message });
});

it('serves 349 rows', async () => {
  const path = candles(NOON_MS - 349 * MINUTE_MS, NOON_MS - MINUTE_MS);
  expect(await minutes(path)).toHaveLength(349);
});

it('does not find a product that does not exist, or is delisted', async () => {
  const two = sourceOf({ A_B: [candleAt(NOON_MS)], C_D: [candleAt(NOON_MS - MINUTE_MS)] });
  const exchange = await start({ source: two, delistedPairs: new Set(['C_D']) });
  for (const product of ['AB', 'C-D']) {
    const answer = await askPath(exchange, candles(NOON_MS, NOON_MS, 'ONE_MINUTE', product));
    expect([answer.status, jsonOf(answer)]).toMatchObject([404, { error: 'NOT_FOUND' }]);
  }
  expect(jsonOf(await askPath(exchange, PRODUCTS))).toMatchObject({
    products: [
      {
        product_id: 'A-B',
        base_currency_id: 'A',
        quote_currency_id: 'B',
        status: 'online',
        trading_disabled: false,
      },
      { product_id: 'C-D', status: 'delisted', trading_disabled: true },
    ],
    num_products: 2,
  });
  expect(jsonOf(await askPath(exchange, `${PRODUCTS}/A-B`))).toMatchObject({ product_id: 'A-B' });
});

it('gives the time', async () => {
  const answer = await askPath(await start(), '/api/v3/brokerage/time');
  expect(jsonOf(answer)).toMatchObject({ epochMillis: String(NOON_MS) });
});

it('admits ten requests a second, whatever they are for', async () => {
  const exchange = await start({ limitNow: () => 0 });
  const paths = [candles(NOON_MS, NOON_MS), PRODUCTS];
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, index) => askPath(exchange, paths[index % 2] ?? PRODUCTS)),
  );
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(2);
});

it('has the fault wrong-row-shape in the form of its rows', async () => {
  const faults = new Faults();
  faults.failNext('wrong-row-shape', { endpoint: 'candles' });
  const exchange = await start({ faults });
  const answer = jsonOf(await askPath(exchange, candles(NOON_MS - MINUTE_MS, NOON_MS - MINUTE_MS)));
  const { candles: rows } = answer as { candles: object[] };
  expect(rows.map((row) => Object.keys(row))).toEqual([['start', 'low', 'high', 'open', 'close']]);
});
