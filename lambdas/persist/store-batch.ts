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
import { marketKey } from '../shared/domain/market';
import type { SegmentStore, Telemetry } from '../shared/domain/ports';
import { isCoveredBy, type RolledSegment } from '../shared/domain/segment';
import {
  enterAudit,
  MarketProgress,
  storeGaps,
  storeSegment,
  type StoredRows,
} from './store-segment';

/** The ports of the persist function. */
export interface StoreBatchPorts extends BatchEndPorts {
  readonly rolled: SegmentCodec<RolledSegment>;
  readonly store: SegmentStore;
}

/** Markets that are stored at once. */
const CONCURRENT_MARKETS = 16;

/**
 * The persist function's use case: stores the segments of a batch, each market's
 * in order. A segment's progress is written last, after all its rows are
 * acknowledged, and only if it leaves no hole. A segment whose rows a later one
 * of the batch has too is not written: it settles once that one is stored. A
 * record that can never be stored becomes a dead letter. If a segment fails, it
 * and the later ones of its market are to be given again.
 *
 * @returns a function of a batch, which ends it as {@link endBatch} does
 */
export function createStoreBatch(ports: StoreBatchPorts) {
  return async (records: readonly KafkaRecord[]): Promise<BatchAnswer | undefined> => {
    const { decoded, deadLetters } = decodeBatch(records, 'persist', (value) =>
      ports.rolled.decode(value),
    );
    const limit = pLimit(CONCURRENT_MARKETS);
    const outcomes = await limit.map(byMarket(decoded), (segments) =>
      storeInOrder(ports, segments),
    );
    report(
      ports.telemetry,
      outcomes.flatMap(({ stored }) => stored),
    );
    const failed = outcomes.flatMap((outcome) => outcome.failed);
    return endBatch(ports, records, { failed, deadLetters });
  };
}

/** One line a batch: a line a segment would cost more than the function does. */
function report(telemetry: Telemetry, stored: readonly StoredRows[]): void {
  if (stored.length === 0) return;
  telemetry.info('stored', {
    segments: stored.length,
    minutes: stored.reduce((sum, { minutes }) => sum + minutes, 0),
    windows: stored.reduce((sum, { windows }) => sum + windows, 0),
  });
}

function byMarket(decoded: readonly Decoded<RolledSegment>[]): Decoded<RolledSegment>[][] {
  const markets = new Map<string, Decoded<RolledSegment>[]>();
  for (const one of decoded) {
    const key = marketKey(one.value);
    const segments = markets.get(key);
    if (segments === undefined) markets.set(key, [one]);
    else segments.push(one);
  }
  return [...markets.values()];
}

/** Segments of one market that were written, and those that are to be given again. */
interface MarketOutcome {
  readonly stored: readonly StoredRows[];
  readonly failed: readonly FailedRecord[];
}

/**
 * Stores segments of one market, and settles them in order, up to the first that
 * fails: all that are not settled by then have failed.
 */
async function storeInOrder(
  ports: StoreBatchPorts,
  segments: readonly Decoded<RolledSegment>[],
): Promise<MarketOutcome> {
  const stored = new Map<RolledSegment, StoredRows>();
  const planned = segments.map((one, index) => ({ ...one, by: storedBy(segments, index) }));
  const unsettled = [...planned];
  const progress = new MarketProgress(ports.store);
  try {
    for (const { value, by } of planned) {
      if (by !== value) {
        await storeGaps(ports, value);
        continue;
      }
      const [rows] = await Promise.all([storeSegment(ports, value), progress.readFor(value)]);
      stored.set(value, rows);
      for (let first = unsettled[0]; first && stored.has(first.by); first = unsettled[0]) {
        const settled = first.value;
        await (settled.kind === 'audit' ? enterAudit(ports, settled) : progress.move(settled));
        unsettled.shift();
      }
    }
    return { stored: [...stored.values()], failed: [] };
  } catch (cause) {
    const failed = unsettled.map(({ record }) => ({ record, cause }));
    return { stored: [...stored.values()], failed };
  }
}

/** The segment with which the rows of one are stored: itself, or the next one that covers it. */
function storedBy(segments: readonly Decoded<RolledSegment>[], index: number): RolledSegment {
  const { value } = segments[index] as Decoded<RolledSegment>;
  const later = segments.slice(index + 1).find((one) => isCoveredBy(value, one.value));
  return later === undefined ? value : storedBy(segments, segments.indexOf(later));
}
