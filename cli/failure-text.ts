import { types } from 'node:util';

/** An error in words for people: its message, and those of the errors that it is made of. */
export function failureText(thrown: unknown): string {
  if (!types.isNativeError(thrown)) return String(thrown);
  // fetch says no more than "fetch failed": the cause says what did.
  if (thrown.message === 'fetch failed' && thrown.cause !== undefined) {
    return failureText(thrown.cause);
  }
  const inner: unknown = 'errors' in thrown ? thrown.errors : [];
  return [thrown.message, ...(Array.isArray(inner) ? inner.map(failureText) : [])]
    .filter((text) => text !== '')
    .join(': ');
}

/** Whether an error says that a file or folder does not exist. */
export function isMissingFile(thrown: unknown): boolean {
  return types.isNativeError(thrown) && 'code' in thrown && thrown.code === 'ENOENT';
}
