import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { acquireLock, acquireLockWaiting, LockedError } from '../../../cli/processes/lock-file';
import { temporaryFolder } from '../../local/engines/temporary-folder';

async function pidOfEndedProcess(): Promise<number> {
  const child = spawn('true');
  await once(child, 'exit');
  if (child.pid === undefined) throw new Error('"true" did not start');
  return child.pid;
}

test('a lock holds our pid, and leaves nothing once released', async () => {
  const folder = await temporaryFolder();
  const lock = await acquireLock(join(folder, 'lock'));
  expect(await readFile(join(folder, 'lock'), 'utf8')).toBe(String(process.pid));
  expect(lock.takenOver).toBe(false);
  await lock.release();
  expect(await readdir(folder)).toEqual([]);
});

test('the lock of a living process is refused, with its pid', async () => {
  const file = join(await temporaryFolder(), 'lock');
  await writeFile(file, String(process.ppid));
  const attempt = acquireLock(file);
  await expect(attempt).rejects.toThrow(LockedError);
  await expect(attempt).rejects.toThrow(`Process ${process.ppid} uses this already`);
  expect(await readFile(file, 'utf8')).toBe(String(process.ppid));
});

test('a second lock in the same process is refused', async () => {
  const file = join(await temporaryFolder(), 'lock');
  const lock = await acquireLock(file);
  await expect(acquireLock(file)).rejects.toThrow(LockedError);
  await lock.release();
  await (await acquireLock(file)).release();
});

test.each([
  ['of a process that is gone', pidOfEndedProcess],
  ['with our pid from an earlier life', () => Promise.resolve(process.pid)],
  ['without a pid', () => Promise.resolve('')],
])('a lock %s is taken over', async (_, content) => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'lock'), String(await content()));
  const lock = await acquireLock(join(folder, 'lock'));
  expect(lock.takenOver).toBe(true);
  expect(await readdir(folder)).toEqual(['lock']);
  await lock.release();
});

test('waiting gets the lock once it is let go of', async () => {
  const file = join(await temporaryFolder(), 'lock');
  const first = await acquireLock(file);
  const waiting = acquireLockWaiting(file, 10_000);
  await first.release();
  await (await waiting).release();
  await expect(readFile(file)).rejects.toThrow('ENOENT');
});
