import { type DeadLetter, deadLetterOf } from './dead-letter-codec';
import type { KafkaRecord } from './kafka-event';

/** A record together with what it holds. */
export interface Decoded<T> {
  readonly record: KafkaRecord;
  readonly value: T;
}

/** A batch, sorted into what can be processed and what never can. */
export interface DecodedBatch<T> {
  readonly decoded: readonly Decoded<T>[];
  readonly deadLetters: readonly DeadLetter[];
}

/**
 * Applies a pure function to each record. What it throws is the record's own
 * fault, whatever its class: no retry can mend it, so the record becomes a dead
 * letter and the batch goes on.
 */
export function decodeBatch<T>(
  records: readonly KafkaRecord[],
  functionName: string,
  decode: (value: Buffer) => T,
): DecodedBatch<T> {
  const decoded: Decoded<T>[] = [];
  const deadLetters: DeadLetter[] = [];
  for (const record of records) {
    try {
      decoded.push({ record, value: decode(bodyOf(record)) });
    } catch (cause) {
      deadLetters.push(deadLetterOf(record, functionName, cause));
    }
  }
  return { decoded, deadLetters };
}

function bodyOf(record: KafkaRecord): Buffer {
  if (record.value === null) throw new TypeError('The record is a tombstone: it has no value');
  return record.value;
}
