import { dayText } from '../shared/domain/interval';
import type { RolledSegment } from '../shared/domain/segment';
import { marketKey } from '../shared/domain/market';
import type { SegmentStore, Telemetry } from '../shared/domain/ports';
import { audited, unknownDay } from '../shared/domain/ledger/ledger';
import { type Gap, gapsOf, perhapsFilled, settledGaps } from '../shared/domain/progress/gaps';
import { advance, type Progress } from '../shared/domain/progress/progress';

/** The ports that a segment is stored through. */
export interface StoreSegmentPorts {
  readonly store: SegmentStore;
  readonly telemetry: Telemetry;
}

/** Rows of a stored segment. */
export interface StoredRows {
  readonly minutes: number;
  readonly windows: number;
}

/** Stores the gaps and the rows of a segment. */
export async function storeSegment(
  ports: StoreSegmentPorts,
  segment: RolledSegment,
): Promise<StoredRows> {
  const { store, telemetry } = ports;
  // First: windows beside a gap lack its minutes, so none of them is stored without it.
  await storeGaps(ports, segment);
  const [gaps] = await Promise.all([store.readGaps(segment, segment), store.writeCandles(segment)]);
  await deleteFilledGaps(ports, segment, gaps);
  const minutes = segment.candles['1m']?.length ?? 0;
  const rows = Object.values(segment.candles).reduce((sum, list) => sum + list.length, 0);
  telemetry.count('CandlesStored', rows);
  const stored = { minutes, windows: rows - minutes };
  telemetry.debug('segment stored', {
    market: marketKey(segment),
    from: new Date(segment.fromMs).toISOString(),
    to: new Date(segment.toMs).toISOString(),
    observedAt: new Date(segment.observedAtMs).toISOString(),
    ...stored,
  });
  return stored;
}

/** Stores the gaps that a segment reports. */
export async function storeGaps(
  { store, telemetry }: StoreSegmentPorts,
  segment: RolledSegment,
): Promise<void> {
  const gaps = gapsOf(segment);
  if (gaps.length === 0) return;
  await Promise.all(gaps.map((gap) => store.writeGap(segment, gap, segment.observedAtMs)));
  if (isOfFollowedMarket(segment)) {
    // Rejected minutes are counted by the kind of their fault, where they are rejected.
    telemetry.count('Gaps', gaps.length - segment.rejected.length);
  }
}

/** Whether a segment continues live minutes: history, and a market's first segment, start with nothing that could be lost. */
function isOfFollowedMarket({ kind, followsMs }: RolledSegment): boolean {
  return kind === 'live' && followsMs !== null;
}

/** Deletes the gaps of rejected minutes that are stored by now, and those that an audit settles. */
async function deleteFilledGaps(
  { store, telemetry }: StoreSegmentPorts,
  segment: RolledSegment,
  gaps: readonly Gap[],
): Promise<void> {
  const settled = segment.kind === 'audit' ? settledGaps(segment, gaps) : [];
  const doubtful = perhapsFilled(segment, gaps).filter((gap) => !settled.includes(gap));
  const filled = [...settled, ...(await storedOf(store, segment, doubtful))];
  if (filled.length === 0) return;
  await Promise.all(filled.map((gap) => store.deleteGap(segment, gap, segment.observedAtMs)));
  telemetry.count('GapsFilled', filled.length);
}

async function storedOf(store: SegmentStore, segment: RolledSegment, gaps: readonly Gap[]) {
  if (gaps.length === 0) return [];
  const ranges = gaps.map(({ fromMs, toMs }) => ({ interval: '1m' as const, fromMs, toMs }));
  const { candles } = await store.readCandles(segment, ranges);
  const times = new Set((candles['1m'] ?? []).map(({ openTimeMs }) => openTimeMs));
  return gaps.filter(({ fromMs }) => times.has(fromMs));
}

/**
 * The progress of one market while a batch's segments of it are stored. It is
 * read once, beside the first live segment's rows: from then on it is what this
 * batch has made of it, as every segment that moves it is stored before it does.
 */
export class MarketProgress {
  readonly #store: SegmentStore;
  #isRead = false;
  #progress: Progress | undefined;

  constructor(store: SegmentStore) {
    this.#store = store;
  }

  /** Reads it for a live segment, unless it was read. */
  async readFor(segment: RolledSegment): Promise<void> {
    if (this.#isRead || segment.kind === 'audit') return;
    const status = await this.#store.readStatus([segment]);
    this.#progress = status.get(marketKey(segment))?.progress;
    this.#isRead = true;
  }

  /** Moves it by a live segment that it was read for, and whose rows are stored. */
  async move(segment: RolledSegment): Promise<void> {
    const progress = advance(this.#progress, segment);
    if (progress === undefined) return;
    await this.#store.writeProgress(segment, progress);
    this.#progress = progress;
  }
}

/** Enters an audit in the ledger, once every row of it is acknowledged. */
export async function enterAudit(
  { store, telemetry }: StoreSegmentPorts,
  segment: RolledSegment,
): Promise<void> {
  const [day = unknownDay(segment.fromMs)] = await store.readDays(segment, segment);
  const audit = audited(day, segment);
  if (audit === undefined) return;
  await store.writeAudit(segment, segment.fromMs, audit);
  telemetry.count('AuditsStored', 1);
  telemetry.count('CandlesCorrected', segment.audit?.correctedCount ?? 0);
  if (audit.disputed) telemetry.count('DaysSealedDisputed', 1);
  telemetry.info('audited', {
    market: marketKey(segment),
    day: dayText(segment.fromMs),
    source: audit.source,
    minutes: audit.minuteCount,
    absent: audit.absentCount,
    corrected: segment.audit?.correctedCount ?? 0,
    suspects: audit.suspectsMs.length,
    agreed: audit.agreed,
    sealed: audit.sealedAtMs !== null,
    disputed: audit.disputed,
  });
}
