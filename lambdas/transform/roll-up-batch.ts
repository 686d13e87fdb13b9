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
import { marketKey } from '../shared/domain/market';
import {
  type CandleReader,
  type DayReader,
  type LogDetails,
  type NewRecord,
  type RecordLog,
  type StoredCandles,
  type Telemetry,
  type UnreadableCandle,
  UnreadableCandleError,
} from '../shared/domain/ports';
import { auditDay, candlesToCompare } from '../shared/domain/ledger/audit';
import { intervalMs } from '../shared/domain/interval';
import { unknownDay } from '../shared/domain/ledger/ledger';
import {
  childrenToReadFirst,
  childrenToReadThen,
  dueCandles,
  type OpenWindowTimes,
} from '../shared/domain/due-windows';
import { rollUp } from '../shared/domain/roll-up';
import { newestOf, type ObservedSegment, type RolledSegment } from '../shared/domain/segment';
import { TOPICS } from '../shared/domain/topics';

/** Ports of the transform function. */
export interface RollUpBatchPorts extends BatchEndPorts {
  readonly observed: SegmentCodec<ObservedSegment>;
  readonly rolled: SegmentCodec<RolledSegment>;
  readonly stored: CandleReader & DayReader;
  readonly log: RecordLog;
  /** Time after which live windows that have not ended are written again, in milliseconds. */
  readonly openWindowsEveryMs: number;
  /** The time in which an exchange corrects its newest candles, in milliseconds; 0 if that is unknown. */
  readonly settlingMsOf: (exchange: string) => number;
}

/** Number of segments that have reads of stored children under way at once. */
const CONCURRENT_SEGMENTS = 16;

/**
 * The transform function's use case: checks each observed segment, rolls it up
 * over the stored children around it, and appends it to `candles.rolled`, in
 * the order of the batch. A record that can never be rolled up becomes a dead
 * letter. Where the children of a segment cannot be read, it and the later ones
 * of its market are to be given again, so that a market's order is kept; where the
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
  readonly market: string;
  readonly appends: NewRecord;
  readonly details: LogDetails & Readonly<Record<'minutes' | 'changed' | 'windows', number>>;
}

type Outcome =
  | RolledUp
  | { readonly kind: 'dead letter'; readonly letter: DeadLetter }
  | (FailedRecord & { readonly kind: 'failed'; readonly market: string });

async function rollUpOne(
  { rolled, stored, openWindowsEveryMs, settlingMsOf }: RollUpBatchPorts,
  { record, value: segment }: Decoded<ObservedSegment>,
): Promise<Outcome> {
  const market = marketKey(segment);
  const times = { everyMs: openWindowsEveryMs, settlingMs: settlingMsOf(segment.exchange) };
  let roll: () => RolledSegment;
  try {
    roll = await prepared(stored, segment, times);
  } catch (cause) {
    return { kind: 'failed', record, market, cause };
  }
  try {
    const appended = roll();
    const appends = { key: market, value: rolled.encode(appended) };
    return { kind: 'rolled up', record, market, appends, details: describe(segment, appended) };
  } catch (cause) {
    return { kind: 'dead letter', letter: deadLetterOf(record, 'transform', cause) };
  }
}

/** Reads what a segment is rolled up with; what is left to do is pure. */
async function prepared(
  stored: RollUpBatchPorts['stored'],
  segment: ObservedSegment,
  times: OpenWindowTimes,
): Promise<() => RolledSegment> {
  if (segment.kind === 'live') {
    const read = await readChildren(stored, segment, times);
    return () => rolledUp(segment, read, times);
  }
  const [read, [day]] = await Promise.all([
    stored.readCandles(segment, candlesToCompare(segment)),
    stored.readDays(segment, segment),
  ]);
  return () => auditDay(segment, read, day ?? unknownDay(segment.fromMs));
}

