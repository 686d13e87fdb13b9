import * as v from 'valibot';
import { ConfigAnswer } from '../../../../lambdas/query/udf/config';
import { HistoryAnswer } from '../../../../lambdas/query/udf/history';
import { SearchAnswer } from '../../../../lambdas/query/udf/search';
import { SymbolsAnswer } from '../../../../lambdas/query/udf/symbols';
import { DAY_MS } from '../../../../lambdas/shared/domain/interval';
import { at, DAY, minuteAt, minutesIn } from '../../../fakes/candles';
import { bodyOf, MARKET, NOW, queryScene } from '../query-scene';

const SYMBOL = 'GATEIO:BTC_USDT';

function seconds(timeMs: number): number {
  return timeMs / 1_000;
}

/** A minute of trading each from 11:00 to 11:09, and from 11:30 to noon. */
function chartScene() {
  const scene = queryScene();
  scene.store.storeMinutes(MARKET, [
    ...minutesIn(at(11), at(11, 10)),
    ...minutesIn(at(11, 30), NOW),
  ]);
  const history = async (parameters: string) =>
    v.parse(HistoryAnswer, await scene.json(`/udf/history?symbol=${SYMBOL}&${parameters}`));
  const times = async (parameters: string) => {
    const answer = await history(parameters);
    if (answer.s !== 'ok') return answer;
    return answer.t.map((time) => new Date(time * 1_000).toISOString().slice(11, 16));
  };
  return { ...scene, history, times };
}

function range(fromMs: number, toMs: number): string {
  return `resolution=1&from=${seconds(fromMs)}&to=${seconds(toMs)}`;
}

test('the configuration searches, and does not group', async () => {
  const config = v.parse(ConfigAnswer, await queryScene().json('/udf/config'));
  expect(config).toMatchObject({ supports_search: true, supports_group_request: false });
  expect(config.supported_resolutions).toContain('1D');
  expect(config.exchanges.map(({ value }) => value)).toEqual(['', 'GATEIO']);
});

test('the time is in whole seconds, as plain text', async () => {
  const response = await queryScene().ask('/udf/time', { atMs: NOW + 999 });
  expect(response.headers['content-type']).toBe('text/plain; charset=utf-8');
  expect(bodyOf(response)).toBe(String(seconds(NOW)));
});

test.each([
  ['query=BTC&type=&exchange=&limit=30', ['GATEIO:BTC_USDT']],
  ['query=usdt&type=crypto&exchange=GATEIO', ['GATEIO:BTC_USDT', 'GATEIO:ETH_USDT']],
  ['query=&limit=1', ['GATEIO:BTC_USDT']],
  ['query=gateio:eth', ['GATEIO:ETH_USDT']],
  ['query=BTC&type=stock', []],
  ['query=BTC&exchange=BINANCE', []],
])('a search for %s finds %j', async (parameters, tickers) => {
  const found = v.parse(SearchAnswer, await queryScene().json(`/udf/search?${parameters}`));
  expect(found.map(({ ticker }) => ticker)).toEqual(tickers);
});

describe('a symbol', () => {
  test('is described, with the decimals of its newest days', async () => {
    const { store, json } = queryScene();
    store.store(MARKET, '1d', [
      minuteAt(DAY - DAY_MS, { low: '0.00000003', base: '1.250' }),
      minuteAt(DAY),
    ]);
    const answer = v.parse(SymbolsAnswer, await json(`/udf/symbols?symbol=${SYMBOL}`));
    expect(answer).toMatchObject({
      name: SYMBOL,
      ticker: SYMBOL,
      exchange: 'GATEIO',
      session: '24x7',
      timezone: 'Etc/UTC',
      minmov: 1,
      pricescale: 100_000_000,
      volume_precision: 3,
      intraday_multipliers: ['1', '5', '15', '60', '240'],
    });
    expect(Object.keys(answer)).not.toContain('s');
  });

  test('is found by its pair alone, in any case', async () => {
    const { json } = queryScene();
    expect(await json('/udf/symbols?symbol=btc_usdt')).toMatchObject({ ticker: SYMBOL });
  });

  test('that is not known is told as UDF tells it', async () => {
    const { ask } = queryScene();
    const response = await ask('/udf/symbols?symbol=GATEIO:NO_SUCH');
    expect(response.statusCode).toBe(404);
    expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(JSON.parse(response.body)).toEqual({ s: 'error', errmsg: 'unknown_symbol' });
  });
});

