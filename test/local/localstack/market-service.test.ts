import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { marketService } from '../../../local/localstack/market-service';
import { placeOf } from '../../../local/localstack/place';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'candlestream-market-'));
  const row = [Date.UTC(2018, 0, 23), '1', '2', '0.5', '1.5', '10'];
  await writeFile(join(folder, 'ETH_BTC-1m.json'), JSON.stringify([row]));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

function serviceOf(choice: string, pairs?: readonly string[], timeMs?: number) {
  const place = placeOf({ CANDLESTREAM_DATA_DIR: folder });
  return marketService({ place, choice, pairs, pairsOfStage: ['BTC_USDT'], timeMs });
}

test('a simulated market is a container that runs a bundle, for the pairs of the stage', async () => {
  const market = await serviceOf('simulated');
  expect(market).toMatchObject({
    apiUrl: 'http://market:4570/api/v4',
    ...{ inContainer: true, pairs: ['BTC_USDT'], description: 'market: simulated, seed 1' },
    environment: { MARKET_PAIRS: 'BTC_USDT', MARKET_TIME: '', MARKET_RECORDINGS: '' },
  });
  const bundle = await stat(join(market.environment['MARKET_BUNDLE'] ?? '', 'index.js'));
  expect(bundle.size).toBeGreaterThan(10_000);
});

test('a recording brings its pairs, and its time may stand still', async () => {
  const market = await serviceOf(folder, undefined, Date.UTC(2018, 0, 23, 1));
  expect(market).toMatchObject({
    pairs: ['ETH_BTC'],
    environment: { MARKET_TIME: '2018-01-23T01:00:00.000Z', MARKET_RECORDINGS: folder },
  });
});

test('a pair that was not recorded is refused', async () => {
  await expect(serviceOf(folder, ['BTC_USDT'])).rejects.toThrow(/^BTC_USDT: not in .* ETH_BTC$/);
});
