import * as v from 'valibot';

/** A record of a topic, as an event source hands it over. */
export interface KafkaRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestampMs: number;
  readonly key: string | null;
  /** Null for a tombstone. */
  readonly value: Buffer | null;
}

/** An event that is not one of a Kafka event source. */
export class InvalidKafkaEventError extends Error {
  override readonly name = 'InvalidKafkaEventError';
}

/**
 * The part of the `aws:kafka` event that is used. `key` and `value` are base64,
 * and either can be absent or null.
 * Source: the AWS Lambda developer guide, "Using Lambda with Amazon MSK".
 */
const KafkaEvent = v.object({
  eventSource: v.picklist(['aws:kafka', 'SelfManagedKafka']),
  records: v.record(
    v.string(),
    v.array(
      v.object({
        topic: v.string(),
        partition: v.pipe(v.number(), v.integer()),
        offset: v.pipe(v.number(), v.safeInteger()),
        timestamp: v.number(),
        key: v.nullish(v.string()),
        value: v.nullish(v.string()),
      }),
    ),
  ),
});

type EventRecord = v.InferOutput<typeof KafkaEvent>['records'][string][number];

/**
 * The records of an `aws:kafka` event, each partition's in offset order.
 *
 * @throws InvalidKafkaEventError if the event is not of that shape
 */
export function recordsOf(event: unknown): KafkaRecord[] {
  const parsed = v.safeParse(KafkaEvent, event);
  if (!parsed.success) {
    const issues = v.flatten(parsed.issues);
    throw new InvalidKafkaEventError(
      `Not an aws:kafka event: ${JSON.stringify(issues)}; is this function's event source a Kafka topic?`,
    );
  }
  return Object.values(parsed.output.records).flatMap((records) =>
    records.map(recordOf).sort((a, b) => a.offset - b.offset),
  );
}

function recordOf({ topic, partition, offset, timestamp, key, value }: EventRecord): KafkaRecord {
  return {
    topic,
    partition,
    offset,
    timestampMs: timestamp,
    key: typeof key === 'string' ? Buffer.from(key, 'base64').toString('utf8') : null,
    value: typeof value === 'string' ? Buffer.from(value, 'base64') : null,
  };
}
