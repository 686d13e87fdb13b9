import fc from 'fast-check';
import type { Candle, CandlesByInterval } from '../../lambdas/shared/domain/candle';
import { compareDecimals, type Decimal, parseDecimal } from '../../lambdas/shared/domain/decimal';
import { DAY_MS, INTERVALS, MINUTE_MS } from '../../lambdas/shared/domain/interval';
import type { ObservedSegment, RolledSegment, Segment } from '../../lambdas/shared/domain/segment';

/** A Thursday without anything special: 2026-01-15T00:00:00Z. */
export const DAY = Date.UTC(2026, 0, 15);

/** An instant of that day. */
export function at(hour: number, minute = 0): number {
  return DAY + (hour * 60 + minute) * MINUTE_MS;
}

/** A one-minute candle; prices and volumes can be given as texts. */
export function minuteAt(
  openTimeMs: number,
  texts: Partial<Record<'open' | 'high' | 'low' | 'close' | 'base' | 'quote', string>> = {},
): Candle {
  const {
    open = '10.5',
    high = '11',
    low = '9.75',
    close = '10',
    base = '2',
    quote = '20.6',
  } = texts;
  return {
    openTimeMs,
    open: parseDecimal(open),
    high: parseDecimal(high),
    low: parseDecimal(low),
    close: parseDecimal(close),
    baseVolume: parseDecimal(base),
    quoteVolume: parseDecimal(quote),
    minuteCount: 1,
  };
}

/** Candles of every minute of a range. */
export function minutesIn(fromMs: number, toMs: number): Candle[] {
  const count = (toMs - fromMs) / MINUTE_MS;
  return Array.from({ length: count }, (_, index) =>
    minuteAt(fromMs + index * MINUTE_MS, { close: `10.${index % 10}`, base: `${index}.5` }),
  );
}

/** A live segment of BTC_USDT, from 12:03 to 12:07 where nothing else is said. */
export function segmentOf(fields: Partial<Segment> = {}): Segment {
  return {
    exchange: 'gate-io',
    pair: 'BTC_USDT',
    kind: 'live',
    fromMs: at(12, 3),
    toMs: at(12, 7),
    observedAtMs: at(12, 7),
    followsMs: at(12, 3),
    settlesMs: at(12, 5),
    gapFromMs: null,
    source: 'api',
    ...fields,
  };
}

/** The same with its minutes: all of them where nothing else is said. */
export function observedOf(fields: Partial<ObservedSegment> = {}): ObservedSegment {
  const segment = segmentOf(fields);
  return {
    ...segment,
    minuteCandles: fields.minuteCandles ?? minutesIn(segment.fromMs, segment.toMs),
    rejected: fields.rejected ?? [],
    unserved: fields.unserved ?? null,
  };
}

/** A live rolled segment without any candles, if nothing else is said. */
export function rolledOf(fields: Partial<RolledSegment> = {}): RolledSegment {
  return {
    ...segmentOf(fields),
    candles: {},
    rejected: [],
    newestMs: null,
    unserved: null,
    deleted: {},
    audit: null,
    ...fields,
  };
}

/** A whole UTC day, as an audit holds it. */
export function auditOf(fields: Partial<ObservedSegment> = {}): ObservedSegment {
  const day = { fromMs: DAY, toMs: DAY + DAY_MS, followsMs: null, settlesMs: null };
  return observedOf({ kind: 'audit', ...day, minuteCandles: [minuteAt(at(7))], ...fields });
}

const positiveDecimals: fc.Arbitrary<Decimal> = fc.record({
  unscaled: fc.oneof(fc.bigInt(1n, 1_000n), fc.bigInt(1n, 10n ** 24n)),
  scale: fc.integer({ min: 0, max: 12 }),
});

const volumes: fc.Arbitrary<Decimal> = fc.record({
  unscaled: fc.oneof(fc.constant(0n), fc.bigInt(0n, 10n ** 20n)),
  scale: fc.integer({ min: 0, max: 12 }),
});

/** Any one-minute candle that can be, opening at the given time. */
export function candlesAt(openTimeMs: number): fc.Arbitrary<Candle> {
  const prices = fc.tuple(positiveDecimals, positiveDecimals, positiveDecimals, positiveDecimals);
  return fc
    .tuple(prices, volumes, volumes, fc.boolean())
    .map(([drawn, baseVolume, quoteVolume, rose]) => {
      const [low, lower, upper, high] = drawn.toSorted(compareDecimals) as typeof drawn;
      const [open, close] = rose ? [lower, upper] : [upper, lower];
      return { openTimeMs, open, high, low, close, baseVolume, quoteVolume, minuteCount: 1 };
    });
}

/** Minutes of the day, in time order, each once; many of them close together. */
export function minutesOfDay(maxLength = 60): fc.Arbitrary<Candle[]> {
  const index = fc.oneof(fc.integer({ min: 0, max: 1_439 }), fc.integer({ min: 225, max: 255 }));
  return fc
    .uniqueArray(index, { maxLength })
    .chain((indexes) =>
      fc.tuple(
        ...indexes.toSorted((a, b) => a - b).map((minute) => candlesAt(DAY + minute * MINUTE_MS)),
      ),
    );
}

/** How many candles there are, of all intervals. */
export function countOf(candles: CandlesByInterval): number {
  return INTERVALS.reduce((sum, interval) => sum + (candles[interval]?.length ?? 0), 0);
}
