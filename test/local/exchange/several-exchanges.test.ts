import type { ExchangeName } from '../../../lambdas/shared/adapters/exchanges/exchange-facts';
import { exchangeSeed } from '../../../local/exchange/candles/exchange-seed';
import { GeneratedCandles } from '../../../local/exchange/candles/generated-candles';
import { type RunningExchanges, startExchanges } from '../../../local/exchange/exchange-server';
import { Faults } from '../../../local/exchange/faults';
import { ask, askPath, jsonOf, MINUTE_MS, NOON_MS, page, rowsOf } from './exchange-fixtures';

const PAIR = 'A_B';
const faults = new Faults();
let running: RunningExchanges;

function generated(exchange: ExchangeName) {
  return new GeneratedCandles({ seed: exchangeSeed(exchange, 1), pairs: [PAIR] });
}

beforeAll(async () => {
  running = await startExchanges(
    [
      { exchange: 'gate-io', source: generated('gate-io') },
      { exchange: 'binance', source: generated('binance'), faults },
    ],
    { port: 0, now: () => NOON_MS, limitNow: () => 0 },
  );
});

afterAll(() => running.stop());

async function closes(): Promise<{ readonly gateIo: unknown[]; readonly binance: unknown[] }> {
  const [fromMs, lastMs] = [NOON_MS - 30 * MINUTE_MS, NOON_MS - MINUTE_MS];
  const ofGateIo = rowsOf(await ask(running.of('gate-io'), page(fromMs, lastMs)));
  const path = `/api/v3/klines?symbol=AB&interval=1m&startTime=${fromMs}&endTime=${lastMs}`;
  const ofBinance = jsonOf(await askPath(running.of('binance'), path)) as unknown[][];
  return { gateIo: ofGateIo.map((row) => row[2]), binance: ofBinance.map((row) => row[4]) };
}

test('each speaks its API at its own address, about candles of its own', async () => {
  const { gateIo, binance } = await closes();
  expect(gateIo.length).toBeGreaterThan(20);
  expect(binance).toHaveLength(30);
  expect(gateIo.filter((close) => binance.includes(close)).length).toBeLessThan(5);
  expect((await askPath(running.of('binance'), '/api/v4/spot/time')).status).toBe(404);
  expect((await askPath(running.of('gate-io'), '/api/v3/time')).status).toBe(404);
});

test('a fault of one is none of the other', async () => {
  faults.failNext('server-error', { times: Infinity });
  expect((await ask(running.of('gate-io'), 'time')).status).toBe(200);
  const failed = await askPath(running.of('binance'), '/api/v3/time');
  expect([failed.status, jsonOf(failed)]).toMatchObject([500, { code: -1000 }]);
  faults.clear();
  expect(running.of('gate-io').counts().faulted).toBe(0);
  expect(running.of('binance').counts().faulted).toBe(1);
});

test('each counts requests against limits of its own', async () => {
  const time = () => askPath(running.of('gate-io'), '/api/v4/spot/time');
  const answers = await Promise.all(Array.from({ length: 201 }, time));
  expect(answers.some(({ status }) => status === 429)).toBe(true);
  expect((await askPath(running.of('binance'), '/api/v3/time')).status).toBe(200);
});

test('one that was not started is named with those that were', () => {
  expect(() => running.of('okx')).toThrow(
    'The exchange okx was not started; only gate-io, binance',
  );
});
