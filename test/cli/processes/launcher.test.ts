import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pidsUpToNpm } from '../../../cli/processes/launcher';

const PROCESSES = `
    1     0 /sbin/init
   30     1 bash
 4711    30 npm run localstack
 4720  4711 sh -c tsx local/localstack/localstack.ts
 4721  4720 node /p/node_modules/.bin/tsx local/localstack/localstack.ts
 4800    30 node /usr/lib/node_modules/npm/bin/npm-cli.js start
 4801  4800 node local/start/start.ts
`;

test.each([
  [4721, [4721, 4720, 4711]],
  [4801, [4801, 4800]],
  [30, []],
  [99, []],
])('the launchers of a child of %j are %j', (pid, pids) => {
  expect(pidsUpToNpm(PROCESSES, pid)).toEqual(pids);
});

test('a command ends after its npm was killed', async () => {
  const command = join(__dirname, 'launched-command.ts');
  const args = JSON.stringify(['--import', 'tsx', command]);
  const script = `process.title = 'npm run test';
    require('child_process').spawn(process.execPath, ${args}, { stdio: 'inherit' });`;
  const npm = spawn(process.execPath, ['-e', script], {
    env: { ...process.env, npm_lifecycle_event: 'test' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  npm.stdout.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
  await once(npm.stdout, 'data');

  npm.kill('SIGKILL');

  // The command holds the other end until it ends.
  await once(npm.stdout, 'end');
  expect(output).toBe('started\nended: StopAsked\n');
});