async function readChildren(
  stored: CandleReader,
  segment: ObservedSegment,
  times: OpenWindowTimes,
): Promise<StoredCandles> {
  const first = await stored.readCandles(segment, childrenToReadFirst(segment, times));
  const minutes = first.candles['1m'] ?? [];
  const left = childrenToReadThen(segment, minutes, times);
  if (left.length === 0) return first;
  const then = await stored.readCandles(segment, left);
  return {
    candles: { ...then.candles, '1m': minutes },
    unreadable: [...first.unreadable, ...then.unreadable],
  };
}

/** @throws UnreadableCandleError if a stored row that is needed cannot be read: it stays so until someone corrects it */
function rolledUp(
  segment: ObservedSegment,
  { candles, unreadable }: StoredCandles,
  times: OpenWindowTimes,
): RolledSegment {
  const needed = unreadable.find((row) => isOfWindows(row) && !isOverwritten(segment, row));
  if (needed !== undefined) throw new UnreadableCandleError(segment, needed);
  const { minuteCandles, ...rest } = segment;
  return {
    ...rest,
    candles: dueCandles(segment, rollUp(segment, candles), times),
    rejected: segment.rejected.filter(({ openTimeMs }) => !isStored(candles, openTimeMs)),
    newestMs: newestOf(minuteCandles) ?? null,
    deleted: {},
    audit: null,
  };
}

/** Whether a row has a place in windows: one whose time is none of its interval is left out, and deleted by its day's audit. */
function isOfWindows({ interval, openTimeMs }: UnreadableCandle): boolean {
  return openTimeMs === null || openTimeMs % intervalMs(interval) === 0;
}

function isOverwritten({ minuteCandles }: ObservedSegment, row: UnreadableCandle): boolean {
  return (
    row.interval === '1m' && minuteCandles.some(({ openTimeMs }) => openTimeMs === row.openTimeMs)
  );
}

/** A minute that is stored is no gap, whatever its row says now. */
function isStored(candles: CandlesByInterval, timeMs: number): boolean {
  return (candles['1m'] ?? []).some(({ openTimeMs }) => openTimeMs === timeMs);
}

/** The outcomes by kind, in the order of the batch; what is rolled up behind a failure of its market is held back with it. */
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
    const { record, market } = outcome;
    const earlier = firstFailures.get(market) ?? (outcome.kind === 'failed' ? outcome : undefined);
    if (earlier !== undefined) {
      firstFailures.set(market, earlier);
      failed.push({ record, cause: earlier.cause });
    } else if (outcome.kind === 'rolled up') {
      rolledUp.push(outcome);
    }
  }
  return { rolledUp, deadLetters, failed };
}

/** Appends what is rolled up; if that fails, some of it may be in the topic, and all of it is to be given again. */
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
  report(telemetry, rolledUp);
  return [];
}

function countOf(candles: CandlesByInterval): number {
  return Object.values(candles).reduce((sum, list) => sum + list.length, 0);
}

function describe(segment: ObservedSegment, { candles }: RolledSegment) {
  return {
    market: marketKey(segment),
    kind: segment.kind,
    from: new Date(segment.fromMs).toISOString(),
    to: new Date(segment.toMs).toISOString(),
    minutes: segment.minuteCandles.length,
    changed: candles['1m']?.length ?? 0,
    windows: countOf(candles) - (candles['1m']?.length ?? 0),
  };
}

/** One line a batch: a line a segment would cost more than the function does. */
function report(telemetry: Telemetry, rolledUp: readonly RolledUp[]): void {
  if (rolledUp.length === 0) return;
  const details = rolledUp.map((one) => one.details);
  for (const one of details) telemetry.debug('segment rolled up', one);
  const total = (count: (one: RolledUp['details']) => number): number =>
    details.reduce((sum, one) => sum + count(one), 0);
  const minutes = total((one) => one.minutes);
  telemetry.info('rolled up', {
    segments: details.length,
    minutes,
    changed: total((one) => one.changed),
    windows: total((one) => one.windows),
  });
  telemetry.count('MinutesRolledUp', minutes);
}
