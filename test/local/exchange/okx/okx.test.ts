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

const start = startsTraded('okx', 2_000);

function candles(parameters: Record<string, string | number>, endpoint = 'candles'): string {
  const query = new URLSearchParams({ instId: 'A-B', bar: '1m' });
  for (const [name, value] of Object.entries(parameters)) query.set(name, String(value));
  return `/api/v5/market/${endpoint}?${query.toString()}`;
}

async function minutes(parameters: Record<string, string | number>, endpoint?: string) {
  const answer = await askPath(await start(), candles(parameters, endpoint));
  const { data } = jsonOf(answer) as { data: string[][] };
  return data.map(([time]) => (Number(time) - NOON_MS) / MINUTE_MS);
}

it('answers rows of nine texts, newest first, that say if they are confirmed', async () => {
  const answer = await askPath(await start(), candles({ limit: 2 }));
  const values = ['1.25', '2.00000001', '0.5', '1.5', '10.00000000', '15.00000000', '15.00000000'];
  expect(answer.status).toBe(200);
  expect(jsonOf(answer)).toEqual({
    code: '0',
    msg: '',
    data: [
      [
        String(NOON_MS),
        '1.25',
        '1.25',
        '1.25',
        '1.25',
        expect.any(String),
        expect.any(String),
        expect.any(String),
        '0',
      ],
      [String(NOON_MS - MINUTE_MS), ...values, '1'],
    ],
  });
});

it('has rows older than after and newer than before, both exclusive', async () => {
  const [before, after] = [NOON_MS - 6 * MINUTE_MS - 1, NOON_MS - 2 * MINUTE_MS];
  expect(await minutes({ before, after })).toEqual([-3, -4, -5, -6]);
  expect(await minutes({ before: before + 1, after: after + 1 })).toEqual([-2, -3, -4, -5]);
  expect(await minutes({ before, limit: 2 })).toEqual([0, -1]);
  expect(await minutes({ after, limit: 2 })).toEqual([-3, -4]);
  expect(await minutes({ after: NOON_MS + 60 * MINUTE_MS, limit: 1 })).toEqual([0]);
  expect(await minutes({})).toHaveLength(100);
});

it('has the newest 1,440 rows, and older ones in the history alone', async () => {
  const after = NOON_MS - 1_438 * MINUTE_MS;
  expect(await minutes({ after, limit: 3 })).toEqual([-1_439]);
  expect(await minutes({ after: NOON_MS - 1_439 * MINUTE_MS })).toEqual([]);
  expect(await minutes({ after, limit: 3 }, 'history-candles')).toEqual([-1_439, -1_440, -1_441]);
});

it('has a row without trades for each minute without one', async () => {
  const gappy = sourceOf({ A_B: [candleAt(NOON_MS - 2 * MINUTE_MS), candleAt(NOON_MS)] });
  const exchange = await start({ source: gappy });
  const { data } = jsonOf(await askPath(exchange, candles({}))) as { data: string[][] };
  const zero = '0.00000000';
  expect(
    data.map(([time, open, , , , base, , quote, confirm]) => [time, open, base, quote, confirm]),
  ).toEqual([
    [String(NOON_MS), '1.25', expect.any(String), expect.any(String), '0'],
    [String(NOON_MS - MINUTE_MS), '1.5', zero, zero, '1'],
    [String(NOON_MS - 2 * MINUTE_MS), '1.25', '10.00000000', '15.00000000', '1'],
  ]);
});

it.each([
  ['an unknown instrument', candles({ instId: 'AB' }), 200, '51001'],
  ['no instrument', candles({ instId: '' }), 400, '50014'],
  ['more than 300 rows', candles({ limit: 301 }), 400, '51000'],
  ['another bar', candles({ bar: '2m' }), 400, '51000'],
  ['a time that is none', candles({ after: 'noon' }), 400, '51000'],
  ['another type of instruments', '/api/v5/public/instruments?instType=SWAP', 400, '51000'],
])('refuses %s', async (_, path, status, code) => {
  const answer = await askPath(await start(), path);
  expect([answer.status, jsonOf(answer)]).toMatchObject([status, { code, data: [] }]);
});

it('lists its instruments; a delisted one disappears', async () => {
  const two = sourceOf({ A_B: [candleAt(NOON_MS)], C_D: [candleAt(NOON_MS - MINUTE_MS)] });
  const exchange = await start({ source: two, delistedPairs: new Set(['C_D']) });
  const listed = await askPath(exchange, '/api/v5/public/instruments?instType=SPOT');
  expect(jsonOf(listed)).toMatchObject({
    code: '0',
    data: [
      { instId: 'A-B', baseCcy: 'A', quoteCcy: 'B', state: 'live', listTime: String(NOON_MS) },
    ],
  });
  expect((jsonOf(listed) as { data: unknown[] }).data).toHaveLength(1);
  const candlesOfDelisted = await askPath(exchange, candles({ instId: 'C-D' }));
  expect(jsonOf(candlesOfDelisted)).toMatchObject({ code: '51001' });
});

it('gives the time as a text', async () => {
  const answer = await askPath(await start(), '/api/v5/public/time');
  expect(jsonOf(answer)).toEqual({ code: '0', msg: '', data: [{ ts: String(NOON_MS) }] });
});

it('admits as many requests of an endpoint in two seconds as documented', async () => {
  let limitMs = 0;
  const exchange = await start({ limitNow: () => limitMs });
  const statuses = async (path: string, count: number) => {
    const answers = await Promise.all(Array.from({ length: count }, () => askPath(exchange, path)));
    return answers.filter(({ status }) => status === 200).length;
  };
  expect(await statuses(candles({ limit: 1 }), 45)).toBe(40);
  expect(await statuses(candles({ limit: 1 }, 'history-candles'), 25)).toBe(20);
  const refused = await askPath(exchange, candles({ limit: 1 }));
  expect([refused.status, jsonOf(refused)]).toMatchObject([429, { code: '50011' }]);
  limitMs = 2_000;
  expect(await statuses(candles({ limit: 1 }), 1)).toBe(1);
});

it.each([
  ['empty', 0],
  ['cut', 100],
] as const)('has the fault %s in the form of its rows', async (fault, rows) => {
  const faults = new Faults();
  faults.failNext(fault, { pair: 'A_B' });
  const exchange = await start({ faults });
  const answer = jsonOf(await askPath(exchange, candles({ limit: 300 })));
  expect(answer).toMatchObject({ code: '0', msg: '' });
  expect((answer as { data: unknown[] }).data).toHaveLength(rows);
});
