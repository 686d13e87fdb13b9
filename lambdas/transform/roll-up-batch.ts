import pLimit from 'p-limit';
import { type DeadLetter, deadLetterOf } from '../shared/codec/dead-letter-codec';
import type { DeadLetters } from '../shared/codec/dead-letters';
import { type Decoded, decodeBatch } from '../shared/codec/decode-batch';
import type { KafkaRecord } from '../shared/codec/kafka-event';
import type { SegmentCodec } from '../shared/codec/segment-codec';
import type { CandleReader, NewRecord, RecordLog, Telemetry } from '../shared/domain/ports';
import { childrenToRead, rollUp } from '../shared/domain/roll-up';
import type { ObservedSegment, RolledSegment } from '../shared/domain/segment';
import { TOPICS } from '../shared/domain/topics';

/** What the transform function works with. */
export interface RollUpBatchPorts {
  readonly observed: SegmentCodec<ObservedSegment>;
  readonly rolled: SegmentCodec<RolledSegment>;
  readonly children: CandleReader;
  readonly log: RecordLog;
  readonly deadLetters: DeadLetters;
  readonly telemetry: Telemetry;
}

/** How many segments have reads of stored children under way at once. */
const CONCURRENT_SEGMENTS = 16;

/**
 * The transform function's use case: checks each observed segment, rolls it up
 * over the stored children around it, and appends it to `candles.rolled`, in
 * the order of the batch. A record that can never be rolled up becomes a dead
 * letter.
 *
 * @returns a function of a batch; it rejects where something outside failed, and
 *   then the whole batch can be given to it again
 */
export function createRollUpBatch(ports: RollUpBatchPorts) {
  return async (records: readonly KafkaRecord[]): Promise<void> => {
    const batch = decodeBatch(records, 'transform', (value) => ports.observed.decode(value));
    const limit = pLimit(CONCURRENT_SEGMENTS);
    const outcomes = await limit.map(batch.decoded, (decoded) => rollUpOne(ports, decoded));
    await ports.log.append(TOPICS.rolled, outcomes.filter(isRecord));
    await ports.deadLetters.send([...batch.deadLetters, ...outcomes.filter(isDeadLetter)]);
  };
}

type Outcome = NewRecord | DeadLetter;

async function rollUpOne(
  { rolled, children, telemetry }: RollUpBatchPorts,
  { record, value: segment }: Decoded<ObservedSegment>,
): Promise<Outcome> {
  const ranges = childrenToRead(segment);
  const stored = ranges.length === 0 ? {} : await children.read(segment.pair, ranges);
  try {
    const { minutes, ...range } = segment;
    const candles = rollUp(segment, stored);
    const value = rolled.encode({ ...range, candles });
    telemetry.count('MinutesRolledUp', minutes.length);
    return { key: segment.pair, value };
  } catch (cause) {
    return deadLetterOf(record, 'transform', cause);
  }
}

function isDeadLetter(outcome: Outcome): outcome is DeadLetter {
  return 'reason' in outcome;
}

function isRecord(outcome: Outcome): outcome is NewRecord {
  return !isDeadLetter(outcome);
}
