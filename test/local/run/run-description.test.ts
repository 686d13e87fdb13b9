import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  defaultDataDir,
  readRunDescription,
  removeRunDescription,
  type RunDescription,
  NotRunningError,
  writeRunDescription,
} from '../../../local/run/run-description';

const run: RunDescription = {
  pid: process.pid,
  kafka: '127.0.0.1:9092',
  cassandra: '127.0.0.1:9042',
  localDataCenter: 'datacenter1',
  keyspace: 'candlestream',
  exchange: 'simulated, seed 1',
  api: 'http://127.0.0.1:8787',
  startedAt: '2018-01-22T09:30:00.000Z',
  followed: {
    exchanges: [
      {
        exchange: 'gate-io',
        pairs: ['BTC_USDT'],
        retentionMinutes: 9_900,
        url: 'http://127.0.0.1:4570/api/v4',
        archiveUrl: 'http://127.0.0.1:4570',
      },
    ],
    historyStart: '2018-01-01',
  },
};

let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'candlestream-run-'));
});

afterEach(async () => {
  await rm(dataDir, { recursive: true });
});

const describeBy = (text: string) => writeFile(join(dataDir, 'run.json'), text);

function endedPid(): number {
  return spawnSync(process.execPath, ['--version']).pid;
}

test('what was written is read, and nothing else is left in the folder', async () => {
  await writeRunDescription(dataDir, run);

  expect(await readRunDescription(dataDir)).toEqual(run);
  expect(await readdir(dataDir)).toEqual(['run.json']);
});

test('the folder is made where it is missing', async () => {
  const missing = join(dataDir, 'new', 'folder');

  await writeRunDescription(missing, run);

  expect(await readRunDescription(missing)).toEqual(run);
});

test('nothing runs where nothing was described, or no longer is', async () => {
  await expect(readRunDescription(dataDir)).rejects.toThrow(NotRunningError);
  await writeRunDescription(dataDir, run);
  await removeRunDescription(dataDir);
  await removeRunDescription(dataDir);

  await expect(readRunDescription(dataDir)).rejects.toThrow(
    `The local run is not running (there is no ${join(dataDir, 'run.json')}). Start it with "npm start", or "npm run localstack".`,
  );
});

test('a process that has ended runs nothing', async () => {
  const pid = endedPid();
  await writeRunDescription(dataDir, { ...run, pid });

  const reading = readRunDescription(dataDir);

  await expect(reading).rejects.toThrow(NotRunningError);
  await expect(reading).rejects.toThrow(new RegExp(`process ${pid}, .* has ended.*npm start`));
});

test.each([
  ['{"pid":', 'is not JSON'],
  ['[]', 'is invalid'],
  [JSON.stringify({ ...run, kafka: 'here' }), 'kafka: expected host:port'],
  [JSON.stringify({ ...run, pid: -1 }), 'pid: '],
  [JSON.stringify({ ...run, startedAt: 'now' }), 'startedAt: '],
  [JSON.stringify({ ...run, extra: 1 }), 'extra: '],
])('%s is refused', async (text, why) => {
  await describeBy(text);

  const reading = readRunDescription(dataDir);

  await expect(reading).rejects.toThrow(NotRunningError);
  await expect(reading).rejects.toThrow(why);
});

test('the data folder is .candlestream of the project, or as the environment says', () => {
  expect(defaultDataDir({})).toBe(join(__dirname, '../../../.candlestream'));
  expect(defaultDataDir({ CANDLESTREAM_DATA_DIR: '' })).toBe(defaultDataDir({}));
  expect(defaultDataDir({ CANDLESTREAM_DATA_DIR: '/data' })).toBe('/data');
});
