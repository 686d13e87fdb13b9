import type { Candle } from './candle';
import { INTERVALS } from './interval';
import type { RolledSegment } from './segment';

/** Below a millisecond: as many observations of one time are told apart. */
const MARKS = 1_000;

/** The write time of whatever else an observation stores or deletes: after all of its rows. */
export function lastWriteTimeUs(observedAtMs: number): number {
  return observedAtMs * 1_000 + MARKS - 1;
}

/**
 * The write time of a segment's rows in microseconds, as Cassandra counts them:
 * the time of the observation, and below its millisecond a mark that follows
 * from the candles.
 *
 * Two ticks of the same time may see different minutes, if the exchange
 * corrected them in between, or roll up different windows, if other minutes are
 * stored by then. With equal write times the database would choose between them
 * cell by cell, and a row could hold the high of one and the low of the other.
 * With the mark one of them wins whole. A repetition of the same observation
 * changes no value; its mark may be another once its minutes are stored, as only
 * changed minutes are in it.
 */
export function writeTimeUs({ observedAtMs, candles }: RolledSegment): number {
  return observedAtMs * 1_000 + markOf(INTERVALS.flatMap((interval) => candles[interval] ?? []));
}

function markOf(candles: readonly Candle[]): number {
  let hash = 0x811c_9dc5;
  for (const { openTimeMs, open, high, low, close, baseVolume, quoteVolume } of candles) {
    hash = mixed(hash, openTimeMs % 0x1_0000_0000);
    for (const value of [open, high, low, close, baseVolume, quoteVolume]) {
      hash = mixed(hash, value === null ? 0 : Number(BigInt.asUintN(32, value.unscaled)));
    }
  }
  return spread(hash) % MARKS;
}

/**
 * A step of the FNV-1a hash, 32 bits at a time.
 * Source: "FNV Hash" by Fowler, Noll and Vo.
 */
function mixed(hash: number, value: number): number {
  return Math.imul(hash ^ value, 0x0100_0193) >>> 0;
}

/**
 * Spreads the bits of a hash, so that every bit of it counts in a remainder.
 * Source: "MurmurHash3" by Appleby, the finalizer of 32 bits.
 */
function spread(hash: number): number {
  const first = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  const second = Math.imul(first ^ (first >>> 13), 0xc2b2_ae35);
  return (second ^ (second >>> 16)) >>> 0;
}
