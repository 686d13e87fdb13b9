import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalRunOptions, startLocalRun } from '../../../local/run/local-run';
import { type LocalExchange, openExchange } from '../../../local/run/run-exchange';

let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'candlestream-run-'));
  await mkdir(join(dataDir, 'kafka'));
  await writeFile(join(dataDir, 'kafka', 'data'), 'of an earlier run');
});

afterEach(async () => {
  await rm(dataDir, { recursive: true });
});

const optionsOf = (change: Partial<LocalRunOptions<LocalExchange>>) => ({
  stage: 'dev',
  dataDir,
  engines: 'jvm' as const,
  kafkaPort: 1,
  cassandraPort: 2,
  fresh: true,
  exchange: () => Promise.reject(new Error('not asked for')),
  settings: () => ({}),
  onProgress: (line: string) => {
    throw new Error(`unexpected: ${line}`);
  },
  ...change,
});

const opening = (choice: string, asked?: string[]) => () =>
  openExchange(choice, [{ exchange: 'gate-io', pairs: [], asked }]);

test.each([
  ['a mistyped stage', { stage: 'devv' }, 'There is no stage "devv"'],
  ['a mistyped folder', { exchange: opening('./recordingz') }, '"./recordingz" is not a folder'],
])('%s costs no data, and starts nothing', async (_, change, message) => {
  await expect(startLocalRun(optionsOf(change))).rejects.toThrow(message);

  expect(await readdir(dataDir, { recursive: true })).toEqual(['kafka', join('kafka', 'data')]);
});

test('a pair that was not recorded costs no data, and names the one that may be meant', async () => {
  const recordings = await mkdtemp(join(tmpdir(), 'candlestream-recordings-'));
  await writeFile(join(recordings, 'ETH_BTC-1m.json'), '[[1516406400000, 1, 1, 1, 1, 1]]');

  const starting = startLocalRun(optionsOf({ exchange: opening(recordings, ['ETH_BTX']) }));

  await expect(starting).rejects.toThrow(
    `ETH_BTX: not in ${recordings}, which has ETH_BTC. Did you mean "ETH_BTC"?`,
  );
  expect(await readdir(dataDir)).toEqual(['kafka']);
  await rm(recordings, { recursive: true });
});
