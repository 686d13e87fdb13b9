/** CPU time and peak memory of a process since it started. */
export interface ProcessUsage {
  readonly cpuMs: number;
  readonly maxResidentBytes: number;
}

const NOTHING: ProcessUsage = { cpuMs: 0, maxResidentBytes: 0 };

/** The usage of processes that follow one another. */
export class SummedUsage {
  #current = NOTHING;
  #ended = NOTHING;

  /** CPU time in sum, memory at its highest. */
  get total(): ProcessUsage {
    return {
      cpuMs: this.#ended.cpuMs + this.#current.cpuMs,
      maxResidentBytes: Math.max(this.#ended.maxResidentBytes, this.#current.maxResidentBytes),
    };
  }

  /** The usage of the process that runs, since its start. */
  report(usage: ProcessUsage): void {
    this.#current = usage;
  }

  /** The process has ended; the next one counts from nothing. */
  processEnded(): void {
    this.#ended = this.total;
    this.#current = NOTHING;
  }
}
