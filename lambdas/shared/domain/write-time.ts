import type { Candle } from './candle';
import { INTERVALS } from './interval';
import type { RolledSegment } from './segment';

/** Microseconds of a second: as many observations of one time are told apart. */
const MARKS = 1_000_000;

/** The write time of what is written to the ledger of days and to progress: after all else of its millisecond. */
export function lastWriteTimeUs(observedAtMs: number): number {
  return observedAtMs * 1_000 + 999;
}

/** The write time of an observation's deletions of rows: after all that are written of its second. */
export function deletionTimeUs(observedAtMs: number): number {
  return secondUs(observedAtMs) + MARKS - 1;
}

/**
 * The write time of a segment's rows in microseconds, as Cassandra counts them:
 * the second of the observation, and within it a mark that follows from the
 * candles. Scheduled events have whole seconds, so nothing else is lost.
 * Source: the Amazon EventBridge user guide, "Scheduled events".
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
  const mark = markOf(INTERVALS.flatMap((interval) => candles[interval] ?? []));
  return secondUs(observedAtMs) + mark;
}

function secondUs(timeMs: number): number {
  return Math.floor(timeMs / 1_000) * MARKS;
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
