import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { END_BY_PID, launchSupervised } from '../../../local/engines/supervised-process';

process.once('message', (folder) => void launch(String(folder)));

/** Answers with the pid of a program that this process supervises. */
async function launch(folder: string): Promise<void> {
  const { pid } = await launchSupervised({
    file: 'sleep',
    args: ['60'],
    logFile: join(folder, 'log'),
    pidFile: join(folder, 'pid'),
    onOrphaned: END_BY_PID,
  });
  process.send?.(pid);
  await sleep(60_000);
}
