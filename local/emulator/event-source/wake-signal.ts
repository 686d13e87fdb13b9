/** Wakes everyone who waits. */
export class WakeSignal {
  readonly #waiting = new Set<() => void>();

  /** The number of those who wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  notify(): void {
    for (const wake of [...this.#waiting]) wake();
  }

  /** Resolves at the next notification, or after `limitMs`. */
  next(limitMs?: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = limitMs === undefined ? undefined : setTimeout(wake, limitMs);
      this.#waiting.add(wake);
    });
  }
}
