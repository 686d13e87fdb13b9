import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Whether there is a process of that number. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** The processes that a process has started, and those that they have started. */
export async function descendantsOf(pid: number): Promise<number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=']);
  const rows = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const childrenOf = (parent: number): number[] =>
    rows.flatMap(([own = 0, ofParent]) => (ofParent === parent ? [own, ...childrenOf(own)] : []));
  return childrenOf(pid);
}
