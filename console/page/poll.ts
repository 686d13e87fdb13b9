/**
 * Calls a poll at once, and then so long after each end of it, while the page
 * is in sight; at once again when it comes into sight.
 */
export function pollInSight(poll: () => Promise<void>, pauseMs: number): void {
  let timer: number | undefined;
  let isPolling = false;
  const next = async (): Promise<void> => {
    if (isPolling || document.hidden) return;
    isPolling = true;
    try {
      await poll();
    } finally {
      isPolling = false;
      timer = window.setTimeout(() => void next(), pauseMs);
    }
  };
  document.addEventListener('visibilitychange', () => {
    window.clearTimeout(timer);
    void next();
  });
  void next();
}
