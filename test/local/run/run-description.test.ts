import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  defaultDataDir,
  readRunningStack,
  removeRunningStack,
  type RunningStack,
  StackNotRunningError,
  writeRunningStack,
} from '../../../local/run/run-description';

const stack: RunningStack = {
  pid: process.pid,
  kafka: '127.0.0.1:9092',
  cassandra: '127.0.0.1:9042',
  localDataCenter: 'datacenter1',
  keyspace: 'candlestream',
  exchange: 'simulated, seed 1',
  startedAt: '2018-01-22T09:30:00.000Z',
};

let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'candlestream-stack-'));
});

afterEach(async () => {
  await rm(dataDir, { recursive: true });
});

const describeBy = (text: string) => writeFile(join(dataDir, 'running-stack.json'), text);

function endedPid(): number {
  return spawnSync(process.execPath, ['--version']).pid;
}

test('what was written is read, and nothing else is left in the folder', async () => {
  await writeRunningStack(dataDir, stack);

  expect(await readRunningStack(dataDir)).toEqual(stack);
  expect(await readdir(dataDir)).toEqual(['running-stack.json']);
});

test('the folder is made where it is missing', async () => {
  const missing = join(dataDir, 'new', 'folder');

  await writeRunningStack(missing, stack);

  expect(await readRunningStack(missing)).toEqual(stack);
});

test('nothing runs where nothing was described, or no longer is', async () => {
  await expect(readRunningStack(dataDir)).rejects.toThrow(StackNotRunningError);
  await writeRunningStack(dataDir, stack);
  await removeRunningStack(dataDir);
  await removeRunningStack(dataDir);

  await expect(readRunningStack(dataDir)).rejects.toThrow(
    `The local run is not running (there is no ${join(dataDir, 'running-stack.json')}). Start it with "npm start", or "npm run localstack".`,
  );
});

test('a process that has ended runs nothing', async () => {
  const pid = endedPid();
  await writeRunningStack(dataDir, { ...stack, pid });

  const reading = readRunningStack(dataDir);

  await expect(reading).rejects.toThrow(StackNotRunningError);
  await expect(reading).rejects.toThrow(new RegExp(`process ${pid}, .* has ended.*npm start`));
});

test.each([
  ['{"pid":', 'is not JSON'],
  ['[]', 'is not understood'],
  [JSON.stringify({ ...stack, kafka: 'here' }), 'kafka: expected host:port'],
  [JSON.stringify({ ...stack, pid: -1 }), 'pid: '],
  [JSON.stringify({ ...stack, startedAt: 'now' }), 'startedAt: '],
  [JSON.stringify({ ...stack, extra: 1 }), 'extra: '],
])('%s is refused', async (text, why) => {
  await describeBy(text);

  const reading = readRunningStack(dataDir);

  await expect(reading).rejects.toThrow(StackNotRunningError);
  await expect(reading).rejects.toThrow(why);
});

test('the data folder is .candlestream of the project, or as the environment says', () => {
  expect(defaultDataDir({})).toBe(join(__dirname, '../../../.candlestream'));
  expect(defaultDataDir({ CANDLESTREAM_DATA_DIR: '' })).toBe(defaultDataDir({}));
  expect(defaultDataDir({ CANDLESTREAM_DATA_DIR: '/data' })).toBe('/data');
});
