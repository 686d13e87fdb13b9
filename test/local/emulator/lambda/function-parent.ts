import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FunctionProcess } from '../../../../local/emulator/lambda/function-process';

/** The request of a test: to start a function, and perhaps to invoke it. */
export interface FunctionParentRequest {
  readonly folder: string;
  readonly isInvoked: boolean;
}

process.once('message', (request) => void startFunction(request as FunctionParentRequest));

/** Answers with the pid of the function. */
async function startFunction({ folder, isInvoked }: FunctionParentRequest): Promise<void> {
  const started = new FunctionProcess({
    template: {
      name: 'fetch',
      logicalId: 'Fetch',
      arn: 'arn:aws:lambda:us-east-1:000000000000:function:Fetch',
      bundleFolder: folder,
      handler: 'index.waits',
      environment: {},
      timeoutMs: 60_000,
      memoryMiB: 128,
      asyncRetryAttempts: 0,
    },
    logsDir: join(folder, 'logs'),
  });
  await started.warm();
  if (isInvoked) void started.invoke({});
  process.send?.(started.pid);
  await sleep(60_000);
}
