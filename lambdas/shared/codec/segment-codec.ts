import type { Candle, CandlesByInterval } from '../domain/candle';
import { type Decimal, formatDecimal, parseDecimal } from '../domain/decimal';
import { type Interval, INTERVALS } from '../domain/interval';
import { inTimeOrder } from '../domain/roll-up';
import {
  type AuditFindings,
  checkObserved,
  checkRolled,
  type ObservedSegment,
  type RejectedMinute,
  type RolledSegment,
  type Segment,
  SEGMENT_KINDS,
  SEGMENT_SOURCES,
} from '../domain/segment';
import { TOPICS } from '../domain/topics';
import type { SchemaVersionIds } from './schema-versions';
import { createTopicCodec } from './topic-codec';
import { WireFormatError } from './wire-format';

interface MinuteOnWire {
  readonly openTimeMs: number;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly baseVolume: string;
  readonly quoteVolume: string | null;
}

interface CandleOnWire extends MinuteOnWire {
  readonly minutes: number;
}

interface SegmentOnWire extends Omit<Segment, 'kind' | 'source'> {
  readonly kind: string;
  readonly source: string;
  readonly rejected: readonly RejectedMinute[];
  readonly unserved: string | null;
}

interface ObservedOnWire extends SegmentOnWire {
  readonly minutes: readonly MinuteOnWire[];
}

interface RolledOnWire extends SegmentOnWire {
  readonly candles: readonly {
    readonly interval: string;
    readonly candles: readonly CandleOnWire[];
  }[];
  readonly newestMs: number | null;
  readonly deleted: readonly {
    readonly interval: string;
    readonly openTimesMs: readonly number[];
  }[];
  readonly audit: AuditOnWire | null;
}

interface AuditOnWire {
  readonly minutes: number;
  readonly absent: number;
  readonly corrected: number;
  readonly suspects: readonly number[];
  readonly agreed: boolean;
  readonly sealed: boolean;
  readonly disputed: boolean;
}

/** Writes and reads the values of a topic as domain objects, which are checked when they are read. */
export interface SegmentCodec<T extends Segment> {
  encode(segment: T): Buffer;
  /** @throws Error (of any class) for bytes that are not such a segment, or break an invariant */
  decode(value: Buffer): T;
}

/** The codec of `candles.observed`. */
export function createObservedCodec(ids: SchemaVersionIds): SegmentCodec<ObservedSegment> {
  const codec = createTopicCodec<ObservedOnWire>(TOPICS.observed, ids);
  return {
    encode: ({ minuteCandles, ...segment }) =>
      codec.encode({ ...segment, minutes: minuteCandles.map(toWire) }),
    decode(value) {
      const wire = codec.decode(value);
      const minuteCandles = inTimeOrder(wire.minutes.map((minute) => fromWire(minute, 1)));
      const segment = { ...observationFromWire(wire), minuteCandles };
      checkObserved(segment);
      return segment;
    },
  };
}

/** The codec of `candles.rolled`. */
export function createRolledCodec(ids: SchemaVersionIds): SegmentCodec<RolledSegment> {
  const codec = createTopicCodec<RolledOnWire>(TOPICS.rolled, ids);
  return {
    encode: (segment) =>
      codec.encode({
        ...segment,
        candles: intervalsToWire(segment.candles),
        deleted: deletedToWire(segment.deleted),
        audit: segment.audit === null ? null : auditToWire(segment.audit),
      }),
    decode(value) {
      const wire = codec.decode(value);
      const segment = {
        ...observationFromWire(wire),
        candles: intervalsFromWire(wire.candles),
        newestMs: wire.newestMs,
        deleted: deletedFromWire(wire.deleted),
        audit: wire.audit === null ? null : auditFromWire(wire.audit),
      };
      checkRolled(segment);
      return segment;
    },
  };
}

/** Version 1 has the name of the exchange where the source is now. */
const SOURCE_OF_VERSION_1 = 'gate.io';

