import { setTimeout as delay } from 'node:timers/promises';

/** Longer than anything that is waited for, on a busy machine too. */
const LONGEST_WAIT_MS = 30_000;

/** Repeats an expectation until it holds; its last failure is the test's. */
export async function eventually(expectation: () => Promise<void> | void): Promise<void> {
  const deadlineMs = Date.now() + LONGEST_WAIT_MS;
  for (;;) {
    try {
      await expectation();
      return;
    } catch (error) {
      if (Date.now() > deadlineMs) throw error;
      await delay(50);
    }
  }
}
