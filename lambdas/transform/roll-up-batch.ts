import pLimit from 'p-limit';
import { type DeadLetter, deadLetterOf } from '../shared/codec/dead-letter-codec';
import type { DeadLetters } from '../shared/codec/dead-letters';
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
    const rolledUp = outcomes.filter(isRolledUp);
    await ports.log.append(
      TOPICS.rolled,
      rolledUp.map(({ record }) => record),
    );
    for (const { details } of rolledUp) tellRolledUp(ports.telemetry, details);
    await ports.deadLetters.send([...batch.deadLetters, ...outcomes.filter(isDeadLetter)]);
  };
}

/** A segment's record, and what is told once it is appended: the windows themselves are not kept. */
interface RolledUp {
  readonly record: NewRecord;
  readonly details: LogDetails & { readonly minutes: number };
}

type Outcome = RolledUp | DeadLetter;

async function rollUpOne(
  { rolled, children }: RollUpBatchPorts,
  { record, value: segment }: Decoded<ObservedSegment>,
): Promise<Outcome> {
  const ranges = childrenToRead(segment);
  const stored = ranges.length === 0 ? {} : await children.read(segment.pair, ranges);
  try {
    const { minutes, ...range } = segment;
    const candles = rollUp(segment, stored);
    const value = rolled.encode({ ...range, candles });
    const details = describe(segment, countOf(candles) - minutes.length);
    return { record: { key: segment.pair, value }, details };
  } catch (cause) {
    return deadLetterOf(record, 'transform', cause);
  }
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

function isDeadLetter(outcome: Outcome): outcome is DeadLetter {
  return 'reason' in outcome;
}

function isRolledUp(outcome: Outcome): outcome is RolledUp {
  return !isDeadLetter(outcome);
}
