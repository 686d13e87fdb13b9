import type { Telemetry } from '../domain/ports';
import type { DeadLetter } from './dead-letter-codec';
import type { DeadLetters } from './dead-letters';
import type { KafkaRecord } from './kafka-event';

/**
 * Treatment of records that failed: after `throw`, the event source gives the
 * function the whole batch again; after `report`, only those.
 * An event source understands a report only if it has provisioned pollers.
 */
export const BATCH_FAILURES = ['throw', 'report'] as const;

/** One of the two. */
export type BatchFailures = (typeof BATCH_FAILURES)[number];

/** The position of a record in the log. */
export type RecordPosition = Pick<KafkaRecord, 'topic' | 'partition' | 'offset'>;

/** A record that was not processed for a reason outside it, which may pass. */
export interface FailedRecord {
  readonly record: RecordPosition;
  /** The failure: the same object for all records that it kept from being processed. */
  readonly cause: unknown;
}

/** Outcome of a batch: of its records that are in neither list, all is done. */
export interface BatchOutcome {
  readonly failed: readonly FailedRecord[];
  readonly deadLetters: readonly DeadLetter[];
}

/**
 * A function's partial answer: the records to give to it again. `partition` is
 * a key of the event's `records`, such as `candles.observed-0`.
 * Source: the AWS Lambda developer guide, "Configuring error handling controls
 * for Kafka event sources", with `ReportBatchItemFailures`.
 */
export interface BatchAnswer {
  readonly batchItemFailures: readonly {
    readonly itemIdentifier: { readonly partition: string; readonly offset: number };
  }[];
}

/** A batch of which some records failed; `errors` has each cause once. */
export class BatchFailedError extends AggregateError {
  override readonly name = 'BatchFailedError';
  constructor(causes: readonly unknown[], failed: number, records: number) {
    super(
      causes,
      `${failed} of ${records} records failed, of ${causes.length} causes the first: ${String(causes[0])}`,
    );
  }
}

/** Ports for the end of a batch. */
export interface BatchEndPorts {
  readonly batchFailures: BatchFailures;
  readonly deadLetters: DeadLetters;
  readonly telemetry: Telemetry;
}

/**
 * Ends a batch: sends its dead letters, tells what failed, each cause once, and
 * answers as it is set to. A batch that will be given again whole has its dead
 * letters sent only then; reported records come again alone, so the dead letters
 * beside them are sent at once, and reported too if they could not be.
 *
 * @returns the answer of the function; undefined if a failure throws
 * @throws BatchFailedError, or what kept the dead letters from being sent
 */
export async function endBatch(
  ports: BatchEndPorts,
  records: readonly RecordPosition[],
  { failed, deadLetters }: BatchOutcome,
): Promise<BatchAnswer | undefined> {
  if (ports.batchFailures === 'throw') {
    reportCauses(ports.telemetry, failed);
    if (failed.length > 0)
      throw new BatchFailedError(causesOf(failed), failed.length, records.length);
    await ports.deadLetters.send(deadLetters);
    return undefined;
  }
  const unsent = await sendOrFail(ports.deadLetters, deadLetters);
  const reported = [...failed, ...unsent];
  reportCauses(ports.telemetry, reported);
  if (reported.length > 0) ports.telemetry.count('Failures', 1);
  return answerOf(reported);
}

async function sendOrFail(
  deadLetters: DeadLetters,
  letters: readonly DeadLetter[],
): Promise<FailedRecord[]> {
  try {
    await deadLetters.send(letters);
    return [];
  } catch (cause) {
    return letters.map((record) => ({ record, cause }));
  }
}

function answerOf(failed: readonly FailedRecord[]): BatchAnswer {
  return {
    batchItemFailures: failed.map(({ record: { topic, partition, offset } }) => ({
      itemIdentifier: { partition: `${topic}-${partition}`, offset },
    })),
  };
}

function causesOf(failed: readonly FailedRecord[]): unknown[] {
  return [...new Set(failed.map(({ cause }) => cause))];
}

function reportCauses(telemetry: Telemetry, failed: readonly FailedRecord[]): void {
  for (const cause of causesOf(failed)) {
    const records = failed.filter((one) => one.cause === cause);
    const [first] = records;
    if (first === undefined) continue;
    const { topic, partition, offset } = first.record;
    const details = { topic, partition, offset, records: records.length };
    telemetry.error('records failed: they will come again', details, cause);
  }
}
