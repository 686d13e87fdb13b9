import { gunzipSync } from 'node:zlib';
import { GeneratedCandles } from '../../../../local/exchange/candles/generated-candles';
import { badRow } from '../../../../local/exchange/candles/wrong-candles';
import type { RunningExchange } from '../../../../local/exchange/exchange-server';
import { Faults } from '../../../../local/exchange/faults';
import { type Lie, RandomLies } from '../../../../local/exchange/random-lies';
import { ask, candleAt, ExchangesUnderTest, MINUTE_MS, sourceOf } from '../exchange-fixtures';

const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const MAY_MS = Date.UTC(2024, 4, 1);
const JUNE_MS = Date.UTC(2024, 5, 1);
const PATH = 'spot/candlesticks_1m/202405/A_B-202405.csv.gz';
const ROW = '10.00000000,1.5,2.00000001,0.5,1.25';

const source = sourceOf({
  A_B: [MAY_MS - MINUTE_MS, MAY_MS, MAY_MS + 9 * DAY_MS, JUNE_MS - MINUTE_MS, JUNE_MS].map(
    (timeMs) => candleAt(timeMs),
  ),
});
const exchanges = new ExchangesUnderTest();
afterEach(() => exchanges.stopAll());

function start(options: Parameters<ExchangesUnderTest['start']>[0] | object = {}) {
  return exchanges.start({ source, now: () => JUNE_MS + DAY_MS, ...options });
}

async function get({ archiveUrl }: RunningExchange, path = PATH) {
  const response = await fetch(`${archiveUrl}/${path}`, {
    redirect: 'manual',
    signal: AbortSignal.timeout(10_000),
  });
  return { status: response.status, bytes: Buffer.from(await response.arrayBuffer()) };
}

async function rows(exchange: RunningExchange): Promise<string[]> {
  const { status, bytes } = await get(exchange);
  expect(status).toBe(200);
  return gunzipSync(bytes).toString().split('\n').slice(0, -1);
}

/** Seconds of the three minutes of May. */
const [first, tenth, last] = [MAY_MS, MAY_MS + 9 * DAY_MS, JUNE_MS - MINUTE_MS].map(
  (timeMs) => timeMs / 1_000,
);

describe('a month that is over', () => {
  it('is a file of its candles, without a header and a quote volume', async () => {
    expect(await rows(await start())).toEqual([
      `${first},${ROW}`,
      `${tenth},${ROW}`,
      `${last},${ROW}`,
    ]);
  });

  it('does not count against the limit of the API', async () => {
    const exchange = await start({ requestsPerWindow: 1 });
    await get(exchange);
    await get(exchange);
    expect((await ask(exchange, 'time')).status).toBe(200);
    expect(exchange.counts()).toEqual({ requests: 3, limited: 0, faulted: 0 });
  });
});

describe('what the archive does not have', () => {
  it.each([
    ['a month of which no candle is', 'spot/candlesticks_1m/202403/A_B-202403.csv.gz'],
    ['a pair that it does not know', 'spot/candlesticks_1m/202405/C_D-202405.csv.gz'],
    ['a file that is in another folder', 'spot/candlesticks_1m/202404/A_B-202405.csv.gz'],
    ['a month that is none', 'spot/candlesticks_1m/202413/A_B-202413.csv.gz'],
    ['another interval', 'spot/candlesticks_5m/202405/A_B-202405.csv.gz'],
  ])('is not found: %s', async (_, path) => {
    expect((await get(await start(), path)).status).toBe(404);
  });

  it('is a month that is not over, and for an hour longer', async () => {
    let nowMs = JUNE_MS - 1;
    const exchange = await start({ now: () => nowMs });
    expect((await get(exchange)).status).toBe(404);
    nowMs = JUNE_MS + HOUR_MS - 1;
    expect((await get(exchange)).status).toBe(404);
    nowMs = JUNE_MS + HOUR_MS;
    expect((await get(exchange)).status).toBe(200);
  });

  it('is a month that is not over for as long as is said', async () => {
    let nowMs = JUNE_MS;
    const exchange = await start({ now: () => nowMs, archiveDelayMs: 2 * DAY_MS });
    nowMs = JUNE_MS + 2 * DAY_MS - 1;
    expect((await get(exchange)).status).toBe(404);
    nowMs = JUNE_MS + 2 * DAY_MS;
    expect((await get(exchange)).status).toBe(200);
  });
});

