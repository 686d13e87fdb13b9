import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../../../cli/command-line';
import {
  type LocalExchange,
  openExchange,
  openReplayExchange,
  openTimedExchange,
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

async function rowsOf({ apiUrl }: LocalExchange, pair: string, query: string): Promise<string[][]> {
  const url = `${apiUrl}/spot/candlesticks?currency_pair=${pair}&interval=1m&${query}`;
  const answer = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  return (await answer.json()) as string[][];
}

test('a recording is moved by whole days, and goes on for at least a day', async () => {
  const asked = { ofStage: ['BTC_USDT'], asked: undefined };
  const exchange = kept(await openExchange(folder, asked));
  const days = Number(/, moved by (\d+) days to be of today$/.exec(exchange.description)?.[1]);
  const endMs = START_MS + MINUTES * MINUTE_MS + days * DAY_MS;

  expect(exchange.pairs).toEqual(['ETH_BTC']);
  expect(endMs - Date.now()).toBeGreaterThan(DAY_MS - MINUTE_MS);
  expect(endMs - Date.now()).toBeLessThanOrEqual(2 * DAY_MS);
  const fromSeconds = (START_MS + days * DAY_MS) / 1_000;
  const rows = await rowsOf(exchange, 'ETH_BTC', `from=${fromSeconds}&to=${fromSeconds}`);
  expect(rows.map(([time, , close]) => [time, close])).toEqual([[String(fromSeconds), '1']]);
});

test('other exchanges stand beside it, each with its own candles', async () => {
  const pairs = ['BTC_USDT'];
  const others = [
    { exchange: 'binance' as const, pairs },
    { exchange: 'okx' as const, pairs },
  ];
  const exchange = kept(
    await openExchange('simulated', { ofStage: pairs, asked: undefined, others }),
  );
  const origin = exchange.apiUrl.replace('/api/v4', '');
  expect(exchange.others).toEqual({
    binance: { url: `${origin}/binance`, archiveUrl: `${origin}/binance/archive` },
    // It has no archive.
    okx: { url: `${origin}/okx`, archiveUrl: undefined },
  });
});

test.each([
  ['by the clock', () => openExchange(folder, { ofStage: [], asked: ['ETH_BTC', 'NOPE_BTC'] })],
  ['of a replay', () => openReplayExchange(folder, ['NOPE_BTC', 'ETH_BTC'])],
])('a pair that an exchange %s does not have is refused', async (_, open) => {
  await expect(open()).rejects.toThrow(UsageError);
  await expect(open()).rejects.toThrow(`NOPE_BTC: not in ${folder}, which has ETH_BTC`);
});

test('a simulated exchange has the pairs that were asked for, else those of the stage', async () => {
  const pairsOf = async (asked: string[] | undefined) =>
    kept(await openExchange('simulated', { ofStage: ['BTC_USDT'], asked })).pairs;

  await expect(pairsOf(['ETH_BTC'])).resolves.toEqual(['ETH_BTC']);
  await expect(pairsOf(undefined)).resolves.toEqual(['BTC_USDT']);
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
