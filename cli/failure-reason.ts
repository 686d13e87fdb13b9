import { types } from 'node:util';

/** What went wrong, in the words of the error that was thrown, or of what caused it where it names a cause. */
export function failureReason(thrown: unknown): string {
  if (!types.isNativeError(thrown)) return String(thrown);
  // fetch says no more than "fetch failed": what failed is the cause.
  return types.isNativeError(thrown.cause) ? thrown.cause.message : thrown.message;
}

/** Whether a file or folder is not there. */
export function isMissingFile(thrown: unknown): boolean {
  return types.isNativeError(thrown) && 'code' in thrown && thrown.code === 'ENOENT';
}
