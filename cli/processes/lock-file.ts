import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isMissingFile } from '../failure-text';

/** A lock that this process holds. */
export interface HeldLock {
  /** Whether a process that has ended without releasing it held it before. */
  readonly takenOver: boolean;
  release(): Promise<void>;
}

/** Another living process holds the lock. */
export class LockedError extends Error {
  override readonly name = 'LockedError';
  readonly pid: number;

  constructor(file: string, pid: number) {
    super(
      `Process ${pid} uses this already (${file}). Stop it first. If process ${pid} is ` +
        `another program, delete that file.`,
    );
    this.pid = pid;
  }
}

const POLL_MS = 200;
const heldHere = new Set<string>();

/**
 * Takes a lock: a file that holds our pid. The lock of a process that has ended is taken over.
 *
 * @throws LockedError if a living process, or this one, holds it
 */
export async function acquireLock(path: string): Promise<HeldLock> {
  const file = resolve(path);
  if (heldHere.has(file)) throw new LockedError(file, process.pid);
  heldHere.add(file);
  try {
    const takenOver = await writeLock(file);
    return { takenOver, release: () => release(file) };
  } catch (error) {
    heldHere.delete(file);
    throw error;
  }
}

/**
 * Takes a lock once its holder has released it.
 *
 * @throws LockedError if that takes longer than `waitLimitMs`
 */
export async function acquireLockWaiting(path: string, waitLimitMs: number): Promise<HeldLock> {
  for (let waitedMs = 0; ; waitedMs += POLL_MS) {
    try {
      return await acquireLock(path);
    } catch (error) {
      if (!(error instanceof LockedError) || waitedMs >= waitLimitMs) throw error;
    }
    await sleep(POLL_MS);
  }
}

async function release(file: string): Promise<void> {
  if (!heldHere.has(file)) return;
  await rm(file, { force: true });
  heldHere.delete(file);
}

async function writeLock(file: string): Promise<boolean> {
  // Linked into place whole, so that nobody ever reads a lock without a pid.
  const own = `${file}.${process.pid}`;
  await writeFile(own, String(process.pid));
  try {
    if (await linked(own, file)) return false;
    await removeStale(file);
    if (await linked(own, file)) return true;
    throw new LockedError(file, await pidIn(file));
  } finally {
    await rm(own, { force: true });
  }
}

async function removeStale(file: string): Promise<void> {
  const pid = await pidIn(file);
  if (isOtherAlive(pid)) throw new LockedError(file, pid);
  const aside = `${file}.stale.${process.pid}`;
  try {
    await rename(file, aside);
  } catch (error) {
    if (isMissingFile(error)) return;
    throw error;
  }
  const movedPid = await pidIn(aside);
  // Another process took the stale lock over in between: we moved its lock, so we put it back.
  if (isOtherAlive(movedPid)) await linked(aside, file);
  await rm(aside, { force: true });
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** The process id that a file holds; NaN if it holds none or does not exist. */
export async function pidIn(file: string): Promise<number> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (isMissingFile(error)) return '';
    throw error;
  });
  const pid = Number.parseInt(text, 10);
  return pid > 0 ? pid : NaN;
}

/** Whether a process of that number exists, whoever owns it; of a negative number, a process group. */
export function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid === 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** A lock with our own pid that we do not hold is left from an earlier process of that number. */
function isOtherAlive(pid: number): boolean {
  return pid !== process.pid && isAlive(pid);
}
