import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import * as v from 'valibot';
import { isAlive } from '../../cli/lock-file';

const endpoint = v.pipe(v.string(), v.regex(/^[^\s:]+:\d{1,5}$/, 'expected host:port'));

const runningStackSchema = v.strictObject({
  pid: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  kafka: endpoint,
  cassandra: endpoint,
  localDataCenter: v.pipe(v.string(), v.nonEmpty()),
  keyspace: v.pipe(v.string(), v.nonEmpty()),
  exchange: v.string(),
  startedAt: v.pipe(v.string(), v.isoTimestamp()),
});

/**
 * How a running stack is reached. `pid` is the process of `npm start`; `kafka`
 * and `cassandra` are `host:port`; `exchange` says for people where the candles
 * come from; `startedAt` is ISO 8601.
 */
export type RunningStack = Readonly<v.InferOutput<typeof runningStackSchema>>;

/** No stack runs on the data folder, or none that can be told. */
export class StackNotRunningError extends Error {
  override readonly name = 'StackNotRunningError';
  constructor(reason: string, cause?: unknown) {
    super(
      `The local run is not running (${reason}). Start it with "npm start", or "npm run localstack".`,
      { cause },
    );
  }
}

/** The folder that the local run keeps its data in: `.candlestream` of the project, or as the environment says. */
export function defaultDataDir(environment: NodeJS.ProcessEnv = process.env): string {
  const chosen = environment['CANDLESTREAM_DATA_DIR'] ?? '';
  return chosen === '' ? join(__dirname, '..', '..', '.candlestream') : resolve(chosen);
}

/** Says that a stack runs on the data folder. */
export async function writeRunningStack(dataDir: string, stack: RunningStack): Promise<void> {
  await mkdir(dataDir, { recursive: true });
  const file = fileIn(dataDir);
  // Renamed into place whole, so that nobody reads half of it.
  const own = `${file}.${process.pid}`;
  await writeFile(own, `${JSON.stringify(stack, null, 2)}\n`);
  await rename(own, file);
}

/** Says that no stack runs on the data folder any more; no error where none did. */
export async function removeRunningStack(dataDir: string): Promise<void> {
  await rm(fileIn(dataDir), { force: true });
}

/**
 * The stack that runs on the data folder.
 *
 * @throws StackNotRunningError where there is none: no description, one that is
 *   not understood, or one of a process that has ended
 */
export async function readRunningStack(dataDir: string): Promise<RunningStack> {
  const file = fileIn(dataDir);
  const stack = parseRunningStack(file, await readDescription(file));
  if (isAlive(stack.pid)) return stack;
  throw new StackNotRunningError(`process ${stack.pid}, which ${file} names, has ended`);
}

function fileIn(dataDir: string): string {
  return join(resolve(dataDir), 'running-stack.json');
}

async function readDescription(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    throw new StackNotRunningError(`there is no ${file}`, cause);
  }
}

function parseRunningStack(file: string, text: string): RunningStack {
  const result = v.safeParse(runningStackSchema, parseJson(file, text));
  if (result.success) return result.output;
  const problems = result.issues.map(
    (issue) => `${v.getDotPath(issue) ?? 'all'}: ${issue.message}`,
  );
  throw new StackNotRunningError(`${file} is not understood: ${problems.join('; ')}`);
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new StackNotRunningError(`${file} is not JSON`, cause);
  }
}
