import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../../../cli/processes/run-command';
import { isLocalstackCommand, stopOtherRun, takeLock } from '../../../local/localstack/other-run';
import { fakeRun } from '../engines/fake-run';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'candlestream-run-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function lockOf(pid: number): Promise<string> {
  const file = join(folder, 'run.lock');
  await writeFile(file, String(pid));
  return file;
}

const NODE =
  '/usr/bin/node --require /p/node_modules/tsx/dist/preflight.cjs --import file:///p/node_modules/tsx/dist/loader.mjs';
const RUNS = { 'ps -ww': { stdout: `${NODE} local/localstack/localstack.ts --ui\n` } };
const EDITS = { 'ps -ww': { stdout: 'vim local/localstack/localstack.ts\n' } };

test('a run is asked to stop, and waited for', async () => {
  const script = 'setInterval(() => undefined, 1000); console.log("up")';
  const child = spawn(
    process.execPath,
    ['-e', script, 'tsx', '/p/local/localstack/localstack.ts', '--exchange', 'simulated'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await once(child.stdout, 'data');
  const ended = once(child, 'exit');

  const pid = await stopOtherRun(await lockOf(child.pid ?? NaN), runCommand);

  expect(pid).toBe(child.pid);
  expect(await ended).toEqual([null, 'SIGTERM']);
});

test.each([
  [`${NODE} local/localstack/localstack.ts`, true],
  [`${NODE} /p q/local/localstack/localstack.ts --down`, true],
  ['node --import tsx local/localstack/localstack.ts --exchange simulated', true],
  ['node /p/node_modules/.bin/tsx local/localstack/localstack.ts', true],
  [`${NODE} local/start.ts`, false],
  [`${NODE} local/localstack/localstack.tsx`, false],
  ['node /p/node_modules/.bin/eslint local/localstack/localstack.ts', false],
  ['vim local/localstack/localstack.ts', false],
  ['less tsx local/localstack/localstack.ts', false],
  ['', false],
])('%j runs this command: %s', (line, isOne) => {
  expect(isLocalstackCommand(line)).toBe(isOne);
});

test('a process that has got the number of a run that is gone is left alone', async () => {
  const { run, lines } = fakeRun(EDITS);
  expect(await stopOtherRun(await lockOf(process.ppid), run)).toBeUndefined();
  expect(lines).toEqual([`ps -ww -p ${process.ppid} -o args=`]);
});

test('where nothing runs, nothing is stopped', async () => {
  const { run } = fakeRun({});
  expect(await stopOtherRun(join(folder, 'no.lock'), run)).toBeUndefined();
});

test('the lock of a run that goes on is not taken', async () => {
  const { run } = fakeRun(RUNS);
  await expect(takeLock(await lockOf(process.ppid), run)).rejects.toMatchObject({
    name: 'LockedError',
    pid: process.ppid,
  });
});

test('a lock with the number of another program is taken over, and leaves no file behind', async () => {
  const { run } = fakeRun(EDITS);
  const file = await lockOf(process.ppid);

  const lock = await takeLock(file, run);

  expect(await readFile(file, 'utf8')).toBe(String(process.pid));
  await lock.release();
  expect(await readdir(folder)).toEqual([]);
});
