import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from '../../../../cli/processes/lock-file';
import type { FunctionParentRequest } from './function-parent';

let folder: string;
let pid: number;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'orphaned-function-'));
  const handler = 'exports.waits = () => new Promise(() => setInterval(() => undefined, 1_000));';
  await writeFile(join(folder, 'index.js'), handler);
});
afterEach(() => {
  if (isAlive(pid)) process.kill(pid, 'SIGKILL');
});
afterAll(() => rm(folder, { recursive: true }));

/** The pid of the function of a process that has started it. */
async function startedBy(parent: ChildProcess, isInvoked: boolean): Promise<number> {
  const request: FunctionParentRequest = { folder, isInvoked };
  parent.send(request);
  const [answer] = (await once(parent, 'message')) as [number];
  return answer;
}

async function ended(pid: number): Promise<void> {
  while (isAlive(pid)) await sleep(20);
}

test.each([
  ['that waits for an invocation', false],
  ['in an invocation', true],
])('a function %s ends as its parent is killed', async (_, isInvoked) => {
  const parent = fork(join(__dirname, 'function-parent.ts'), [], {
    execArgv: ['--import', 'tsx'],
  });
  pid = await startedBy(parent, isInvoked);
  expect(isAlive(pid)).toBe(true);
  parent.kill('SIGKILL');
  await ended(pid);
});
