import { rename, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunCommand } from '../../cli/processes/run-command';
import { isMissingFile } from '../../cli/failure-text';
import { acquireLock, type HeldLock, isAlive, pidIn } from '../../cli/processes/lock-file';

/** Lock file, in the project's folder, of the run that brings the containers up or down. */
export const DEPLOY_LOCK = 'deploy.lock';
/** Lock file of the run that shows its table. */
export const RUN_LOCK = 'run.lock';

const STOP_LIMIT_MS = 120_000;
const POLL_MS = 100;
const ANSWER_LIMIT_MS = 5_000;

/** A run does not stop, though it was asked to. */
export class RunNotStoppedError extends Error {
  override readonly name = 'RunNotStoppedError';
}

/**
 * Takes a lock of this command. The lock of a run that has ended is taken over,
 * even if another program has its pid by now.
 *
 * @throws LockedError if another run holds it
 */
export async function takeLock(file: string, run: RunCommand): Promise<HeldLock> {
  const pid = await pidIn(file);
  if (pid !== process.pid && isAlive(pid) && !(await runsThisCommand(pid, run))) {
    await removeLockOf(pid, file);
  }
  return acquireLock(file);
}

/**
 * Stops the run that holds a lock file.
 *
 * @returns its pid; undefined if no run holds the file
 * @throws RunNotStoppedError
 */
export async function stopOtherRun(file: string, run: RunCommand): Promise<number | undefined> {
  const pid = await runningPid(file, run);
  if (pid === undefined) return undefined;
  askToStop(pid);
  const untilMs = performance.now() + STOP_LIMIT_MS;
  while (isAlive(pid)) {
    if (performance.now() > untilMs) {
      throw new RunNotStoppedError(
        `Process ${pid} does not stop, though it was asked to ${STOP_LIMIT_MS / 1_000} s ago; end it with "kill -9 ${pid}" and try again`,
      );
    }
    await sleep(POLL_MS);
  }
  return pid;
}

/** The pid of another run that holds a lock file; undefined if none does. */
export async function runningPid(file: string, run: RunCommand): Promise<number | undefined> {
  const pid = await pidIn(file);
  const isOther = isAlive(pid) && pid !== process.pid;
  return isOther && (await runsThisCommand(pid, run)) ? pid : undefined;
}

function askToStop(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch (cause) {
    // It has just ended by itself.
    if ((cause as NodeJS.ErrnoException).code === 'ESRCH') return;
    throw new RunNotStoppedError(
      `Process ${pid} cannot be asked to stop (${String(cause)}): it belongs to another user, who must end it`,
      { cause },
    );
  }
}

/** Moved aside first: another run may have taken the lock over in between, and gets it back. */
async function removeLockOf(pid: number, file: string): Promise<void> {
  const aside = `${file}.foreign.${process.pid}`;
  await rename(file, aside).catch((error: unknown) => {
    if (!isMissingFile(error)) throw error;
  });
  const moved = await pidIn(aside);
  if (Number.isNaN(moved) || moved === pid) await rm(aside, { force: true });
  else await rename(aside, file);
}

/** The pid in a file that was left behind may be another program's by now. */
async function runsThisCommand(pid: number, run: RunCommand): Promise<boolean> {
  const args = ['-ww', '-p', String(pid), '-o', 'args='];
  const { stdout } = await run('ps', args, { timeoutMs: ANSWER_LIMIT_MS });
  return isLocalstackCommand(stdout);
}

/** If a command line, as `ps` prints it, runs this command's program; an editor may have the same file open. */
export function isLocalstackCommand(line: string): boolean {
  return /^(?:\/.*\/)?node\s.*\btsx\b\S*\s+(?:\/.*\/)?local\/localstack\/localstack\.ts(?:\s|$)/.test(
    line.trim(),
  );
}
