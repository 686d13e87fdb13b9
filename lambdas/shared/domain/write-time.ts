import type { Candle } from './candle';
import type { RolledSegment } from './segment';

/** Below a millisecond: as many observations of one time are told apart. */
const MARKS = 1_000;

/**
 * When the rows of a segment were written, in microseconds, as Cassandra counts
 * write times: the time of the observation, and below its millisecond a mark
 * that follows from the minutes.
 *
 * Two ticks of the same time may see different minutes, where the exchange
 * corrected them in between. With equal write times the database would choose
 * between them cell by cell, and a row could hold the high of one and the low
 * of the other. With the mark one of them wins whole, and a repetition of the
 * same observation still changes nothing.
 */
export function writeTimeUs({ observedAtMs, candles }: RolledSegment): number {
  return observedAtMs * 1_000 + markOf(candles['1m'] ?? []);
}

function markOf(minutes: readonly Candle[]): number {
  let hash = 0x811c_9dc5;
  for (const { openTimeMs, open, high, low, close, baseVolume, quoteVolume } of minutes) {
    hash = mixed(hash, openTimeMs % 0x1_0000_0000);
    for (const { unscaled } of [open, high, low, close, baseVolume, quoteVolume]) {
      hash = mixed(hash, Number(BigInt.asUintN(32, unscaled)));
    }
  }
  return hash % MARKS;
}

/**
 * A step of the FNV-1a hash, 32 bits at a time.
 * Source: "FNV Hash" by Fowler, Noll and Vo.
 */
function mixed(hash: number, value: number): number {
  return Math.imul(hash ^ value, 0x0100_0193) >>> 0;
}
