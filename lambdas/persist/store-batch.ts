import pLimit from 'p-limit';
import type { DeadLetters } from '../shared/codec/dead-letters';
import { type Decoded, decodeBatch } from '../shared/codec/decode-batch';
import type { KafkaRecord } from '../shared/codec/kafka-event';
import type { SegmentCodec } from '../shared/codec/segment-codec';
import type { SegmentStore, Telemetry } from '../shared/domain/ports';
import { advance, gapBefore } from '../shared/domain/progress';
import type { RolledSegment } from '../shared/domain/segment';

/** What the persist function works with. */
export interface StoreBatchPorts {
  readonly rolled: SegmentCodec<RolledSegment>;
  readonly store: SegmentStore;
  readonly deadLetters: DeadLetters;
  readonly telemetry: Telemetry;
}

/** A batch of which some pairs could not be stored; `errors` has the first failure of each. */
export class BatchNotStoredError extends AggregateError {
  override readonly name = 'BatchNotStoredError';
}

/** How many pairs are stored at once. */
const CONCURRENT_PAIRS = 16;

/**
 * The persist function's use case: stores the segments of a batch, each pair's
 * in order. A segment's progress is written last, after all its rows are
 * acknowledged, and only where it leaves no hole. A record that can never be
 * stored becomes a dead letter.
 *
 * @returns a function of a batch; it rejects where something outside failed, and
 *   then the whole batch can be given to it again
 */
export function createStoreBatch(ports: StoreBatchPorts) {
  return async (records: readonly KafkaRecord[]): Promise<void> => {
    const batch = decodeBatch(records, 'persist', (value) => ports.rolled.decode(value));
    await storePairs(ports, byPair(batch.decoded));
    // Last: a batch that is given again has not left its dead letters behind yet.
    await ports.deadLetters.send(batch.deadLetters);
  };
}

function byPair(decoded: readonly Decoded<RolledSegment>[]): RolledSegment[][] {
  const pairs = new Map<string, RolledSegment[]>();
  for (const { value: segment } of decoded) {
    const segments = pairs.get(segment.pair);
    if (segments === undefined) pairs.set(segment.pair, [segment]);
    else segments.push(segment);
  }
  return [...pairs.values()];
}

/** One pair's failure does not keep the others from being stored. */
async function storePairs(
  ports: StoreBatchPorts,
  pairs: readonly RolledSegment[][],
): Promise<void> {
  const limit = pLimit(CONCURRENT_PAIRS);
  const outcomes = await Promise.allSettled(
    pairs.map((segments) => limit(() => storeInOrder(ports, segments))),
  );
  const errors = outcomes.flatMap((outcome) =>
    outcome.status === 'rejected' ? [outcome.reason as unknown] : [],
  );
  if (errors.length === 0) return;
  throw new BatchNotStoredError(
    errors,
    `${errors.length} of ${pairs.length} pairs could not be stored, the first because of: ${String(errors[0])}`,
  );
}

async function storeInOrder(ports: StoreBatchPorts, segments: readonly RolledSegment[]) {
  for (const segment of segments) await storeSegment(ports, segment);
}

async function storeSegment({ store, telemetry }: StoreBatchPorts, segment: RolledSegment) {
  await storeGap(store, segment, telemetry);
  await store.writeCandles(segment);
  await settle(store, segment);
  const minutes = segment.candles['1m']?.length ?? 0;
  const rows = Object.values(segment.candles).reduce((sum, list) => sum + list.length, 0);
  telemetry.count('CandlesStored', rows);
  telemetry.info('stored', {
    pair: segment.pair,
    from: new Date(segment.fromMs).toISOString(),
    to: new Date(segment.toMs).toISOString(),
    observedAt: new Date(segment.observedAtMs).toISOString(),
    minutes,
    windows: rows - minutes,
  });
}

/** First: windows beside a gap lack its minutes, so none of them is stored without it. */
async function storeGap(store: SegmentStore, segment: RolledSegment, telemetry: Telemetry) {
  const gap = gapBefore(segment);
  if (gap === undefined) return;
  await store.writeGap(segment.pair, gap, segment.observedAtMs);
  telemetry.count('Gaps', 1);
}

/** Last, once every row is acknowledged. */
async function settle(store: SegmentStore, segment: RolledSegment) {
  if (segment.settlesMs === null) return;
  const stored = (await store.read([segment.pair])).get(segment.pair);
  const progress = advance(stored, segment);
  if (progress !== undefined) await store.writeProgress(segment.pair, progress);
}
