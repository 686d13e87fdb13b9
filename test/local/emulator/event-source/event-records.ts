import type { EventRecord } from '../../../../local/emulator/event-source/kafka-event';

/** A record of each position, such as `0@5` for partition 0 and offset 5. */
export function eventRecords<T extends readonly string[]>(
  ...positions: T
): { readonly [K in keyof T]: EventRecord } {
  return positions.map(eventRecord) as { [K in keyof T]: EventRecord };
}

/** A record of topic `t`, at a position such as `0@5`. */
export function eventRecord(position: string): EventRecord {
  const [partition, offset] = position.split('@').map(Number);
  if (partition === undefined || offset === undefined) throw new Error(`no position: ${position}`);
  return {
    topic: 't',
    partition,
    offset,
    timestamp: 1_000,
    timestampType: 'CREATE_TIME',
    value: null,
    headers: [],
  };
}

/** The positions of records, as `eventRecords` takes them; or offsets of partitions. */
export function positionsOf(records: readonly Pick<EventRecord, 'partition' | 'offset'>[]): string {
  return records.map(({ partition, offset }) => `${partition}@${offset}`).join(' ');
}
