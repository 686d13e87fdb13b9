import pLimit from 'p-limit';
import {
  type BatchAnswer,
  type BatchEndPorts,
  endBatch,
  type FailedRecord,
} from '../shared/codec/batch-answer';
import { type DeadLetter, deadLetterOf } from '../shared/codec/dead-letter-codec';
import { type Decoded, decodeBatch } from '../shared/codec/decode-batch';
import type { KafkaRecord } from '../shared/codec/kafka-event';
import type { SegmentCodec } from '../shared/codec/segment-codec';
import type { CandlesByInterval } from '../shared/domain/candle';
import type {
  CandleReader,
  LogDetails,
  NewRecord,
  RecordLog,
  Telemetry,
} from '../shared/domain/ports';
import { childrenToRead, rollUp } from '../shared/domain/roll-up';
import type { ObservedSegment, RolledSegment } from '../shared/domain/segment';
import { UnreadableCandleError } from '../shared/domain/unreadable-candle-error';
import { TOPICS } from '../shared/domain/topics';

/** What the transform function works with. */
export interface RollUpBatchPorts extends BatchEndPorts {
  readonly observed: SegmentCodec<ObservedSegment>;
  readonly rolled: SegmentCodec<RolledSegment>;
  readonly children: CandleReader;
  readonly log: RecordLog;
}

/** How many segments have reads of stored children under way at once. */
const CONCURRENT_SEGMENTS = 16;

/**
 * The transform function's use case: checks each observed segment, rolls it up
 * over the stored children around it, and appends it to `candles.rolled`, in
 * the order of the batch. A record that can never be rolled up becomes a dead
 * letter. Where the children of a segment cannot be read, it and the later ones
 * of its pair are to be given again, so that a pair's order is kept; where the
 * append fails, all of it.
 *
 * @returns a function of a batch, which ends it as {@link endBatch} does
 */
export function createRollUpBatch(ports: RollUpBatchPorts) {
  return async (records: readonly KafkaRecord[]): Promise<BatchAnswer | undefined> => {
    const batch = decodeBatch(records, 'transform', (value) => ports.observed.decode(value));
    const limit = pLimit(CONCURRENT_SEGMENTS);
    const outcomes = await limit.map(batch.decoded, (decoded) => rollUpOne(ports, decoded));
    const { rolledUp, deadLetters, failed } = sorted(outcomes);
    // Where a failure throws, the whole batch comes again: what is appended now would be there twice.
    const comesAgain = failed.length > 0 && ports.batchFailures === 'throw';
    const notAppended = comesAgain ? [] : await append(ports, rolledUp);
    return endBatch(ports, records, {
      failed: [...failed, ...notAppended],
      deadLetters: [...batch.deadLetters, ...deadLetters],
    });
  };
}

/** A segment's record, and what is told once it is appended: the windows themselves are not kept. */
interface RolledUp {
  readonly kind: 'rolled up';
  readonly record: KafkaRecord;
  readonly pair: string;
  readonly appends: NewRecord;
  readonly details: LogDetails & { readonly minutes: number };
}

type Outcome =
  | RolledUp
  | { readonly kind: 'dead letter'; readonly letter: DeadLetter }
  | (FailedRecord & { readonly kind: 'failed'; readonly pair: string });

async function rollUpOne(
  { rolled, children }: RollUpBatchPorts,
  { record, value: segment }: Decoded<ObservedSegment>,
): Promise<Outcome> {
  const { pair } = segment;
  let stored: CandlesByInterval;
  try {
    stored = await storedChildren(children, segment);
  } catch (cause) {
    // Such a row stays as it is until someone corrects it: a record that waited for it would keep all others waiting.
    if (cause instanceof UnreadableCandleError) return deadLetter(record, cause);
    return { kind: 'failed', record, pair, cause };
  }
  try {
    const { minutes, ...range } = segment;
    const candles = rollUp(segment, stored);
    const appends = { key: pair, value: rolled.encode({ ...range, candles }) };
    const details = describe(segment, countOf(candles) - minutes.length);
    return { kind: 'rolled up', record, pair, appends, details };
  } catch (cause) {
    return deadLetter(record, cause);
  }
}

function deadLetter(record: KafkaRecord, cause: unknown): Outcome {
  return { kind: 'dead letter', letter: deadLetterOf(record, 'transform', cause) };
}

function storedChildren(
  children: CandleReader,
  segment: ObservedSegment,
): Promise<CandlesByInterval> {
  const ranges = childrenToRead(segment);
  return ranges.length === 0 ? Promise.resolve({}) : children.read(segment.pair, ranges);
}

/** The outcomes by kind, in the order of the batch; what is rolled up behind a failure of its pair is held back with it. */
function sorted(outcomes: readonly Outcome[]) {
  const rolledUp: RolledUp[] = [];
  const deadLetters: DeadLetter[] = [];
  const failed: FailedRecord[] = [];
  const firstFailures = new Map<string, FailedRecord>();
  for (const outcome of outcomes) {
    if (outcome.kind === 'dead letter') {
      deadLetters.push(outcome.letter);
      continue;
    }
    const { record, pair } = outcome;
    const earlier = firstFailures.get(pair) ?? (outcome.kind === 'failed' ? outcome : undefined);
    if (earlier !== undefined) {
      firstFailures.set(pair, earlier);
      failed.push({ record, cause: earlier.cause });
    } else if (outcome.kind === 'rolled up') {
      rolledUp.push(outcome);
    }
  }
  return { rolledUp, deadLetters, failed };
}

/** Appends what is rolled up; where that fails, some of it may be in the topic, and all of it is to be given again. */
async function append(
  { log, telemetry }: RollUpBatchPorts,
  rolledUp: readonly RolledUp[],
): Promise<FailedRecord[]> {
  try {
    await log.append(
      TOPICS.rolled,
      rolledUp.map(({ appends }) => appends),
    );
  } catch (cause) {
    return rolledUp.map(({ record }) => ({ record, cause }));
  }
  for (const { details } of rolledUp) tellRolledUp(telemetry, details);
  return [];
}

function countOf(candles: CandlesByInterval): number {
  return Object.values(candles).reduce((sum, list) => sum + list.length, 0);
}

function describe({ pair, fromMs, toMs, minutes }: ObservedSegment, windows: number) {
  return {
    pair,
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    minutes: minutes.length,
    windows,
  };
}

function tellRolledUp(telemetry: Telemetry, details: RolledUp['details']): void {
  telemetry.info('rolled up', details);
  telemetry.count('MinutesRolledUp', details.minutes);
}
