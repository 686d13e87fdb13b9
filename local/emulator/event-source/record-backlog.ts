import {
  envelopeBytes,
  type EventOrigin,
  type EventRecord,
  partitionBytes,
  partitionKey,
  type SourceRecord,
  type WaitingRecord,
  waitingRecordOf,
} from './kafka-event';

/** The most that Lambda takes as an event: 6 MB of JSON. */
export const PAYLOAD_LIMIT_BYTES = 6 * 1024 * 1024;

/** The limits of one event. */
export interface EventLimits {
  readonly records: number;
  readonly payloadBytes: number;
}

/** Records for one event, or one record that fits into none. */
export type Taken =
  | { readonly kind: 'event'; readonly records: readonly EventRecord[] }
  | { readonly kind: 'oversized'; readonly record: EventRecord; readonly jsonBytes: number };

/**
 * The records that wait for an event, of all partitions, in the order in which
 * they came: within a partition that is the offsets' order.
 */
export class RecordBacklog {
  readonly #origin: EventOrigin;
  readonly #limits: EventLimits;
  #waiting: WaitingRecord[] = [];
  #waitingBytes = 0;

  constructor(origin: EventOrigin, limits: EventLimits) {
    this.#origin = origin;
    this.#limits = limits;
  }

  get size(): number {
    return this.#waiting.length;
  }

  /** Of their JSON. */
  get bytes(): number {
    return this.#waitingBytes;
  }

  /** True if the next event is full. */
  get fillsAnEvent(): boolean {
    const { records, payloadBytes } = this.#limits;
    return this.size >= records || this.bytes >= payloadBytes;
  }

  add(records: readonly SourceRecord[]): void {
    for (const record of records) {
      const waiting = waitingRecordOf(record);
      this.#waiting.push(waiting);
      this.#waitingBytes += waiting.jsonBytes;
    }
  }

  clear(): void {
    this.#waiting = [];
    this.#waitingBytes = 0;
  }

  /** Takes the records of the next event out; undefined if none waits. */
  take(): Taken | undefined {
    const [first] = this.#waiting;
    if (!first) return undefined;
    const count = this.#countThatFits();
    const taken = this.#waiting.splice(0, Math.max(1, count));
    for (const { jsonBytes } of taken) this.#waitingBytes -= jsonBytes;
    if (count === 0) return { kind: 'oversized', ...first };
    return { kind: 'event', records: taken.map(({ record }) => record) };
  }

  #countThatFits(): number {
    const partitions = new Set<string>();
    let bytes = envelopeBytes(this.#origin);
    let count = 0;
    for (const { record, jsonBytes } of this.#waiting) {
      const key = partitionKey(record);
      // The comma after a record counts too, although the last one has none.
      bytes += jsonBytes + 1 + (partitions.has(key) ? 0 : partitionBytes(record));
      if (count === this.#limits.records || bytes > this.#limits.payloadBytes) return count;
      partitions.add(key);
      count += 1;
    }
    return count;
  }
}
