import { setTimeout as sleep } from 'node:timers/promises';
import type { RunCommand } from '../engines/command-runner';
import { isAlive, pidIn } from '../engines/lock-file';

const STOP_LIMIT_MS = 30_000;
const POLL_MS = 100;

/** A run that was told to stop goes on. */
export class RunNotStoppedError extends Error {
  override readonly name = 'RunNotStoppedError';
}

/**
 * Stops the run that holds a lock file, where one does.
 *
 * @returns the pid of what was stopped; undefined where nothing ran
 * @throws RunNotStoppedError
 */
export async function stopOtherRun(lockFile: string, run: RunCommand): Promise<number | undefined> {
  const pid = await pidIn(lockFile);
  if (!isAlive(pid) || pid === process.pid || !(await isOfThisCommand(pid, run))) return undefined;
  process.kill(pid, 'SIGTERM');
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

/** A pid in a file that was left behind may be another program's by now. */
async function isOfThisCommand(pid: number, run: RunCommand): Promise<boolean> {
  const { stdout } = await run('ps', ['-p', String(pid), '-o', 'args='], { timeoutMs: 5_000 });
  return stdout.includes('localstack');
}
