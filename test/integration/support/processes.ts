import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

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
