import * as v from 'valibot';
import type { InvocationFailure, InvocationResult } from '../../lambda/invoker';
import { type EventRecord, partitionKey } from '../kafka-event';

/** The outcome of an invocation for the records of its event. */
export interface BatchOutcome {
  readonly succeeded: readonly EventRecord[];
  readonly failed: readonly EventRecord[];
  /** Null if no record failed. */
  readonly failure: InvocationFailure | null;
}

const Position = v.object({ partition: v.string(), offset: v.pipe(v.number(), v.integer()) });
const ItemFailures = v.nullish(v.array(v.object({ itemIdentifier: Position })), []);
const Answer = v.nullish(
  v.pipe(
    v.custom<object>((answer) => typeof answer === 'object' && !Array.isArray(answer)),
    v.object({ batchItemFailures: ItemFailures }),
  ),
  {},
);

/**
 * Reads an invocation's result as Lambda does after its developer guide,
 * "Configuring error handling controls for Kafka event sources"
 * (kafka-retry-configurations): without partial answers an event is processed
 * whole or not at all. With them only the records that the answer names are
 * tried again; an answer that names none, or none at all, is a success, and one
 * that names a record that is not in the event, or is not understood, fails the
 * whole event.
 */
export function batchOutcome(
  result: InvocationResult,
  records: readonly EventRecord[],
  reportsItemFailures: boolean,
): BatchOutcome {
  if (!result.ok) return { succeeded: [], failed: records, failure: result };
  if (!reportsItemFailures) return { succeeded: records, failed: [], failure: null };
  const answer = v.safeParse(Answer, result.payload);
  if (!answer.success) return badAnswer(records, v.summarize(answer.issues));
  const reported = answer.output.batchItemFailures;
  const known = new Set(records.map(nameOfRecord));
  const named = new Set<string>();
  for (const { itemIdentifier } of reported) {
    const name = nameOf(itemIdentifier.partition, itemIdentifier.offset);
    if (!known.has(name)) return badAnswer(records, `${name} is not in the event`);
    named.add(name);
  }
  return partialOutcome(records, named);
}

function partialOutcome(records: readonly EventRecord[], named: ReadonlySet<string>): BatchOutcome {
  const isNamed = (record: EventRecord): boolean => named.has(nameOfRecord(record));
  const failed = records.filter(isNamed);
  if (failed.length === 0) return { succeeded: records, failed, failure: null };
  const [first = ''] = named;
  const errorMessage = `${failed.length} of ${records.length} records are reported as failed, the first is ${first}`;
  return {
    succeeded: records.filter((record) => !isNamed(record)),
    failed,
    failure: { errorType: 'Local.BatchItemFailures', errorMessage, trace: [] },
  };
}

function badAnswer(records: readonly EventRecord[], why: string): BatchOutcome {
  const errorMessage = `the answer's batchItemFailures is invalid, so all records count as failed: ${why}`;
  const failure = { errorType: 'Local.BatchAnswerNotUnderstood', errorMessage, trace: [] };
  return { succeeded: [], failed: records, failure };
}

function nameOfRecord(record: EventRecord): string {
  return nameOf(partitionKey(record), record.offset);
}

function nameOf(partition: string, offset: number): string {
  return `${partition} offset ${offset}`;
}
