import type { RecordLog, Telemetry } from '../domain/ports';
import { TOPICS } from '../domain/topics';
import type { DeadLetter } from './dead-letter-codec';
import type { TopicCodec } from './topic-codec';

/** The port for records that can never be processed. */
export interface DeadLetters {
  /** Resolves once all are in the topic: only then may the batch be done with them. */
  send(letters: readonly DeadLetter[]): Promise<void>;
}

/** Dead letters as records of their topic, each counted and logged with its reason. */
export function createDeadLetters(
  codec: TopicCodec<DeadLetter>,
  log: RecordLog,
  telemetry: Telemetry,
): DeadLetters {
  return {
    async send(letters) {
      if (letters.length === 0) return;
      const records = letters.map((letter) => ({
        key: letter.key ?? '',
        value: codec.encode(letter),
      }));
      await log.append(TOPICS.deadLetter, records);
      letters.forEach((letter) => report(letter, telemetry));
    },
  };
}

function report(letter: DeadLetter, telemetry: Telemetry): void {
  const { topic, partition, offset, key, reason } = letter;
  telemetry.warn('dead letter', { topic, partition, offset, key, reason });
  telemetry.count('DeadLetters', 1);
}
