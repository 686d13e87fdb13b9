import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../../local/command-line';
import {
  type LocalMarket,
  openMarket,
  openReplayMarket,
  openTimedMarket,
} from '../../local/local-market';
import { everyMinute, sourceOf } from './market/market-fixtures';

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;
/** Two days of minutes, whose close counts them. */
const MINUTES = 2_880;
const START_MS = Date.UTC(2018, 0, 22);

let folder: string;
const opened: LocalMarket[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'candlestream-market-'));
  const rows = Array.from({ length: MINUTES }, (_, minute) => {
    const close = String(minute + 1);
    return [START_MS + minute * MINUTE_MS, '1', close, '1', close, '1'];
  });
  await writeFile(join(folder, 'ETH_BTC-1m.json'), JSON.stringify(rows));
});

afterAll(async () => {
  for (const market of opened) await market.stop();
  await rm(folder, { recursive: true, force: true });
});

function kept<Market extends LocalMarket>(market: Market): Market {
  opened.push(market);
  return market;
}

async function rowsOf({ apiUrl }: LocalMarket, pair: string, query: string): Promise<string[][]> {
  const url = `${apiUrl}/spot/candlesticks?currency_pair=${pair}&interval=1m&${query}`;
  const answer = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  return (await answer.json()) as string[][];
}

test('a recording is moved by whole days, and goes on for at least a day', async () => {
  const asked = { ofStage: ['BTC_USDT'], asked: undefined };
  const market = kept(await openMarket(folder, asked));
  const days = Number(/, moved by (\d+) days to be of today$/.exec(market.description)?.[1]);
  const endMs = START_MS + MINUTES * MINUTE_MS + days * DAY_MS;

  expect(market.pairs).toEqual(['ETH_BTC']);
  expect(endMs - Date.now()).toBeGreaterThan(DAY_MS - MINUTE_MS);
  expect(endMs - Date.now()).toBeLessThanOrEqual(2 * DAY_MS);
  const fromSeconds = (START_MS + days * DAY_MS) / 1_000;
  const rows = await rowsOf(market, 'ETH_BTC', `from=${fromSeconds}&to=${fromSeconds}`);
  expect(rows.map(([time, , close]) => [time, close])).toEqual([[String(fromSeconds), '1']]);
});

test.each([
  ['by the clock', () => openMarket(folder, { ofStage: [], asked: ['ETH_BTC', 'NOPE_BTC'] })],
  ['of a replay', () => openReplayMarket(folder, ['NOPE_BTC', 'ETH_BTC'])],
])('a pair that a market %s does not have is refused', async (_, open) => {
  await expect(open()).rejects.toThrow(UsageError);
  await expect(open()).rejects.toThrow(`NOPE_BTC: not in ${folder}, which has ETH_BTC`);
});

test('a simulated market has the pairs that were asked for, else those of the stage', async () => {
  const pairsOf = async (asked: string[] | undefined) =>
    kept(await openMarket('simulated', { ofStage: ['BTC_USDT'], asked })).pairs;

  await expect(pairsOf(['ETH_BTC'])).resolves.toEqual(['ETH_BTC']);
  await expect(pairsOf(undefined)).resolves.toEqual(['BTC_USDT']);
});

test('a replay counts what was recorded', async () => {
  const market = kept(await openReplayMarket(folder, ['ETH_BTC']));

  expect(market.pairs).toEqual(['ETH_BTC']);
  expect(market.recordedMinutes('ETH_BTC', START_MS - DAY_MS, START_MS + MINUTE_MS)).toBe(1);
  expect(market.recordedMinutes('ETH_BTC', START_MS, START_MS + DAY_MS)).toBe(1_440);
});

test('a replay is of a folder', async () => {
  await expect(openReplayMarket('simulated', undefined)).rejects.toThrow(
    '--replay simulated is not a folder',
  );
});

test('the time of a timed market is set', async () => {
  const candles = everyMinute(START_MS, START_MS + 5 * MINUTE_MS);
  const market = kept(await openTimedMarket(sourceOf({ ETH_BTC: candles }), 'of the test'));

  market.setTime(START_MS + 3 * MINUTE_MS);

  const [from, last] = [START_MS / 1_000, START_MS / 1_000 + 2 * 60];
  const rows = await rowsOf(market, 'ETH_BTC', `from=${from}&to=${last}`);
  expect(rows.map(([time]) => Number(time))).toEqual([from, from + 60, last]);
  const [newest] = await rowsOf(market, 'ETH_BTC', 'limit=1');
  expect(Number(newest?.[0])).toBe(last + 60);
});
