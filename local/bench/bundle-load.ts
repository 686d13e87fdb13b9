import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { FunctionTemplate } from '../emulator/template/function-template';
import { FUNCTION_NAMES, type PipelineTemplate } from '../emulator/template/pipeline-template';

/** What a cold start pays for a function's code. */
export interface BundleFigures {
  readonly name: string;
  readonly bytes: number;
  /** The median time to load it in a new process, beyond starting the process. */
  readonly loadMs: number;
}

const RUNS = 9;
const LOAD = `const startedMs = performance.now(); require(process.argv[1]); process.stdout.write(String(performance.now() - startedMs)); process.exit(0);`;

/** Each function's bundle, loaded in new processes with the template's environment. */
export function bundleLoads(template: PipelineTemplate): BundleFigures[] {
  return FUNCTION_NAMES.map((name) => bundleLoad(template.functions[name]));
}

function bundleLoad(template: FunctionTemplate): BundleFigures {
  const file = join(template.bundleFolder, 'index.js');
  const times = Array.from({ length: RUNS }, () => loadMs(file, template)).sort((a, b) => a - b);
  return { name: template.name, bytes: statSync(file).size, loadMs: times[(RUNS - 1) / 2] ?? NaN };
}

function loadMs(file: string, { name, environment }: FunctionTemplate): number {
  const env = { ...environment, PATH: process.env['PATH'], AWS_REGION: 'us-east-1' };
  const { stdout, stderr, status } = spawnSync(process.execPath, ['-e', LOAD, file], {
    env,
    encoding: 'utf8',
    timeout: 30_000,
  });
  if (status !== 0) throw new Error(`The bundle of ${name} does not load: ${stderr}`);
  return Number(stdout);
}