function segmentFromWire(wire: SegmentOnWire): Segment {
  const { exchange, pair, fromMs, toMs, observedAtMs, followsMs, settlesMs, gapFromMs } = wire;
  const isVersion1 = wire.source === SOURCE_OF_VERSION_1;
  return {
    exchange,
    pair,
    // Version 1 has no kinds: history settled nothing.
    kind: isVersion1 && settlesMs === null ? 'audit' : oneOf(SEGMENT_KINDS, 'kind', wire.kind),
    fromMs,
    toMs,
    observedAtMs,
    followsMs,
    settlesMs,
    gapFromMs,
    source: isVersion1 ? 'api' : oneOf(SEGMENT_SOURCES, 'source', wire.source),
  };
}

function oneOf<T extends string>(known: readonly T[], what: string, text: string): T {
  const found = known.find((one) => one === text);
  if (found !== undefined) return found;
  throw new WireFormatError(
    `Unknown ${what} ${JSON.stringify(text)}; expected one of ${known.join(', ')}`,
  );
}

/** A segment with what it says besides its candles. */
function observationFromWire(wire: SegmentOnWire) {
  return {
    ...segmentFromWire(wire),
    rejected: rejectedFromWire(wire),
    unserved: wire.unserved,
  };
}

function rejectedFromWire({ rejected }: SegmentOnWire): RejectedMinute[] {
  return rejected.map(({ openTimeMs, reason }) => ({ openTimeMs, reason }));
}

function deletedToWire(deleted: RolledSegment['deleted']): RolledOnWire['deleted'] {
  return INTERVALS.flatMap((interval) => {
    const openTimesMs = deleted[interval];
    return openTimesMs === undefined ? [] : [{ interval, openTimesMs }];
  });
}

function deletedFromWire(wire: RolledOnWire['deleted']): RolledSegment['deleted'] {
  return Object.fromEntries(
    wire.map(({ interval, openTimesMs }) => [oneOf(INTERVALS, 'interval', interval), openTimesMs]),
  );
}

function auditToWire(audit: AuditFindings): AuditOnWire {
  const { minuteCount, absentCount, correctedCount, suspectsMs, agreed, sealed, disputed } = audit;
  return {
    minutes: minuteCount,
    absent: absentCount,
    corrected: correctedCount,
    suspects: suspectsMs,
    agreed,
    sealed,
    disputed,
  };
}

function auditFromWire(wire: AuditOnWire): AuditFindings {
  const { minutes, absent, corrected, suspects, agreed, sealed, disputed } = wire;
  return {
    minuteCount: minutes,
    absentCount: absent,
    correctedCount: corrected,
    suspectsMs: suspects,
    agreed,
    sealed,
    disputed,
  };
}

function intervalsToWire(candles: CandlesByInterval): RolledOnWire['candles'] {
  return INTERVALS.map((interval) => ({
    interval,
    candles: (candles[interval] ?? []).map(toWire),
  }));
}

function intervalsFromWire(wire: RolledOnWire['candles']): CandlesByInterval {
  const candles: Partial<Record<Interval, readonly Candle[]>> = {};
  for (const { interval, candles: list } of wire) {
    candles[oneOf(INTERVALS, 'interval', interval)] = list.map((candle) =>
      fromWire(candle, candle.minutes),
    );
  }
  return candles;
}

function toWire(candle: Candle): CandleOnWire {
  return {
    openTimeMs: candle.openTimeMs,
    open: formatDecimal(candle.open),
    high: formatDecimal(candle.high),
    low: formatDecimal(candle.low),
    close: formatDecimal(candle.close),
    baseVolume: formatDecimal(candle.baseVolume),
    quoteVolume: candle.quoteVolume === null ? null : formatDecimal(candle.quoteVolume),
    minutes: candle.minuteCount,
  };
}

function fromWire(wire: MinuteOnWire, minuteCount: number): Candle {
  const open = parseDecimal(wire.open);
  const high = sameOr(wire.high, wire.open, open);
  const low = sameOr(wire.low, wire.open, open);
  return {
    openTimeMs: wire.openTimeMs,
    open,
    high,
    low,
    close: wire.close === wire.high ? high : sameOr(wire.close, wire.low, low),
    baseVolume: parseDecimal(wire.baseVolume),
    quoteVolume: wire.quoteVolume === null ? null : parseDecimal(wire.quoteVolume),
    minuteCount,
  };
}

/** Prices within a candle repeat each other: one that is equal is not parsed again. */
function sameOr(text: string, knownText: string, known: Decimal): Decimal {
  return text === knownText ? known : parseDecimal(text);
}
