import type { InvocationResult } from './invoker';
import type { ProcessUsage } from './process-usage';

/** Report of an invocation that has ended. */
export interface InvocationReport {
  readonly function: string;
  readonly requestId: string;
  /** Null if no process could be started. */
  readonly pid: number | null;
  /** From the process's start to its handler loaded; null if it was loaded before. */
  readonly initMs: number | null;
  readonly durationMs: number;
  readonly result: InvocationResult;
  /** Null if the process ended in the invocation. */
  readonly usage: ProcessUsage | null;
}
