import pLimit from 'p-limit';
import {
  type BatchAnswer,
  type BatchEndPorts,
  endBatch,
  type FailedRecord,
} from '../shared/codec/batch-answer';
import { type Decoded, decodeBatch } from '../shared/codec/decode-batch';
import type { KafkaRecord } from '../shared/codec/kafka-event';
import type { SegmentCodec } from '../shared/codec/segment-codec';
import type { SegmentStore, Telemetry } from '../shared/domain/ports';
import { advance, gapBefore } from '../shared/domain/progress';
import type { RolledSegment } from '../shared/domain/segment';

/** What the persist function works with. */
export interface StoreBatchPorts extends BatchEndPorts {
  readonly rolled: SegmentCodec<RolledSegment>;
  readonly store: SegmentStore;
}

/** How many pairs are stored at once. */
const CONCURRENT_PAIRS = 16;

/**
 * The persist function's use case: stores the segments of a batch, each pair's
 * in order. A segment's progress is written last, after all its rows are
 * acknowledged, and only where it leaves no hole. A record that can never be
 * stored becomes a dead letter. Where a segment fails, it and the later ones of
 * its pair are to be given again.
 *
 * @returns a function of a batch, which ends it as {@link endBatch} does
 */
export function createStoreBatch(ports: StoreBatchPorts) {
  return async (records: readonly KafkaRecord[]): Promise<BatchAnswer | undefined> => {
    const { decoded, deadLetters } = decodeBatch(records, 'persist', (value) =>
      ports.rolled.decode(value),
    );
    const limit = pLimit(CONCURRENT_PAIRS);
    const failed = await limit.map(byPair(decoded), (segments) => storeInOrder(ports, segments));
    return endBatch(ports, records, { failed: failed.flat(), deadLetters });
  };
}

function byPair(decoded: readonly Decoded<RolledSegment>[]): Decoded<RolledSegment>[][] {
  const pairs = new Map<string, Decoded<RolledSegment>[]>();
  for (const one of decoded) {
    const segments = pairs.get(one.value.pair);
    if (segments === undefined) pairs.set(one.value.pair, [one]);
    else segments.push(one);
  }
  return [...pairs.values()];
}

/** Stores segments of one pair up to the first that fails: that one and those behind it are returned. */
async function storeInOrder(
  ports: StoreBatchPorts,
  segments: readonly Decoded<RolledSegment>[],
): Promise<FailedRecord[]> {
  for (const [index, { value: segment }] of segments.entries()) {
    try {
      await storeSegment(ports, segment);
    } catch (cause) {
      return segments.slice(index).map(({ record }) => ({ record, cause }));
    }
  }
  return [];
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