describe('the history', () => {
  test('includes from, and not to', async () => {
    const { times } = chartScene();
    expect(await times(range(at(11, 3), at(11, 5)))).toEqual(['11:03', '11:04']);
  });

  test('writes the stored digits as numbers', async () => {
    const { ask, store } = chartScene();
    store.store(MARKET, '1m', [
      minuteAt(at(11), {
        open: '0.00000003',
        high: '12345678901234567890.123456789',
        base: '1.50',
      }),
    ]);
    const { body } = await ask(`/udf/history?symbol=${SYMBOL}&${range(at(11), at(12))}`);
    expect(body).toBe(
      `{"s":"ok","t":[${seconds(at(11))}],"o":[0.00000003],"h":[12345678901234567890.123456789],"l":[9.75],"c":[10],"v":[1.50]}`,
    );
  });

  test('reaches back before the range for the bars that it is to have at least', async () => {
    const { times } = chartScene();
    expect(await times(`${range(at(11, 31), at(11, 33))}&countback=5`)).toEqual([
      ...['11:08', '11:09', '11:30', '11:31', '11:32'],
    ]);
  });

  test('is never cut below what the range has', async () => {
    const { times } = chartScene();
    expect(await times(`${range(at(11, 31), at(11, 34))}&countback=1`)).toHaveLength(3);
  });

  test('has all there is if that is less than is to be had', async () => {
    const { history } = chartScene();
    const answer = await history(`${range(at(11, 59), NOW)}&countback=300`);
    expect(answer.s === 'ok' && answer.t.length).toBe(40);
  });

  test('without bars points to the newest one before', async () => {
    const { history } = chartScene();
    expect(await history(range(at(11, 15), at(11, 20)))).toEqual({
      s: 'no_data',
      nextTime: seconds(at(11, 9)),
    });
  });

  test('ends where nothing older is stored', async () => {
    const { history } = chartScene();
    expect(await history(range(at(9), at(10)))).toEqual({ s: 'no_data' });
    expect(await history(`${range(at(9), at(10))}&countback=10`)).toEqual({ s: 'no_data' });
  });

  test('answers the live update with two bars, the open one too', async () => {
    const { times } = chartScene();
    const live = range(NOW - 600_000, NOW + 60_000);
    expect(await times(`${live}&countback=2`)).toContain('11:59');
  });

  test('of weeks goes back as far as it is to, a page at a time', async () => {
    const { store, history } = queryHistory();
    const answer = await history(
      `resolution=1W&from=${seconds(DAY)}&to=${seconds(NOW)}&countback=3000`,
    );
    expect(answer.s === 'ok' && answer.t.length).toBe(4);
    expect(store.reads.length).toBeGreaterThan(0);
  });

  test.each(['D', '1D', 'W', '1W', 'M', '1M', '5', '240'])(
    'knows the resolution %s',
    async (resolution) => {
      const { history } = chartScene();
      const answer = await history(`resolution=${resolution}&from=0&to=${seconds(NOW)}`);
      expect(answer.s).toBe('ok');
    },
  );

  test.each([
    ['resolution=7&from=0&to=1', 400],
    ['resolution=1&from=zero&to=1', 400],
    ['resolution=1&from=0', 400],
    ['resolution=1&from=0&to=1&to=2', 400],
  ])('refuses %s in the form of UDF', async (parameters, status) => {
    const { ask } = chartScene();
    const response = await ask(`/udf/history?symbol=${SYMBOL}&${parameters}`);
    expect(response.statusCode).toBe(status);
    const { s, errmsg } = JSON.parse(response.body) as { s: string; errmsg: string };
    expect(s).toBe('error');
    expect(errmsg).not.toBe('');
  });

  test('takes fractions of a second, and leaves no bar of them out', async () => {
    const { times } = chartScene();
    const [fromMs, toMs] = [at(11) + 400, at(11, 2) + 400];
    const asked = `resolution=1&from=${fromMs / 1_000}&to=${toMs / 1_000}`;
    expect(await times(asked)).toEqual(['11:00', '11:01', '11:02']);
  });

  test('takes times that are nearly zero, as programs write them', async () => {
    const { times } = chartScene();
    expect(await times('resolution=1&from=-1.5e-7&to=4.837596549708908e-40')).toEqual({
      s: 'no_data',
    });
  });

  test('ignores parameters that it does not know', async () => {
    const { times } = chartScene();
    const others = 'currencyCode=USD&unitId=1&firstDataRequest=true';
    expect(await times(`${range(at(11), at(11, 1))}&${others}`)).toEqual(['11:00']);
  });
});

/** A scene with a day's candle in each of four weeks. */
function queryHistory() {
  const scene = chartScene();
  const days = [21, 14, 7, 0].map((days) => minuteAt(DAY - days * DAY_MS));
  scene.store.store(MARKET, '1d', days);
  return scene;
}
