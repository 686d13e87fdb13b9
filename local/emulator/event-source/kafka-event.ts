/** A record as the event source reads it from its topic. */
export interface SourceRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestampMs: number;
  readonly timestampType: 'CREATE_TIME' | 'LOG_APPEND_TIME';
  readonly key: Buffer | null;
  /** Null for a tombstone. */
  readonly value: Buffer | null;
  /** In the record's order; a name may come more than once. */
  readonly headers: readonly (readonly [name: string, value: Buffer])[];
}

/** A record of an `aws:kafka` event; `key` and `value` are base64. */
export interface EventRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly timestampType: 'CREATE_TIME' | 'LOG_APPEND_TIME';
  readonly key?: string;
  readonly value: string | null;
  readonly headers: readonly Readonly<Record<string, readonly number[]>>[];
}

/** The event that a Kafka event source invokes a function with. */
export interface KafkaEvent {
  readonly eventSource: 'aws:kafka' | 'SelfManagedKafka';
  readonly eventSourceArn?: string;
  readonly bootstrapServers: string;
  /** Each partition's records in offset order, by `topic-partition`. */
  readonly records: Readonly<Record<string, readonly EventRecord[]>>;
}

/** The origin of an event's records. */
export interface EventOrigin {
  /** Null for a self-managed cluster, whose event says so. */
  readonly eventSourceArn: string | null;
  readonly bootstrapServers: string;
}

/** A record that waits for its event, with its part of the event's JSON in bytes. */
export interface WaitingRecord {
  readonly record: EventRecord;
  readonly jsonBytes: number;
}

/**
 * The record of an event, after the AWS Lambda developer guide, "Using Lambda
 * with Amazon MSK". A record without a key has no `key`.
 */
function eventRecordOf(record: SourceRecord): EventRecord {
  const { topic, partition, offset, timestampMs, timestampType, key, value } = record;
  return {
    topic,
    partition,
    offset,
    timestamp: timestampMs,
    timestampType,
    ...(key === null ? {} : { key: key.toString('base64') }),
    value: value === null ? null : value.toString('base64'),
    headers: record.headers.map(([name, bytes]) => ({ [name]: [...bytes] })),
  };
}

/** The key, the value and the headers of a record as bytes. */
export function sourceBytesOf(
  record: EventRecord,
): Pick<SourceRecord, 'key' | 'value' | 'headers'> {
  const { key, value, headers } = record;
  return {
    key: key === undefined ? null : Buffer.from(key, 'base64'),
    value: value === null ? null : Buffer.from(value, 'base64'),
    headers: headers.flatMap((header) =>
      Object.entries(header).map(([name, bytes]) => [name, Buffer.from(bytes)] as const),
    ),
  };
}

/** The record with its size; base64 needs no escapes, so the value is not encoded to be measured. */
export function waitingRecordOf(source: SourceRecord): WaitingRecord {
  const record = eventRecordOf(source);
  const withoutValue = JSON.stringify({ ...record, value: '' });
  return { record, jsonBytes: Buffer.byteLength(withoutValue) + (record.value?.length ?? 2) };
}

/** The position of a record. */
export type RecordPosition = Pick<EventRecord, 'topic' | 'partition' | 'offset'>;

/** The position of a record, without the rest of it. */
export function positionOf({ topic, partition, offset }: RecordPosition): RecordPosition {
  return { topic, partition, offset };
}

/** The key of a partition's records in an event. */
export function partitionKey({
  topic,
  partition,
}: Pick<EventRecord, 'topic' | 'partition'>): string {
  return `${topic}-${partition}`;
}

/** The event of these records; each partition's must come in offset order. */
export function kafkaEventOf(origin: EventOrigin, records: readonly EventRecord[]): KafkaEvent {
  const byPartition: Record<string, EventRecord[]> = {};
  for (const record of records) (byPartition[partitionKey(record)] ??= []).push(record);
  const { eventSourceArn, bootstrapServers } = origin;
  return eventSourceArn === null
    ? { eventSource: 'SelfManagedKafka', bootstrapServers, records: byPartition }
    : { eventSource: 'aws:kafka', eventSourceArn, bootstrapServers, records: byPartition };
}

/** The JSON of an event without a record, in bytes. */
export function envelopeBytes(origin: EventOrigin): number {
  return Buffer.byteLength(JSON.stringify(kafkaEventOf(origin, [])));
}

/** The bytes that a partition adds to an event's JSON beside its records: `"topic-0":[],`. */
export function partitionBytes(record: EventRecord): number {
  return Buffer.byteLength(JSON.stringify(partitionKey(record))) + 4;
}
