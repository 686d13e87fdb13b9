import { dateValue, textValue } from '../../lambdas/shared/adapters/database/cql-values';
import { INTERVALS } from '../../lambdas/shared/domain/interval';
import {
  type MemoryCassandra,
  type ReadRow,
  timeAt,
  timeOf,
} from '../simulation/world/memory-cassandra';
import type { Truth } from '../simulation/world/exchange';
import { asArchived, candleName, iso, storedText, wantedText } from './candle-text';
import { expectedBucket, LENGTH_MS, straightWindows } from './straight-roll-up';

const DAY_MS = 86_400_000;
const MINUTES_OF_DAY = 1_440;

/** A past day of a market, with the last word of the exchange on it. */
export interface PastDay {
  readonly exchange: string;
  readonly pair: string;
  readonly dayMs: number;
  readonly truth: Truth;
}

/** Stored candles of a day that differ from the truth, in words. */
export function dayDifferences(cassandra: MemoryCassandra, day: PastDay): string[] {
  const rows = candlesOf(cassandra, day);
  const found = new Map(rows.map((row) => [candleName(row), storedText(row)]));
  const wanted = wantedCandles(day, rows);
  const missing = [...wanted].filter(([name]) => !found.has(name));
  const wrong = [...found].filter(([name, text]) => wanted.get(name) !== text);
  return [
    ...missing.map(([name]) => `${name} is missing`),
    ...wrong.map(([name, text]) => `${name} is ${text}, expected ${wanted.get(name) ?? 'none'}`),
  ].map((difference) => `${nameOf(day)}: ${difference}`);
}

/** One-minute candles of the truth that are not stored, or with other values: a disputed day has more at most. */
export function lostMinutes(cassandra: MemoryCassandra, day: PastDay): string[] {
  return dayDifferences(cassandra, day).filter(
    (difference) => difference.includes(': 1m ') && !difference.endsWith('expected none'),
  );
}

/**
 * Differences between what a row of the ledger counts and what the tables hold, in
 * words. A day in dispute counts its last answer; the gaps of rejected minutes
 * that this lacks stand beside it.
 */
export function countDifferences(cassandra: MemoryCassandra, day: PastDay, row: ReadRow): string[] {
  const minutes = candlesOf(cassandra, day, ['1m']).length;
  const gaps = gapsOf(cassandra, day).length;
  const isDisputed = row.get('disputed') === true;
  const isSealed = timeOf(row, 'sealed_at') !== undefined && !isDisputed;
  const rejected = isDisputed ? Math.min(gaps, Number(row.get('rejected'))) : gaps;
  const wanted = { minutes, rejected, absent: MINUTES_OF_DAY - minutes - rejected };
  return [
    ...Object.entries(wanted)
      .filter(([column, count]) => row.get(column) !== count)
      .map(([column, count]) => `${String(row.get(column))} ${column}, expected ${count}`),
    ...(isSealed && gaps > 0 ? ['a sealed day has a gap'] : []),
  ].map((difference) => `${nameOf(day)}: ${difference}`);
}

function candlesOf(
  cassandra: MemoryCassandra,
  { exchange, pair, dayMs }: PastDay,
  intervals: readonly (typeof INTERVALS)[number][] = INTERVALS,
): ReadRow[] {
  return intervals.flatMap((interval) => {
    const rows = cassandra.rowsOf('candles', {
      exchange: textValue(exchange),
      pair: textValue(pair),
      interval: textValue(interval),
      bucket: dateValue(expectedBucket(interval, dayMs)),
    });
    return rows.filter((row) => isOfDay(timeAt(row, 'open_time'), dayMs));
  });
}

function gapsOf(cassandra: MemoryCassandra, { exchange, pair, dayMs }: PastDay): ReadRow[] {
  const key = { exchange: textValue(exchange), pair: textValue(pair) };
  return cassandra.rowsOf('gaps', key).filter((row) => isOfDay(timeAt(row, 'from_time'), dayMs));
}

function isOfDay(timeMs: number, dayMs: number): boolean {
  return timeMs >= dayMs && timeMs < dayMs + DAY_MS;
}

function wantedCandles({ truth }: PastDay, rows: readonly ReadRow[]): Map<string, string> {
  const minutes = asArchived(truth.candles, rows);
  return new Map(
    INTERVALS.flatMap((interval) =>
      straightWindows(minutes, LENGTH_MS[interval]).map((candle) => [
        `${interval} ${expectedBucket(interval, candle.openTimeMs)} ${iso(candle.openTimeMs)}`,
        wantedText(candle, true),
      ]),
    ),
  );
}

function nameOf({ pair, dayMs }: PastDay): string {
  return `${pair} ${iso(dayMs).slice(0, 10)}`;
}
