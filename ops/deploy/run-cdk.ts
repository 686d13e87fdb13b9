import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { join } from 'node:path';
import { types } from 'node:util';
import { DeploymentProblem } from './deployment-problem';

const PROJECT = join(__dirname, '..', '..');

/** The CDK's command line, in the version that the project pins. */
const CDK = join(PROJECT, 'node_modules', '.bin', 'cdk');

/** What `cdk` is run with. */
export interface CdkOptions {
  /** Set over the variables of this process. */
  readonly environment: Readonly<Record<string, string>>;
  /** The executable. @default that of the project's packages */
  readonly cdk?: string;
}

/**
 * Runs `cdk` in the project's folder, on this terminal, to its end.
 *
 * @returns its exit code; 128 and the signal's number where a signal ended it
 * @throws DeploymentProblem where it is not installed
 */
export async function runCdk(args: readonly string[], options: CdkOptions): Promise<number> {
  const cdk = spawn(options.cdk ?? CDK, args, {
    cwd: PROJECT,
    env: { ...process.env, ...options.environment },
    stdio: 'inherit',
  });
  const forward = (signal: NodeJS.Signals) => {
    // Ctrl-C reaches every process of a terminal; a second one would cut the first one's work short.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) cdk.kill(signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, forward);
  try {
    const [code, signal] = (await once(cdk, 'close')) as [number | null, NodeJS.Signals | null];
    return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
  } catch (cause) {
    if (!types.isNativeError(cause)) throw cause;
    throw new DeploymentProblem(`cdk cannot be run (${cause.message}): run npm ci`, { cause });
  } finally {
    for (const signal of signals) process.off(signal, forward);
  }
}
