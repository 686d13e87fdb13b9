import { type EventRecord, partitionKey, positionOf } from './kafka-event';
import type { PartitionOffset } from './record-feed';

/**
 * The offsets up to which the partitions of an event are done: never past a
 * record that is still undecided, whatever was done after it.
 */
export class SettledOffsets {
  /** The records of each partition that are not passed yet, in offset order. */
  readonly #ahead = new Map<string, EventRecord[]>();
  readonly #settled = new Set<EventRecord>();

  constructor(records: readonly EventRecord[]) {
    for (const record of records) {
      const key = partitionKey(record);
      const ahead = this.#ahead.get(key) ?? [];
      ahead.push(record);
      this.#ahead.set(key, ahead);
    }
  }

  /** Takes records of the event as done; gives the partitions that have advanced by it. */
  settle(records: readonly EventRecord[]): PartitionOffset[] {
    for (const record of records) this.#settled.add(record);
    const touched = new Set(records.map(partitionKey));
    return [...touched].flatMap((key) => this.#advance(this.#ahead.get(key) ?? []));
  }

  #advance(ahead: EventRecord[]): PartitionOffset[] {
    const firstOpen = ahead.findIndex((record) => !this.#settled.has(record));
    const last = ahead.splice(0, firstOpen === -1 ? ahead.length : firstOpen).at(-1);
    return last ? [{ ...positionOf(last), offset: last.offset + 1 }] : [];
  }
}
