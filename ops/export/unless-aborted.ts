/**
 * Waits for some work, but no longer than until a signal is aborted: a database
 * that has died keeps a read waiting for half a minute.
 *
 * @throws the reason of the signal, or whatever the work throws
 */
export function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) onAbort();
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
