import { setTimeout as sleep } from 'node:timers/promises';
import type { AnyFunction } from '../../lib/naming/function-names';
import type { LocalstackCommand } from './command';
import { deployedFunctions, NotDeployedError } from './deployment/deployed-functions';
import { FunctionLogs, logsApi } from './deployment/function-logs';

const LOOK_EVERY_MS = 1_000;

/** Prints a function's log; with `follow`, until the command is asked to stop. */
export async function showLogs(
  { of, follow }: { readonly of: AnyFunction; readonly follow: boolean },
  { project, shown, signal }: LocalstackCommand,
): Promise<void> {
  const target = (await deployedFunctions(project))[of];
  if (target === undefined) {
    throw new NotDeployedError(`The function ${of} is not deployed in LocalStack`);
  }
  const api = logsApi(project);
  try {
    const logs = new FunctionLogs(api, target.functionName, 0);
    for (;;) {
      for (const { timeMs, message } of await logs.newLines()) {
        shown.note(`${new Date(timeMs).toISOString()} ${message}`);
      }
      if (!follow) return;
      await sleep(LOOK_EVERY_MS, undefined, { signal });
    }
  } finally {
    api.destroy();
  }
}
