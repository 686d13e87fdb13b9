import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** The synthesis failed; the message has the output of the CDK app. */
export class SynthesisError extends Error {
  override readonly name = 'SynthesisError';
}

const PROJECT = join(__dirname, '..');
const OUTPUT_LINES = 30;
/** Beside the assembly: all that the app is asked for. */
const CONTEXT_FILE = 'asked-context.json';

/**
 * Synthesizes a stage of the CDK app, bundles and all, as a deployment would,
 * into a folder of its own. AWS is not asked for anything.
 *
 * @param context over that of the project and the stage, such as `{settings: ...}`
 * @returns the folder of the cloud assembly
 * @throws SynthesisError; the signal's reason, if it ends by that
 */
export async function synthesize(
  stage: string,
  folder: string,
  signal?: AbortSignal,
  context: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  signal?.throwIfAborted();
  const contextFile = join(folder, CONTEXT_FILE);
  await mkdir(folder, { recursive: true });
  await writeFile(contextFile, JSON.stringify({ ...contextOfProject(), stage, ...context }));
  const app = spawn(process.execPath, ['--import', 'tsx', join(PROJECT, 'bin/candlestream.ts')], {
    cwd: PROJECT,
    env: {
      ...process.env,
      CDK_OUTDIR: folder,
      // A variable holds 128 KB, which thousands of pairs exceed: the CDK reads the rest from a file.
      CONTEXT_OVERFLOW_LOCATION_ENV: contextFile,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  });
  const said = Promise.all([text(app.stdout), text(app.stderr)]);
  const [code] = (await once(app, 'close').catch((error: unknown) => {
    signal?.throwIfAborted();
    throw error;
  })) as [number | null];
  if (code === 0) return folder;
  const output = (await said).join('').trim().split('\n');
  const reason = reasonIn(output).slice(-OUTPUT_LINES).join('\n');
  throw new SynthesisError(`The stage ${stage} could not be synthesized:\n${reason}`);
}

/** The lines that Node.js prints of an uncaught error, without the code and the calls around it. */
function reasonIn(output: readonly string[]): readonly string[] {
  const first = output.findIndex((line) => /^\w*Error: /.test(line));
  if (first < 0) return output;
  const length = output.slice(first).findIndex((line) => /^ {4}at /.test(line));
  return length < 0 ? output.slice(first) : output.slice(first, first + length);
}

/** The feature flags of cdk.json, which `cdk` itself would pass on. */
function contextOfProject(): Record<string, unknown> {
  const settings = JSON.parse(readFileSync(join(PROJECT, 'cdk.json'), 'utf8')) as {
    context?: Record<string, unknown>;
  };
  return settings.context ?? {};
}