describe('a scripted fault', () => {
  const faults = new Faults();
  afterEach(() => faults.clear());

  it('of the archive is a file that is cut', async () => {
    const exchange = await start({ faults });
    const whole = (await get(exchange)).bytes;
    faults.failNext('cut', { endpoint: 'archive' });
    const { bytes } = await get(exchange);
    expect(whole.subarray(0, bytes.length)).toEqual(bytes);
    expect(() => gunzipSync(bytes)).toThrow('unexpected end of file');
    expect(exchange.counts().faulted).toBe(1);
  });

  it.each([
    ['not-found', 404],
    ['server-error', 500],
    ['redirect', 302],
    ['rate-limited', 429],
  ] as const)('%s is answered by %d', async (fault, status) => {
    const exchange = await start({ faults });
    faults.failNext(fault, { endpoint: 'archive', pair: 'A_B' });
    expect((await get(exchange)).status).toBe(status);
    expect((await get(exchange)).status).toBe(200);
  });

  it.each([
    ['wrong-row-shape', 5],
    ['more-columns', 7],
  ] as const)('%s has rows of %d columns', async (fault, columns) => {
    const exchange = await start({ faults });
    faults.failNext(fault);
    expect((await rows(exchange)).map((row) => row.split(',').length)).toEqual([
      columns,
      columns,
      columns,
    ]);
  });

  it('empty is a file without rows', async () => {
    const exchange = await start({ faults });
    faults.failNext('empty');
    expect(await rows(exchange)).toEqual([]);
  });

  it('publishes a month days later', async () => {
    let nowMs = JUNE_MS + 3 * DAY_MS;
    const exchange = await start({ faults, now: () => nowMs, archiveDelayMs: 0 });
    faults.publishMonthLate('A_B', MAY_MS, 4 * DAY_MS);
    expect((await get(exchange)).status).toBe(404);
    nowMs += DAY_MS;
    expect((await get(exchange)).status).toBe(200);
  });

  it('is a bad row, or a minute that is missing', async () => {
    const exchange = await start({ faults });
    faults.answerInstead('A_B', badRow(candleAt(MAY_MS), 'no-number'), Infinity);
    faults.withdrawMinute('A_B', JUNE_MS - MINUTE_MS, JUNE_MS);
    expect(await rows(exchange)).toEqual([
      `${first},10.00000000,NaN,2.00000001,0.5,1.25`,
      `${tenth},${ROW}`,
    ]);
  });
});

describe('random lies', () => {
  const liar = (lie: Lie, rate = 1) => new RandomLies({ lies: [lie], rate, seed: 1 });

  it('are about whole months', async () => {
    expect((await get(await start({ faults: liar('missing-month') }))).status).toBe(404);
    const { bytes } = await get(await start({ faults: liar('cut-month') }));
    expect(() => gunzipSync(bytes)).toThrow('unexpected end of file');
    expect(await rows(await start({ faults: liar('empty-month') }))).toEqual([]);
  });

  it('delay a month by up to five days', async () => {
    let nowMs = JUNE_MS;
    const exchange = await start({
      faults: liar('late-month'),
      now: () => nowMs,
      archiveDelayMs: 0,
    });
    expect((await get(exchange)).status).toBe(404);
    nowMs += 5 * DAY_MS;
    expect((await get(exchange)).status).toBe(200);
  });

  it('make rows bad, the same ones each time', async () => {
    const exchange = await start({ faults: liar('bad-month-rows') });
    const bad = await rows(exchange);
    expect(bad).toHaveLength(3);
    expect(bad.every((row) => !row.endsWith(ROW))).toBe(true);
    expect(await rows(exchange)).toEqual(bad);
  });

  it('of the API leave the archive alone, and the other way round', () => {
    expect(liar('cut').takeAnswer('A_B', 'archive')).toBeUndefined();
    expect(liar('cut-month').takeAnswer('A_B', 'candlesticks')).toBeUndefined();
  });
});

test('a generated pair has a listing time if one is given, and nothing before', async () => {
  const listedMs = MAY_MS + 9 * DAY_MS + HOUR_MS;
  const generated = new GeneratedCandles({
    seed: 1,
    pairs: ['A_B', 'C_D'],
    listedSinceMs: { A_B: listedMs },
  });
  const exchange = await start({ source: generated });

  const times = (await rows(exchange)).map((row) => Number(row.split(',')[0]) * 1_000);
  expect(Math.min(...times)).toBeGreaterThanOrEqual(listedMs);
  expect(Math.min(...times)).toBeLessThan(listedMs + HOUR_MS);
  const before = await get(exchange, 'spot/candlesticks_1m/202404/A_B-202404.csv.gz');
  expect(before.status).toBe(404);
  const listings = ['A_B', 'C_D'].map((pair) => ask(exchange, `currency_pairs/${pair}`));
  const texts = (await Promise.all(listings)).map(({ text }) => text);
  expect(texts.map((text) => (JSON.parse(text) as { buy_start: number }).buy_start)).toEqual([
    listedMs / 1_000,
    0,
  ]);
});
