import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../../../local/engines/command-runner';
import { stopOtherRun } from '../../../local/localstack/other-run';
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

test('a run is told to stop, and waited for', async () => {
  const script = 'setInterval(() => undefined, 1000); console.log("up")';
  const child = spawn(process.execPath, ['-e', script, 'localstack.ts'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  const ended = once(child, 'exit');

  const pid = await stopOtherRun(await lockOf(child.pid ?? NaN), runCommand);

  expect(pid).toBe(child.pid);
  expect(await ended).toEqual([null, 'SIGTERM']);
});

test('a process that has got the number of a run that is gone is left alone', async () => {
  const { run, lines } = fakeRun({ 'ps -p': { stdout: 'vim notes.md\n' } });
  expect(await stopOtherRun(await lockOf(process.ppid), run)).toBeUndefined();
  expect(lines).toEqual([`ps -p ${process.ppid} -o args=`]);
});

test('where nothing runs, nothing is stopped', async () => {
  const { run } = fakeRun({});
  expect(await stopOtherRun(join(folder, 'no.lock'), run)).toBeUndefined();
});
