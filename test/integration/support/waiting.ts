import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 5;
/** With room for machines that are busy. */
const LIMIT_MS = 180_000;

/**
 * Waits until something is so.
 *
 * @param what names it in the error
 * @throws Error if it is not so within `limitMs`
 */
export async function until(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  limitMs = LIMIT_MS,
): Promise<void> {
  const endMs = performance.now() + limitMs;
  while (!(await isSo())) {
    if (performance.now() > endMs) throw new Error(`Not so within ${limitMs} ms: ${what}`);
    await sleep(POLL_MS);
  }
}
