import type { RolledSegment } from '../shared/domain/segment';
import { marketKey } from '../shared/domain/market';
import type { SegmentStore, Telemetry } from '../shared/domain/ports';
import { advance, type Gap, gapsOf, perhapsFilled } from '../shared/domain/progress';

/** The ports that a segment is stored through. */
export interface StoreSegmentPorts {
  readonly store: SegmentStore;
  readonly telemetry: Telemetry;
}

/** Stores the gaps and the rows of a segment. */
export async function storeSegment(
  ports: StoreSegmentPorts,
  segment: RolledSegment,
): Promise<void> {
  const { store, telemetry } = ports;
  // First: windows beside a gap lack its minutes, so none of them is stored without it.
  await storeGaps(ports, segment);
  await store.writeCandles(segment);
  await deleteFilledGaps(ports, segment);
  const minutes = segment.candles['1m']?.length ?? 0;
  const rows = Object.values(segment.candles).reduce((sum, list) => sum + list.length, 0);
  telemetry.count('CandlesStored', rows);
  telemetry.info('stored', {
    market: marketKey(segment),
    from: new Date(segment.fromMs).toISOString(),
    to: new Date(segment.toMs).toISOString(),
    observedAt: new Date(segment.observedAtMs).toISOString(),
    minutes,
    windows: rows - minutes,
  });
}

/** Stores the gaps that a segment reports. */
export async function storeGaps(
  { store, telemetry }: StoreSegmentPorts,
  segment: RolledSegment,
): Promise<void> {
  const gaps = gapsOf(segment);
  if (gaps.length === 0) return;
  await Promise.all(gaps.map((gap) => store.writeGap(segment, gap, segment.observedAtMs)));
  // Rejected minutes are counted by the kind of their fault, where they are rejected.
  telemetry.count('Gaps', gaps.length - segment.rejected.length);
}

/** Deletes the gaps of rejected minutes that are stored by now. */
async function deleteFilledGaps(
  { store, telemetry }: StoreSegmentPorts,
  segment: RolledSegment,
): Promise<void> {
  const perhaps = perhapsFilled(segment, await store.readGaps(segment, segment));
  if (perhaps.length === 0) return;
  const filled = await storedOf(store, segment, perhaps);
  await Promise.all(filled.map((gap) => store.deleteGap(segment, gap, segment.observedAtMs)));
  telemetry.count('GapsFilled', filled.length);
}

async function storedOf(store: SegmentStore, segment: RolledSegment, gaps: readonly Gap[]) {
  const ranges = gaps.map(({ fromMs, toMs }) => ({ interval: '1m' as const, fromMs, toMs }));
  const { candles } = await store.readCandles(segment, ranges);
  const times = new Set((candles['1m'] ?? []).map(({ openTimeMs }) => openTimeMs));
  return gaps.filter(({ fromMs }) => times.has(fromMs));
}

/** Moves the progress of a segment's market, once every row is acknowledged. */
export async function settle({ store }: StoreSegmentPorts, segment: RolledSegment): Promise<void> {
  if (segment.settlesMs === null) return;
  const stored = (await store.readStatus([segment])).get(marketKey(segment))?.progress;
  const progress = advance(stored, segment);
  if (progress !== undefined) await store.writeProgress(segment, progress);
}
