import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OperationError } from '../../../ops/operation-error';
import { runCdk } from '../../../ops/aws/run-cdk';

const RUN_CDK = join(__dirname, '../../../ops/aws/run-cdk.ts');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'candlestream-cdk-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** An executable that stands in for cdk. */
function fakeCdk(script: string): string {
  const file = join(folder, 'cdk');
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

test('its arguments, its variables and its folder are handed over, and its exit code back', async () => {
  const said = join(folder, 'said');
  const cdk = fakeCdk(`echo "$PWD $AWS_REGION $*" > ${said}; exit 7`);
  const environment = { AWS_REGION: 'eu-west-1' };
  expect(await runCdk(['diff', '-c', 'stage=dev'], { cdk, environment })).toBe(7);
  const project = join(__dirname, '../../..');
  expect(readFileSync(said, 'utf8')).toBe(`${project} eu-west-1 diff -c stage=dev\n`);
});

test('one that a signal ends has the exit code that a shell gives it', async () => {
  const cdk = fakeCdk('kill -TERM $$');
  expect(await runCdk(['deploy'], { cdk, environment: {} })).toBe(128 + 15);
});

test('a signal is handed on, even one that comes as cdk starts', async () => {
  const cdk = fakeCdk(
    "trap 'exit 42' TERM; kill -TERM $PPID; for i in $(seq 600); do sleep 0.1; done; exit 1",
  );
  const program = `require(${JSON.stringify(RUN_CDK)}).runCdk(['deploy'], ${JSON.stringify({ cdk, environment: {} })})
    .then((code) => { process.exitCode = code; })`;
  const running = spawn(process.execPath, ['--import', 'tsx', '-e', program], { stdio: 'inherit' });
  expect(await once(running, 'close')).toEqual([42, null]);
});

test('one that is not there is told', async () => {
  const missing = runCdk(['synth'], { cdk: join(folder, 'none'), environment: {} });
  await expect(missing).rejects.toThrow(OperationError);
  await expect(missing).rejects.toThrow(/ENOENT\): run npm ci$/);
});
