import { rename, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunCommand } from '../../cli/run-command';
import { acquireLock, type HeldLock, isAlive, pidIn } from '../../cli/lock-file';

/** The file in a project's folder that holds the pid of the run that brings it up, or down. */
export const DEPLOY_LOCK = 'deploy.lock';
/** The file that holds the pid of the run that hands records on. */
export const RUN_LOCK = 'run.lock';

const STOP_LIMIT_MS = 30_000;
const POLL_MS = 100;
const ANSWER_LIMIT_MS = 5_000;

/** A run that was told to stop goes on. */
export class RunNotStoppedError extends Error {
  override readonly name = 'RunNotStoppedError';
}

/**
 * Takes a lock of this command. One that holds the pid of a run that is gone is
 * taken over, whichever program has that number now.
 *
 * @throws LockedError where another run holds it
 */
export async function takeLock(file: string, run: RunCommand): Promise<HeldLock> {
  const pid = await pidIn(file);
  if (pid !== process.pid && isAlive(pid) && !(await isOfThisCommand(pid, run))) {
    await removeLockOf(pid, file);
  }
  return acquireLock(file);
}

/**
 * Stops the run that holds a lock file, where one does.
 *
 * @returns the pid of what was stopped; undefined where nothing ran
 * @throws RunNotStoppedError
 */
export async function stopOtherRun(file: string, run: RunCommand): Promise<number | undefined> {
  const pid = await pidIn(file);
  if (!isAlive(pid) || pid === process.pid || !(await isOfThisCommand(pid, run))) return undefined;
  tellToStop(pid);
  const untilMs = performance.now() + STOP_LIMIT_MS;
  while (isAlive(pid)) {
    if (performance.now() > untilMs) {
      throw new RunNotStoppedError(
        `Process ${pid} does not stop, though it was told to ${STOP_LIMIT_MS / 1_000} s ago; end it with "kill -9 ${pid}" and try again`,
      );
    }
    await sleep(POLL_MS);
  }
  return pid;
}

function tellToStop(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch (cause) {
    // It has ended by itself meanwhile.
    if ((cause as NodeJS.ErrnoException).code === 'ESRCH') return;
    throw new RunNotStoppedError(
      `Process ${pid} cannot be told to stop (${String(cause)}): have the user whose it is end it`,
      { cause },
    );
  }
}

/** Moved aside first: another run may have taken the lock over in between, and gets it back. */
async function removeLockOf(pid: number, file: string): Promise<void> {
  const aside = `${file}.foreign.${process.pid}`;
  await rename(file, aside).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  });
  const moved = await pidIn(aside);
  if (Number.isNaN(moved) || moved === pid) await rm(aside, { force: true });
  else await rename(aside, file);
}

/** A pid in a file that was left behind may be another program's by now. */
async function isOfThisCommand(pid: number, run: RunCommand): Promise<boolean> {
  const args = ['-ww', '-p', String(pid), '-o', 'args='];
  const { stdout } = await run('ps', args, { timeoutMs: ANSWER_LIMIT_MS });
  return isLocalstackCommand(stdout);
}

/** Whether a command line, as `ps` prints it, runs this command's program: an editor has the same file open. */
export function isLocalstackCommand(line: string): boolean {
  return /^(?:\/.*\/)?node\s.*\btsx\b\S*\s+(?:\/.*\/)?local\/localstack\/localstack\.ts(?:\s|$)/.test(
    line.trim(),
  );
}
