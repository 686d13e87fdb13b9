import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { join } from 'node:path';
import { types } from 'node:util';
import { CDK } from '../../cli/cdk';
import { OperationError } from '../operation-error';

const PROJECT = join(__dirname, '..', '..');

const FORWARDED_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Options for running `cdk`. */
export interface CdkOptions {
  /** Set over the variables of this process. */
  readonly environment: Readonly<Record<string, string>>;
  /** The executable. @default that of the project's packages */
  readonly cdk?: string;
}

/**
 * Runs `cdk` in the project's folder, on this terminal, to its end.
 *
 * @returns its exit code; 128 and the signal's number if a signal ended it
 * @throws OperationError if it is not installed
 */
export async function runCdk(args: readonly string[], options: CdkOptions): Promise<number> {
  let cdk: ChildProcess | undefined;
  const forward = (signal: NodeJS.Signals) => {
    // Ctrl-C reaches every process of a terminal; a second one would cut the first one's work short.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) cdk?.kill(signal);
  };
  // Before cdk starts: without a handler, a signal would end this process and leave cdk running.
  for (const signal of FORWARDED_SIGNALS) process.on(signal, forward);
  try {
    cdk = startCdk(args, options);
    return await exitCodeOf(cdk);
  } finally {
    for (const signal of FORWARDED_SIGNALS) process.off(signal, forward);
  }
}

function startCdk(args: readonly string[], { cdk = CDK, environment }: CdkOptions): ChildProcess {
  const env = { ...process.env, ...environment };
  return spawn(cdk, args, { cwd: PROJECT, env, stdio: 'inherit' });
}

async function exitCodeOf(cdk: ChildProcess): Promise<number> {
  try {
    const [code, signal] = (await once(cdk, 'close')) as [number | null, NodeJS.Signals | null];
    return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
  } catch (cause) {
    if (!types.isNativeError(cause)) throw cause;
    throw new OperationError(`cdk cannot be run (${cause.message}): run npm ci`, { cause });
  }
}
