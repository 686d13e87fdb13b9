import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openContainerExchange } from '../../../../local/localstack/exchange/container-exchange';
import {
  bundleExchange,
  chooseExchanges,
  exchangeService,
  urlFromHere,
} from '../../../../local/localstack/exchange/exchange-service';
import { localstackProject } from '../../../../local/localstack/localstack-project';
import type { FollowedPairs, LocalExchange } from '../../../../local/run/run-exchange';

const MINUTE_MS = 60_000;

let folder: string;
const opened: LocalExchange[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'candlestream-exchange-'));
  const row = [Date.UTC(2018, 0, 23), '1', '2', '0.5', '1.5', '10'];
  await writeFile(join(folder, 'ETH_BTC-1m.json'), JSON.stringify([row]));
});

afterAll(async () => {
  for (const exchange of opened) await exchange.stop();
  await rm(folder, { recursive: true, force: true });
});

function projectIn(dataDir: string) {
  return localstackProject({ CANDLESTREAM_DATA_DIR: dataDir });
}

async function serviceOf(choice: string, followed: readonly FollowedPairs[], timeMs?: number) {
  const project = projectIn(folder);
  const names = followed.map(({ exchange }) => exchange);
  return exchangeService(await chooseExchanges(choice, names), { project, followed, timeMs });
}

/** What functions are answered at an address of the container. */
async function answerAt(container: LocalExchange, path: string): Promise<unknown> {
  const { origin } = new URL(container.addresses['gate-io']?.url ?? '');
  const answer = await fetch(origin + path, { signal: AbortSignal.timeout(10_000) });
  return answer.json();
}

test('simulated exchanges are a container that runs a bundle, for the pairs that are followed', async () => {
  const service = await serviceOf('simulated', [
    { exchange: 'gate-io', pairs: ['BTC_USDT'] },
    { exchange: 'binance', pairs: ['BTC_USDT', '*_BTC'] },
  ]);
  expect(service).toMatchObject({
    inContainer: true,
    description: 'exchange: simulated, seed 1',
    environment: {
      EXCHANGE_PAIRS: 'gate-io:BTC_USDT,binance:BTC_USDT,binance:*_BTC',
      EXCHANGE_TIME: '',
      EXCHANGE_RECORDINGS: '',
    },
  });
  await bundleExchange(projectIn(folder));
  const bundle = await stat(join(service.environment['EXCHANGE_BUNDLE'] ?? '', 'index.js'));
  expect(bundle.size).toBeGreaterThan(10_000);
});

test('the container answers each exchange at the address that its functions are given', async () => {
  const timeMs = Date.UTC(2026, 0, 15, 12);
  const followed = [
    { exchange: 'gate-io', pairs: ['BTC_USDT'] },
    { exchange: 'binance', pairs: ['BTC_USDT'] },
  ] as const;
  const { environment } = await serviceOf('simulated', followed, timeMs);
  const container = await openContainerExchange(environment);
  opened.push(container);
  const { addresses } = await chooseExchanges('simulated', ['gate-io', 'binance']);
  expect(addresses).toMatchObject({
    'gate-io': { url: 'http://exchange:4570/api/v4' },
    binance: { url: 'http://exchange:4570/binance' },
  });

  const openTimeMs = timeMs - 10 * MINUTE_MS;
  const seconds = openTimeMs / 1_000;
  const gateIo = await answerAt(
    container,
    `/api/v4/spot/candlesticks?currency_pair=BTC_USDT&interval=1m&from=${seconds}&to=${seconds}`,
  );
  const binance = await answerAt(
    container,
    `/binance/api/v3/klines?symbol=BTCUSDT&interval=1m&startTime=${openTimeMs}&endTime=${openTimeMs}`,
  );

  const [gateIoRow] = gateIo as string[][];
  const [binanceRow] = binance as (string | number)[][];
  expect(gateIoRow?.[0]).toBe(String(seconds));
  expect(binanceRow?.[0]).toBe(openTimeMs);
  expect(binanceRow?.[1]).not.toBe(gateIoRow?.[5]);
});

test('a recording brings its pairs, and its time may stand still', async () => {
  const { recorded } = await chooseExchanges(folder, ['gate-io']);
  const followed = [{ exchange: 'gate-io', pairs: ['ETH_BTC'] }] as const;
  const service = await serviceOf(folder, followed, Date.UTC(2018, 0, 23, 1));

  expect(recorded?.pairs).toEqual(['ETH_BTC']);
  expect(service).toMatchObject({
    environment: {
      EXCHANGE_PAIRS: 'gate-io:ETH_BTC',
      EXCHANGE_TIME: '2018-01-23T01:00:00.000Z',
      EXCHANGE_RECORDINGS: folder,
    },
  });
});

test('a pair that was not recorded is refused, of whichever exchange', async () => {
  const followed = [
    { exchange: 'gate-io', pairs: ['ETH_BTC'] },
    { exchange: 'okx', pairs: ['BTC_USDT'] },
  ] as const;
  await expect(serviceOf(folder, followed)).rejects.toThrow(/^BTC_USDT: not in .* ETH_BTC$/);
});

test('what functions reach by its container is reached from here by its port', () => {
  const project = localstackProject({ CANDLESTREAM_DATA_DIR: folder, EXCHANGE_PORT: '14570' });
  expect(urlFromHere(project, 'http://exchange:4570/archive')).toBe(
    'http://127.0.0.1:14570/archive',
  );
  expect(urlFromHere(project, 'https://api.gateio.ws/api/v4')).toBe('https://api.gateio.ws/api/v4');
});
