import { Faults } from '../../../../local/exchange/faults';
import {
  askPath,
  candleAt,
  jsonOf,
  MINUTE_MS,
  NOON_MS,
  sourceOf,
  startsTraded,
} from '../exchange-fixtures';

const start = startsTraded('binance', 1_500);

function klines(parameters: Record<string, string | number>): string {
  const query = new URLSearchParams({ symbol: 'AB', interval: '1m' });
  for (const [name, value] of Object.entries(parameters)) query.set(name, String(value));
  return `/api/v3/klines?${query.toString()}`;
}

const minuteOf = (row: unknown[]) => (Number(row[0]) - NOON_MS) / MINUTE_MS;

async function minutes(parameters: Record<string, string | number>, options = {}) {
  const rows = jsonOf(await askPath(await start(options), klines(parameters))) as unknown[][];
  return rows.map(minuteOf);
}

it('answers rows of twelve, with times and trades as numbers and the rest as texts', async () => {
  const openMs = NOON_MS - 10 * MINUTE_MS;
  const answer = await askPath(await start(), klines({ startTime: openMs, endTime: openMs }));
  expect(answer.status).toBe(200);
  expect(jsonOf(answer)).toEqual([
    [
      openMs,
      ...['1.25', '2.00000001', '0.5', '1.5', '10.00000000'],
      openMs + 59_999,
      '15.00000000',
      expect.any(Number),
      ...['5.00000000', '7.50000000', '0'],
    ],
  ]);
});

it('includes both ends, from the start on at most as many rows as the limit', async () => {
  const [startTime, endTime] = [NOON_MS - 5 * MINUTE_MS, NOON_MS - 2 * MINUTE_MS];
  expect(await minutes({ startTime, endTime })).toEqual([-5, -4, -3, -2]);
  expect(await minutes({ startTime, endTime: endTime - 1 })).toEqual([-5, -4, -3]);
  expect(await minutes({ startTime: startTime + 1, endTime, limit: 2 })).toEqual([-4, -3]);
  expect(await minutes({ startTime: startTime * 1_000, endTime, limit: 1 })).toEqual([-5]);
  expect(await minutes({ startTime: 0, limit: 2 })).toEqual([-1_500, -1_499]);
  expect(await minutes({ startTime: 0, limit: 5_000 })).toHaveLength(1_000);
});

it('ends with the open minute, which nothing marks', async () => {
  expect(await minutes({ limit: 2 })).toEqual([-1, 0]);
  expect(await minutes({ limit: 2, endTime: NOON_MS - 3 * MINUTE_MS })).toEqual([-4, -3]);
  expect(await minutes({})).toHaveLength(500);
  expect(await minutes({ startTime: NOON_MS + MINUTE_MS })).toEqual([]);
});

it('has a row without trades for each minute without one, after the first', async () => {
  const gappy = sourceOf({ A_B: [candleAt(NOON_MS - 3 * MINUTE_MS), candleAt(NOON_MS)] });
  const exchange = await start({ source: gappy });
  const rows = jsonOf(await askPath(exchange, klines({ limit: 6 }))) as unknown[][];
  expect(rows.map(minuteOf)).toEqual([-3, -2, -1, 0]);
  expect(rows[1]?.slice(1, 9)).toEqual([
    ...['1.5', '1.5', '1.5', '1.5', '0.00000000'],
    NOON_MS - MINUTE_MS - 1,
    '0.00000000',
    0,
  ]);
});

it('leaves out what is not published yet, rows without trades too', async () => {
  const faults = new Faults();
  faults.publishLate({ delayMs: 3 * MINUTE_MS, fromMs: 0, untilMs: Infinity });
  expect(await minutes({ limit: 6 }, { faults })).toEqual([-5, -4]);
});

it.each([
  ['an unknown symbol', { symbol: 'A_B' }, -1121, 'Invalid symbol.'],
  ['an interval that is none', { interval: '1M' }, -1120, 'Invalid interval.'],
  [
    'no symbol',
    { symbol: '' },
    -1102,
    "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed.",
  ],
  [
    'a time that is none',
    { startTime: '1.5' },
    -1100,
    "Illegal characters found in parameter 'startTime'.",
  ],
])('refuses %s', async (_, parameters, code, msg) => {
  const answer = await askPath(await start(), klines(parameters));
  expect(answer.status).toBe(400);
  expect(jsonOf(answer)).toEqual({ code, msg });
});

it('lists its symbols, those that are not traded any more with another status', async () => {
  const two = sourceOf({ A_B: [candleAt(NOON_MS)], C_D: [candleAt(NOON_MS - MINUTE_MS)] });
  const exchange = await start({ source: two, delistedPairs: new Set(['C_D']) });
  expect(jsonOf(await askPath(exchange, '/api/v3/exchangeInfo'))).toMatchObject({
    symbols: [
      { symbol: 'AB', baseAsset: 'A', quoteAsset: 'B', status: 'TRADING' },
      { symbol: 'CD', status: 'BREAK' },
    ],
  });
  const one = await askPath(exchange, '/api/v3/exchangeInfo?symbols=%5B%22CD%22%5D');
  expect(jsonOf(one)).toMatchObject({ symbols: [{ symbol: 'CD' }] });
  const unknown = await askPath(exchange, '/api/v3/exchangeInfo?symbol=XY');
  expect([unknown.status, jsonOf(unknown)]).toMatchObject([400, { code: -1121 }]);
  expect((await askPath(exchange, klines({ symbol: 'CD' }))).status).toBe(200);
});

it('gives the time', async () => {
  const answer = await askPath(await start(), '/api/v3/time');
  expect(jsonOf(answer)).toEqual({ serverTime: NOON_MS });
  expect((await askPath(await start(), '/api/v3/depth')).status).toBe(404);
});

it('counts weights, refuses what is beyond a minute, and bans who goes on, longer each time', async () => {
  let limitMs = 500;
  const exchange = await start({ limitNow: () => limitMs, requestsPerWindow: 23 });
  const standing = async (path = '/api/v3/time') => {
    const { status, headers } = await askPath(exchange, path);
    return [status, headers.get('x-mbx-used-weight-1m'), headers.get('retry-after')];
  };
  expect(await standing(klines({ limit: 1 }))).toEqual([200, '2', null]);
  expect(await standing('/api/v3/exchangeInfo')).toEqual([200, '22', null]);
  expect(await standing()).toEqual([200, '23', null]);
  limitMs = 1_500;
  for (let request = 0; request < 10; request++) {
    expect(await standing()).toEqual([429, '23', '59']);
  }
  expect(await standing()).toEqual([418, null, '120']);
  limitMs = 61_500;
  expect(await standing()).toEqual([418, null, '60']);
  limitMs = 121_500;
  expect(await standing()).toEqual([200, '1', null]);
  for (let request = 0; request < 22; request++) await standing();
  for (let request = 0; request < 10; request++) await standing();
  expect(await standing()).toEqual([418, null, '240']);
  expect(exchange.counts()).toEqual({ requests: 49, limited: 23, faulted: 0 });
});

it.each([
  ['empty', []],
  ['wrong-row-shape', [11]],
  ['more-columns', [13]],
] as const)('has the fault %s in the form of its rows', async (fault, columns) => {
  const faults = new Faults();
  faults.failNext(fault, { pair: 'A_B', endpoint: 'klines' });
  const exchange = await start({ faults });
  expect((await askPath(exchange, '/api/v3/time')).status).toBe(200);
  const rows = jsonOf(await askPath(exchange, klines({ limit: 1 }))) as unknown[][];
  expect(rows.map((row) => row.length)).toEqual(columns);
});
