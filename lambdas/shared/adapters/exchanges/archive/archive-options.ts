import type { RequestLimits } from '../http/request-limits';
import type { RetryOptions } from '../http/retried';

/** Options for an archive. */
export interface ArchiveOptions extends RetryOptions {
  /** The address that the paths of files follow, without a slash at its end. */
  readonly baseUrl: string;
  /** The longest wait for one file, in milliseconds. @default 30,000 */
  readonly timeoutMs?: number;
  /** The pauses and bans that its files have together. @default each file has its own */
  readonly limits?: RequestLimits;
}
