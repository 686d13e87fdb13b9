import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from '../../../cli/processes/lock-file';
import { launchSupervised } from '../../../local/engines/supervised-process';
import { temporaryFolder } from './temporary-folder';

async function launchShell(script: string) {
  const folder = await temporaryFolder();
  const files = { logFile: join(folder, 'log'), pidFile: join(folder, 'pid') };
  const program = { file: 'sh', args: ['-c', script], ...files, onOrphaned: 'kill $$ 2>/dev/null' };
  return { files, launched: await launchSupervised(program) };
}

test('the pid is the program itself, and its output is in the log', async () => {
  const { files, launched } = await launchShell('echo "I am $$"; echo oops >&2; exit 3');
  expect(await launched.ended).toBe('exit code 3');
  expect(await launched.lastLogLines()).toBe(`I am ${String(launched.pid)}\noops`);
  expect(await readFile(files.pidFile, 'utf8')).toBe(String(launched.pid));
});

test.each([
  ['terminate', 'signal SIGTERM'],
  ['kill', 'signal SIGKILL'],
] as const)('%s reaches the program', async (how, expected) => {
  const { launched } = await launchShell('exec sleep 60');
  await launched[how]();
  expect(await launched.ended).toBe(expected);
});

test('a program and its watcher end if the process that launched it is killed', async () => {
  const parent = fork(join(__dirname, 'supervising-parent.ts'), [], {
    execArgv: ['--import', 'tsx'],
  });
  parent.send(await temporaryFolder());
  const [pid] = (await once(parent, 'message')) as [number];
  const group = -pid;
  const before = isAlive(group);

  parent.kill('SIGKILL');
  while (isAlive(group)) await sleep(20);

  expect(before).toBe(true);
});
