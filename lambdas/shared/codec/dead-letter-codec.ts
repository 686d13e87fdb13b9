import { TOPICS } from '../domain/topics';
import type { KafkaRecord } from './kafka-event';
import type { SchemaVersionIds } from './schema-versions';
import { createTopicCodec, type TopicCodec } from './topic-codec';

/** A record that can never be processed: why, where it came from, and the record itself. */
export interface DeadLetter {
  readonly reason: string;
  readonly function: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestampMs: number;
  readonly key: string | null;
  readonly value: Buffer | null;
}

/** The codec of `candles.dead-letter`. */
export function createDeadLetterCodec(ids: SchemaVersionIds): TopicCodec<DeadLetter> {
  return createTopicCodec<DeadLetter>(TOPICS.deadLetter, ids);
}

/** A reason may quote the record: it is not to be larger than that. */
const REASON_CHARACTERS = 2_000;

/** The dead letter of a record that a function gave up on. */
export function deadLetterOf(
  record: KafkaRecord,
  functionName: string,
  cause: unknown,
): DeadLetter {
  const { topic, partition, offset, timestampMs, key, value } = record;
  const said = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  const reason = said.slice(0, REASON_CHARACTERS);
  return { reason, function: functionName, topic, partition, offset, timestampMs, key, value };
}
