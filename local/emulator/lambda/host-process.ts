import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { FunctionTemplate } from '../template/function-template';
import { functionEnvironment } from './function-environment';
import { hasEnded } from './host-messages';

/** A function and the process that is to run it. */
export interface HostProcessOptions {
  readonly template: FunctionTemplate;
  /** Set over the template's environment. */
  readonly overrides: Readonly<Record<string, string>>;
  /** Takes what the function writes. */
  readonly logFile: string;
  /** Further flags of `node`. */
  readonly nodeOptions: readonly string[];
}

/** The part of a function's memory that its heap may take. */
const HEAP_SHARE = 0.9;
/** The longest that a process may take to end in order before it is killed. */
const STOP_LIMIT_MS = 2_000;

/**
 * Starts `function-host.mjs`, in a process group of its own: Ctrl-C reaches its
 * parent only. The process ends as its channel to the parent closes.
 */
export function startHostProcess(options: HostProcessOptions): ChildProcess {
  const { template, overrides, logFile, nodeOptions } = options;
  const heapMiB = Math.floor(template.memoryMiB * HEAP_SHARE);
  const log = openSync(logFile, 'a');
  try {
    return fork(join(__dirname, 'function-host.mjs'), [], {
      cwd: template.bundleFolder,
      env: functionEnvironment(template, overrides),
      execArgv: [`--max-old-space-size=${heapMiB}`, ...nodeOptions],
      stdio: ['ignore', log, log, 'ipc'],
      detached: true,
    });
  } finally {
    closeSync(log);
  }
}

/** Ends a process at once. */
export async function killProcess(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** Asks a process to end, and ends it if it does not. */
export async function endProcess(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  await ended;
  clearTimeout(timer);
}
