import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FunctionPool, isThrottled } from '../../../../local/emulator/lambda/function-pool';
import { FunctionProcess } from '../../../../local/emulator/lambda/function-process';

/** Answers with its process once so many invocations are under way in all processes, told by files. */
const HANDLER = `
const { readdirSync, writeFileSync } = require('node:fs');
exports.meets = async ({ folder, count }) => {
  writeFileSync(folder + '/' + process.pid, '');
  while (readdirSync(folder).length < count) await new Promise((r) => setTimeout(r, 5));
  return process.pid;
};
exports.exits = async ({ exit }) => { if (exit) process.exit(3); return process.pid; };
`;

let folder: string;
let met: string;
let pool: FunctionPool | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'function-pool-'));
  met = mkdtempSync(join(tmpdir(), 'function-pool-met-'));
  writeFileSync(join(folder, 'index.js'), HANDLER);
});
afterEach(async () => {
  await pool?.stop();
  rmSync(folder, { recursive: true });
  rmSync(met, { recursive: true });
});

function poolOf(handler: string, limits: { reserved: number; processes: number }): FunctionPool {
  pool = new FunctionPool({
    reservedConcurrency: limits.reserved,
    mostProcesses: limits.processes,
    create: () =>
      new FunctionProcess({
        template: {
          name: 'query',
          logicalId: 'Query',
          arn: 'arn:aws:lambda:us-east-1:000000000000:function:Local-Query',
          bundleFolder: folder,
          handler: `index.${handler}`,
          environment: {},
          timeoutMs: 30_000,
          memoryMiB: 256,
          asyncRetryAttempts: 0,
        },
        logsDir: join(folder, 'logs'),
      }),
  });
  return pool;
}

test('invocations at a time run in processes of their own', async () => {
  const meeting = poolOf('meets', { reserved: 10, processes: 2 });
  await meeting.warm();
  const event = { folder: met, count: 2 };
  const results = await Promise.all([meeting.invoke(event), meeting.invoke(event)]);
  const pids = results.map((result) => result.ok && result.payload);
  expect(new Set(pids).size).toBe(2);
});

test('what is beyond the reserved concurrency is throttled, and what is below waits for a process', async () => {
  const busy = poolOf('exits', { reserved: 2, processes: 1 });
  const results = await Promise.all([busy.invoke({}), busy.invoke({}), busy.invoke({})]);
  expect(results.map(isThrottled)).toEqual([false, false, true]);
  expect(results.map(({ ok }) => ok)).toEqual([true, true, false]);
  expect((await busy.invoke({})).ok).toBe(true);
});

test('a process that ends is started again', async () => {
  const fragile = poolOf('exits', { reserved: 1, processes: 1 });
  expect(await fragile.invoke({ exit: true })).toMatchObject({ errorType: 'Runtime.ExitError' });
  expect((await fragile.invoke({})).ok).toBe(true);
  expect(fragile.restarts).toBe(1);
});
