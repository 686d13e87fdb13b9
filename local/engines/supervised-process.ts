import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, writeFile } from 'node:fs/promises';
import type { LaunchedEngine } from './engine-lifecycle';

/** A long-running program that ends with this process, however that ends. */
export interface SupervisedProgram {
  readonly file: string;
  readonly args: readonly string[];
  /** Output and errors are appended here. */
  readonly logFile: string;
  /** Its pid is written here. */
  readonly pidFile: string;
  /**
   * Shell commands that end the program if this process has ended without doing so. `$$` is the
   * program's pid, `$0` is `orphanArgument`.
   */
  readonly onOrphaned: string;
  readonly orphanArgument?: string;
}

/** Asks the program to end, waits 20 s, then ends it and the watcher by force. */
export const END_BY_PID = [
  'kill $$ 2>/dev/null',
  'n=0',
  'while [ $n -lt 20 ] && kill -0 $$ 2>/dev/null; do sleep 1; n=$((n+1)); done',
  'kill -9 0',
].join('; ');

/** The file beside an engine's data that holds the pid of its process. */
export const PID_FILE = 'pid';

const LOG_TAIL_BYTES = 8192;
const LOG_TAIL_LINES = 25;

/**
 * Starts a program in a process group of its own: Ctrl-C in a terminal reaches only this process,
 * which ends the program in order. In the group a small watcher reads a pipe that this process
 * holds. The pipe closes as this process ends, killed or not, and the watcher then ends the
 * program. The shell becomes the program (`exec`), so that the pid is the program's own.
 */
export async function launchSupervised(program: SupervisedProgram): Promise<LaunchedEngine> {
  const log = await open(program.logFile, 'a');
  try {
    const { size } = await log.stat();
    const child = spawnGroup(program, log.fd);
    const ended = endOf(child);
    await once(child, 'spawn');
    await writeFile(program.pidFile, String(child.pid));
    return launchedProcess(child, ended, () => readLogTail(program.logFile, size));
  } finally {
    await log.close();
  }
}

function spawnGroup(program: SupervisedProgram, logFd: number): ChildProcess {
  const watch = `(exec <&3; cat >/dev/null; ${program.onOrphaned}) &`;
  const script = `exec 3<&0; ${watch} exec "$@" 3<&- </dev/null`;
  const orphanArgument = program.orphanArgument ?? 'sh';
  return spawn('sh', ['-c', script, orphanArgument, program.file, ...program.args], {
    detached: true,
    stdio: ['pipe', logFd, logFd],
  });
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      // The watcher keeps the group alive, so that the number cannot be another's yet.
      if (child.pid !== undefined) signalIfThere(-child.pid, 'SIGKILL');
      child.stdin?.destroy();
      resolve(signal ? `signal ${signal}` : `exit code ${String(code)}`);
    });
  });
}

function launchedProcess(
  child: ChildProcess,
  ended: Promise<string>,
  lastLogLines: () => Promise<string>,
): LaunchedEngine {
  const send = (signal: NodeJS.Signals) => {
    child.kill(signal);
    return Promise.resolve();
  };
  return {
    runsAs: `pid ${String(child.pid)}`,
    pid: child.pid,
    ended,
    terminate: () => send('SIGTERM'),
    kill: () => send('SIGKILL'),
    lastLogLines,
  };
}

function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** The last lines that were written to the file from byte `fromByte` on. */
async function readLogTail(file: string, fromByte: number): Promise<string> {
  const log = await open(file, 'r');
  try {
    const { size } = await log.stat();
    const start = Math.max(fromByte, size - LOG_TAIL_BYTES);
    const { buffer, bytesRead } = await log.read(
      Buffer.alloc(LOG_TAIL_BYTES),
      0,
      size - start,
      start,
    );
    const text = buffer.toString('utf8', 0, bytesRead);
    return text.trimEnd().split('\n').slice(-LOG_TAIL_LINES).join('\n');
  } finally {
    await log.close();
  }
}
