import { readFileSync } from 'node:fs';

/** Usage of a process since it started. */
export interface Usage {
  readonly cpuMs: number;
  readonly peakResidentBytes: number;
}

/** The kernel counts CPU time in hundredths of a second, on every Linux that Node.js runs on. */
const TICK_MS = 10;

/**
 * Reads what a process of this machine has used; undefined if that cannot be read:
 * on systems other than Linux, and of processes in containers.
 * Source: the Linux manual, proc_pid_stat(5) and proc_pid_status(5).
 */
export function usageOf(pid: number | undefined): Usage | undefined {
  if (pid === undefined || process.platform !== 'linux') return undefined;
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name in the second field may hold blanks: what follows is counted from its closing bracket.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const peakKiB = Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0);
  const cpuTicks = Number(fields[11]) + Number(fields[12]);
  return { cpuMs: cpuTicks * TICK_MS, peakResidentBytes: peakKiB * 1_024 };
}

/** Usage between two looks; the peak is that of the process's whole life. */
export function usedSince(before: Usage | undefined, after: Usage | undefined): Usage | undefined {
  if (before === undefined || after === undefined) return undefined;
  return { ...after, cpuMs: after.cpuMs - before.cpuMs };
}
