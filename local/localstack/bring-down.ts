import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { HeldLock } from '../../cli/processes/lock-file';
import { composeFor, type LocalstackCommand, timed } from './command';
import { DEPLOY_LOCK, RUN_LOCK, stopOtherRun, takeLock } from './other-run';

/** Ends all that a run started: its process, the containers, the functions' containers, the network. */
export async function bringDown(
  { volumes }: { readonly volumes: boolean },
  command: LocalstackCommand,
): Promise<void> {
  const compose = composeFor(command);
  await compose.check();
  const locks = await locksOfStoppedRuns(command);
  try {
    await timed(command, 'containers and network removed', () => compose.down({ volumes }));
  } finally {
    for (const lock of locks) await lock.release();
  }
  command.shown.note(
    volumes ? 'the data is deleted' : 'the data stays; --down --volumes deletes it too',
  );
}

/**
 * Stops a run that brings containers up first, as it would show its table next.
 * While their locks are held, no other run starts what is being removed.
 */
async function locksOfStoppedRuns({ project, run, shown }: LocalstackCommand): Promise<HeldLock[]> {
  await mkdir(project.folder, { recursive: true });
  const locks: HeldLock[] = [];
  for (const name of [DEPLOY_LOCK, RUN_LOCK]) {
    const file = join(project.folder, name);
    const pid = await stopOtherRun(file, run);
    if (pid !== undefined) shown.note(`process ${pid} has stopped`);
    locks.push(await takeLock(file, run));
  }
  return locks;
}
