import type { Candle, CandlesByInterval } from '../domain/candle';
import { type Decimal, formatDecimal, parseDecimal } from '../domain/decimal';
import { type Interval, INTERVALS, isInterval } from '../domain/interval';
import { inTimeOrder } from '../domain/roll-up';
import {
  checkObserved,
  checkRolled,
  type ObservedSegment,
  type RolledSegment,
  type Segment,
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
  readonly quoteVolume: string;
}

interface CandleOnWire extends MinuteOnWire {
  readonly minutes: number;
}

interface ObservedOnWire extends Segment {
  readonly minutes: readonly MinuteOnWire[];
}

interface RolledOnWire extends Segment {
  readonly candles: readonly {
    readonly interval: string;
    readonly candles: readonly CandleOnWire[];
  }[];
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
    encode: (segment) => codec.encode({ ...segment, minutes: segment.minutes.map(toWire) }),
    decode(value) {
      const wire = codec.decode(value);
      const minutes = wire.minutes.map((minute) => fromWire(minute, 1));
      const segment = { ...segmentOf(wire), minutes: inTimeOrder(minutes) };
      checkObserved(segment);
      return segment;
    },
  };
}

/** The codec of `candles.rolled`. */
export function createRolledCodec(ids: SchemaVersionIds): SegmentCodec<RolledSegment> {
  const codec = createTopicCodec<RolledOnWire>(TOPICS.rolled, ids);
  return {
    encode: (segment) => codec.encode({ ...segment, candles: intervalsToWire(segment.candles) }),
    decode(value) {
      const wire = codec.decode(value);
      const segment = { ...segmentOf(wire), candles: intervalsFromWire(wire.candles) };
      checkRolled(segment);
      return segment;
    },
  };
}

function segmentOf(wire: Segment): Segment {
  const { pair, fromMs, toMs, observedAtMs, followsMs, settlesMs, gapFromMs, source } = wire;
  return { pair, fromMs, toMs, observedAtMs, followsMs, settlesMs, gapFromMs, source };
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
    if (!isInterval(interval)) {
      throw new WireFormatError(
        `Unknown interval ${JSON.stringify(interval)}; expected one of ${INTERVALS.join(', ')}`,
      );
    }
    candles[interval] = list.map((candle) => fromWire(candle, candle.minutes));
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
    quoteVolume: formatDecimal(candle.quoteVolume),
    minutes: candle.minutes,
  };
}

function fromWire(wire: MinuteOnWire, minutes: number): Candle {
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
    quoteVolume: parseDecimal(wire.quoteVolume),
    minutes,
  };
}

/** Prices within a candle repeat each other: one that is equal is not parsed again. */
function sameOr(text: string, knownText: string, known: Decimal): Decimal {
  return text === knownText ? known : parseDecimal(text);
}
