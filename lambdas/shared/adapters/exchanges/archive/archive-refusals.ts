import type { MetricName } from '../../../domain/metrics';
import type { Telemetry } from '../../../domain/ports';

/** Counts what is wrong in a file of the archive, and tells it once. */
export class ArchiveRefusals {
  readonly #telemetry: Telemetry;
  readonly #file: string;
  readonly #kinds = new Map<MetricName, number>();
  #count = 0;
  #first = '';

  constructor(telemetry: Telemetry, file: string) {
    this.#telemetry = telemetry;
    this.#file = file;
  }

  /** A line of the file, for a reason. */
  at(line: number): string {
    return `${this.#file}, line ${line}`;
  }

  /** @param kind the kind of a row that cannot be a candle */
  add(reason: string, kind?: MetricName): void {
    this.#count += 1;
    if (this.#count === 1) this.#first = reason;
    if (kind !== undefined) this.#kinds.set(kind, (this.#kinds.get(kind) ?? 0) + 1);
  }

  /** Counts and logs what was added since the last time. */
  report(): void {
    if (this.#count === 0) return;
    const details = { file: this.#file, refused: this.#count, first: this.#first };
    this.#telemetry.count('ArchiveRefused', this.#count);
    for (const [kind, count] of this.#kinds) this.#telemetry.count(kind, count);
    this.#telemetry.warn('archive refused in part or whole', details);
    this.#count = 0;
    this.#kinds.clear();
  }
}
