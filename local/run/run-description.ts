import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import * as v from 'valibot';
import { EXCHANGE_NAMES } from '../../lambdas/shared/adapters/exchanges/exchange-facts';
import { isMissingFile } from '../../cli/failure-text';
import { isAlive } from '../../cli/processes/lock-file';

const ENDPOINT = v.pipe(v.string(), v.regex(/^[^\s:]+:\d{1,5}$/, 'expected host:port'));

const FOLLOWED_EXCHANGE = v.strictObject({
  exchange: v.picklist(EXCHANGE_NAMES),
  pairs: v.array(v.string()),
  retentionMinutes: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  url: v.pipe(v.string(), v.url()),
  archiveUrl: v.nullable(v.pipe(v.string(), v.url())),
});

const FOLLOWED = v.strictObject({
  exchanges: v.array(FOLLOWED_EXCHANGE),
  historyStart: v.pipe(v.string(), v.isoDate()),
});

const RUN_DESCRIPTION = v.strictObject({
  pid: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  kafka: ENDPOINT,
  cassandra: ENDPOINT,
  localDataCenter: v.pipe(v.string(), v.nonEmpty()),
  keyspace: v.pipe(v.string(), v.nonEmpty()),
  exchange: v.string(),
  api: v.nullable(v.pipe(v.string(), v.url())),
  startedAt: v.pipe(v.string(), v.isoTimestamp()),
  followed: FOLLOWED,
});

/**
 * An exchange that a local run follows: the pairs, how many minutes back its API
 * serves, and the addresses of that API and of the archive as this machine
 * reaches them; null if it has none.
 */
export type FollowedExchange = Readonly<v.InferOutput<typeof FOLLOWED_EXCHANGE>>;

/** What a local run follows: the exchanges, and the first UTC day that is wanted of each market. */
export type FollowedByRun = Readonly<v.InferOutput<typeof FOLLOWED>>;

/**
 * Access to a local run. `pid` is the process of `npm start` or `npm run localstack`; `kafka`
 * and `cassandra` are `host:port`; `exchange` names for people the source of
 * the candles; `api` is the address of the query API and of the page, null if the stage has none;
 * `startedAt` is ISO 8601.
 */
export type RunDescription = Readonly<v.InferOutput<typeof RUN_DESCRIPTION>>;

/** No local run uses the data folder, or its description cannot be read. */
export class NotRunningError extends Error {
  override readonly name = 'NotRunningError';
  constructor(reason: string, cause?: unknown) {
    super(
      `The local run is not running (${reason}). Start it with "npm start", or "npm run localstack".`,
      { cause },
    );
  }
}

/** Data folder of the local run: CANDLESTREAM_DATA_DIR, or `.candlestream` in the project. */
export function defaultDataDir(environment: NodeJS.ProcessEnv = process.env): string {
  const chosen = environment['CANDLESTREAM_DATA_DIR'] ?? '';
  return chosen === '' ? join(__dirname, '..', '..', '.candlestream') : resolve(chosen);
}

/** Writes that a local run uses the data folder. */
export async function writeRunDescription(dataDir: string, run: RunDescription): Promise<void> {
  await mkdir(dataDir, { recursive: true });
  const file = fileIn(dataDir);
  // Renamed into place, so that nobody reads half of it.
  const own = `${file}.${process.pid}`;
  await writeFile(own, `${JSON.stringify(run, null, 2)}\n`);
  await rename(own, file);
}

/** Removes the description of a run that ends; no error if there is none. */
export async function removeRunDescription(dataDir: string): Promise<void> {
  await rm(fileIn(dataDir), { force: true });
}

/**
 * Reads the description of the run that uses the data folder.
 *
 * @throws NotRunningError if there is no description, it is invalid, or its
 *   process has ended
 */
export async function readRunDescription(dataDir: string): Promise<RunDescription> {
  const file = fileIn(dataDir);
  const run = parseDescription(file, await readDescription(file));
  if (isAlive(run.pid)) return run;
  throw new NotRunningError(`process ${run.pid}, which ${file} names, has ended`);
}

function fileIn(dataDir: string): string {
  return join(resolve(dataDir), 'run.json');
}

async function readDescription(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    if (!isMissingFile(cause)) throw cause;
    throw new NotRunningError(`there is no ${file}`, cause);
  }
}

function parseDescription(file: string, text: string): RunDescription {
  const result = v.safeParse(RUN_DESCRIPTION, parseJson(file, text));
  if (result.success) return result.output;
  const problems = result.issues.map(
    (issue) => `${v.getDotPath(issue) ?? 'all'}: ${issue.message}`,
  );
  throw new NotRunningError(`${file} is invalid: ${problems.join('; ')}`);
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new NotRunningError(`${file} is not JSON`, cause);
  }
}
