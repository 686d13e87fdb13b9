import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../../../cli/command-line';
import {
  type LocalExchange,
  openExchange,
  openReplayExchange,
  openTimedExchange,
  type WantedExchange,
} from '../../../local/run/run-exchange';
import { everyMinute, sourceOf } from '../exchange/exchange-fixtures';

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;
/** Two days of minutes, whose close counts them. */
const MINUTES = 2_880;
const START_MS = Date.UTC(2018, 0, 22);

let folder: string;
const opened: LocalExchange[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'candlestream-exchange-'));
  const rows = Array.from({ length: MINUTES }, (_, minute) => {
    const close = String(minute + 1);
    return [START_MS + minute * MINUTE_MS, '1', close, '1', close, '1'];
  });
  await writeFile(join(folder, 'ETH_BTC-1m.json'), JSON.stringify(rows));
});

afterAll(async () => {
  for (const exchange of opened) await exchange.stop();
  await rm(folder, { recursive: true, force: true });
});

function kept<Exchange extends LocalExchange>(exchange: Exchange): Exchange {
  opened.push(exchange);
  return exchange;
}

/** Gate.io alone, with pairs of the stage, or those that were asked for. */
function gateIo(pairs: readonly string[], asked?: readonly string[]): WantedExchange[] {
  return [{ exchange: 'gate-io', pairs, asked }];
}

function urlOf({ addresses }: LocalExchange): string {
  return addresses['gate-io']?.url ?? '';
}

async function rowsOf(exchange: LocalExchange, pair: string, query: string): Promise<string[][]> {
  const url = `${urlOf(exchange)}/spot/candlesticks?currency_pair=${pair}&interval=1m&${query}`;
  const answer = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  return (await answer.json()) as string[][];
}

test('a recording is moved by whole days, and goes on for at least a day', async () => {
  const exchange = kept(await openExchange(folder, gateIo(['BTC_USDT'])));
  const days = Number(/, moved by (\d+) days to be of today$/.exec(exchange.description)?.[1]);
  const endMs = START_MS + MINUTES * MINUTE_MS + days * DAY_MS;

  expect(exchange.pairs).toEqual(['ETH_BTC']);
  expect(endMs - Date.now()).toBeGreaterThan(DAY_MS - MINUTE_MS);
  expect(endMs - Date.now()).toBeLessThanOrEqual(2 * DAY_MS);
  const fromSeconds = (START_MS + days * DAY_MS) / 1_000;
  const rows = await rowsOf(exchange, 'ETH_BTC', `from=${fromSeconds}&to=${fromSeconds}`);
  expect(rows.map(([time, , close]) => [time, close])).toEqual([[String(fromSeconds), '1']]);
});

describe('several exchanges', () => {
  const wanted = (['gate-io', 'binance', 'okx'] as const).map((exchange) => ({
    exchange,
    pairs: ['BTC_USDT'],
    asked: undefined,
  }));

  test('stand side by side at one port, each at an address of its own', async () => {
    const exchange = kept(await openExchange('simulated', wanted));
    const origin = urlOf(exchange).replace('/api/v4', '');
    expect(exchange.addresses).toEqual({
      'gate-io': { url: `${origin}/api/v4`, archiveUrl: `${origin}/archive` },
      binance: { url: `${origin}/binance`, archiveUrl: `${origin}/binance/archive` },
      // It has no archive.
      okx: { url: `${origin}/okx`, archiveUrl: undefined },
    });
  });

  test('that are live are at their own addresses', async () => {
    const times = ['{"server_time":1}', '{"serverTime":1}'].map((body) => new Response(body));
    const fetch = (url: string) => {
      const time = times.shift();
      return time ? Promise.resolve(time) : Promise.reject(new Error(`unexpected: ${url}`));
    };
    const exchange = await openExchange('live', wanted.slice(0, 2), { fetch });
    expect(exchange).toMatchObject({
      isLive: true,
      description: 'exchange: Gate.io, Binance, live',
    });
    expect(exchange.addresses).toEqual({
      'gate-io': {
        url: 'https://api.gateio.ws/api/v4',
        archiveUrl: 'https://download.gatedata.org',
      },
      binance: {
        url: 'https://data-api.binance.vision',
        archiveUrl: 'https://data.binance.vision',
      },
    });
  });

  test('of a recording have its pairs, each of them', async () => {
    const asking = wanted.map((one) => ({
      ...one,
      asked: one.exchange === 'okx' ? ['A_B'] : undefined,
    }));
    await expect(openExchange(folder, asking)).rejects.toThrow(`A_B: not in ${folder}`);
  });
});

test.each([
  ['by the clock', () => openExchange(folder, gateIo([], ['ETH_BTC', 'NOPE_BTC']))],
  ['of a replay', () => openReplayExchange(folder, ['NOPE_BTC', 'ETH_BTC'])],
])('a pair that an exchange %s does not have is refused', async (_, open) => {
  await expect(open()).rejects.toThrow(UsageError);
  await expect(open()).rejects.toThrow(`NOPE_BTC: not in ${folder}, which has ETH_BTC`);
});

test('a simulated exchange has the pairs that were asked for, else those of the stage', async () => {
  const pairsOf = async (asked?: readonly string[]) => {
    const exchange = kept(await openExchange('simulated', gateIo(['BTC_USDT'], asked)));
    const url = `${urlOf(exchange)}/spot/currency_pairs`;
    const listed = (await (await fetch(url, { signal: AbortSignal.timeout(10_000) })).json()) as {
      id: string;
    }[];
    return listed.map(({ id }) => id);
  };

  await expect(pairsOf(['ETH_BTC'])).resolves.toEqual(['ETH_BTC']);
  await expect(pairsOf()).resolves.toEqual(['BTC_USDT']);
});

test('a replay counts what was recorded', async () => {
  const exchange = kept(await openReplayExchange(folder, ['ETH_BTC']));

  expect(exchange.pairs).toEqual(['ETH_BTC']);
  expect(exchange.recordedMinutes('ETH_BTC', START_MS - DAY_MS, START_MS + MINUTE_MS)).toBe(1);
  expect(exchange.recordedMinutes('ETH_BTC', START_MS, START_MS + DAY_MS)).toBe(1_440);
});

test('a replay is of a folder', async () => {
  await expect(openReplayExchange('simulated', undefined)).rejects.toThrow(
    '--replay simulated is not a folder',
  );
});

test('the time of a timed exchange is set', async () => {
  const candles = everyMinute(START_MS, START_MS + 5 * MINUTE_MS);
  const exchange = kept(await openTimedExchange(sourceOf({ ETH_BTC: candles }), 'of the test'));

  exchange.setTime(START_MS + 3 * MINUTE_MS);

  const [from, last] = [START_MS / 1_000, START_MS / 1_000 + 2 * 60];
  const rows = await rowsOf(exchange, 'ETH_BTC', `from=${from}&to=${last}`);
  expect(rows.map(([time]) => Number(time))).toEqual([from, from + 60, last]);
  const [newest] = await rowsOf(exchange, 'ETH_BTC', 'limit=1');
  expect(Number(newest?.[0])).toBe(last + 60);
});
