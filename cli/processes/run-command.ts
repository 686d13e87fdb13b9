import { execFile } from 'node:child_process';
import { createInterface } from 'node:readline';
import { isMissingFile } from '../failure-text';

/** The result of a command that ran to its end. */
export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandLimits {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Set over the variables of this process. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** Called with each line of its output and its errors as it comes. */
  readonly onLine?: ((line: string) => void) | undefined;
}

/**
 * Runs a command to its end.
 *
 * @throws CommandNotFoundError if there is no such program
 * @throws CommandTimeoutError if it takes longer than `timeoutMs`; it is ended then
 */
export type RunCommand = (
  file: string,
  args: readonly string[],
  limits: CommandLimits,
) => Promise<CommandResult>;

export class CommandNotFoundError extends Error {
  override readonly name = 'CommandNotFoundError';
}

export class CommandTimeoutError extends Error {
  override readonly name = 'CommandTimeoutError';
}

const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** Runs the command as a child process. */
export const runCommand: RunCommand = (file, args, { timeoutMs, signal, environment, onLine }) =>
  new Promise((resolve, reject) => {
    const env = { ...process.env, ...environment };
    const options = { timeout: timeoutMs, signal, env, maxBuffer: MAX_OUTPUT_BYTES };
    const child = execFile(file, args, options, (error, stdout, stderr) => {
      if (!error) resolve({ exitCode: 0, stdout, stderr });
      else if (isMissingFile(error))
        reject(new CommandNotFoundError(`There is no program "${file}".`, { cause: error }));
      else if (typeof error.code === 'number') resolve({ exitCode: error.code, stdout, stderr });
      else if (error.killed === true && signal?.aborted !== true)
        reject(new CommandTimeoutError(tookTooLong(file, args, timeoutMs), { cause: error }));
      else reject(new Error(`"${file}" could not be run: ${error.message}`, { cause: error }));
    });
    if (onLine === undefined) return;
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', onLine);
    }
  });

function tookTooLong(file: string, args: readonly string[], timeoutMs: number): string {
  return `"${[file, ...args].join(' ')}" did not end within ${timeoutMs / 1_000} s.`;
}

/** The last lines of a command's output, its errors last. */
export function lastLines({ stdout, stderr }: CommandResult, count = 15): string {
  return `${stdout.trimEnd()}\n${stderr.trimEnd()}`.trim().split('\n').slice(-count).join('\n');
}
