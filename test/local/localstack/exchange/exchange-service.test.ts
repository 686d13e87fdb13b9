import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  bundleExchange,
  exchangeService,
  urlFromHere,
} from '../../../../local/localstack/exchange/exchange-service';
import { localstackProject } from '../../../../local/localstack/localstack-project';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'candlestream-exchange-'));
  const row = [Date.UTC(2018, 0, 23), '1', '2', '0.5', '1.5', '10'];
  await writeFile(join(folder, 'ETH_BTC-1m.json'), JSON.stringify([row]));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

function projectIn(dataDir: string) {
  return localstackProject({ CANDLESTREAM_DATA_DIR: dataDir });
}

function serviceOf(choice: string, pairs?: readonly string[], timeMs?: number) {
  const project = projectIn(folder);
  return exchangeService({ project, choice, pairs, pairsOfStage: ['BTC_USDT'], timeMs });
}

test('a simulated exchange is a container that runs a bundle, for the pairs of the stage', async () => {
  const exchange = await serviceOf('simulated');
  expect(exchange).toMatchObject({
    apiUrl: 'http://exchange:4570/api/v4',
    archiveUrl: 'http://exchange:4570/archive',
    inContainer: true,
    pairs: ['BTC_USDT'],
    description: 'exchange: simulated, seed 1',
    environment: { EXCHANGE_PAIRS: 'BTC_USDT', EXCHANGE_TIME: '', EXCHANGE_RECORDINGS: '' },
  });
  await bundleExchange(projectIn(folder));
  const bundle = await stat(join(exchange.environment['EXCHANGE_BUNDLE'] ?? '', 'index.js'));
  expect(bundle.size).toBeGreaterThan(10_000);
});

test('a recording brings its pairs, and its time may stand still', async () => {
  const exchange = await serviceOf(folder, undefined, Date.UTC(2018, 0, 23, 1));
  expect(exchange).toMatchObject({
    pairs: ['ETH_BTC'],
    environment: { EXCHANGE_TIME: '2018-01-23T01:00:00.000Z', EXCHANGE_RECORDINGS: folder },
  });
});

test('a pair that was not recorded is refused', async () => {
  await expect(serviceOf(folder, ['BTC_USDT'])).rejects.toThrow(/^BTC_USDT: not in .* ETH_BTC$/);
});

test('what functions reach by its container is reached from here by its port', () => {
  const project = localstackProject({ CANDLESTREAM_DATA_DIR: folder, EXCHANGE_PORT: '14570' });
  expect(urlFromHere(project, 'http://exchange:4570/archive')).toBe(
    'http://127.0.0.1:14570/archive',
  );
  expect(urlFromHere(project, 'https://api.gateio.ws/api/v4')).toBe('https://api.gateio.ws/api/v4');
});
