import type { Candle } from '../../lambdas/shared/domain/candle';
import { type ReadRow, timeAt, timeOf } from '../simulation/world/memory-cassandra';
import { units } from './straight-roll-up';

/** Enough decimals for every number of a run. */
const DECIMALS = 20;

/** Minutes as they are to be stored: of those that the archive alone had, the quote volume is unknown. */
export function asArchived(minutes: readonly Candle[], rows: readonly ReadRow[]): Candle[] {
  const unknown = new Set(
    rows
      .filter((row) => row.get('interval') === '1m' && row.get('source') === 'archive')
      .filter((row) => row.get('quote_volume') === null)
      .map((row) => timeAt(row, 'open_time')),
  );
  return minutes.map((minute) =>
    unknown.has(minute.openTimeMs) ? { ...minute, quoteVolume: null } : minute,
  );
}

/** A candle as {@link storedText} has it, if it is stored as it should be. */
export function wantedText(candle: Candle, closed: boolean): string {
  const { open, high, low, close, baseVolume, quoteVolume, minuteCount } = candle;
  const numbers = [open, high, low, close, baseVolume, quoteVolume];
  const texts = numbers.map((number) => number && units(number, DECIMALS));
  return [...texts.map(String), minuteCount, closed].join(' ');
}

/** Values of a stored candle, with all numbers in the same unit. */
export function storedText(row: ReadRow): string {
  const numbers = ['open', 'high', 'low', 'close', 'base_volume', 'quote_volume'];
  return [
    ...numbers.map((column) => scaledText(row.get(column))),
    String(row.get('minutes')),
    String(row.get('closed')),
  ].join(' ');
}

function scaledText(value: ReturnType<ReadRow['get']>): string {
  if (value === null) return 'null';
  const [whole = '', fraction = ''] = String(value).split('.');
  return String(BigInt(whole + fraction.padEnd(DECIMALS, '0')));
}

/** A stored candle's interval, bucket and open time. */
export function candleName(row: ReadRow): string {
  return `${String(row.get('interval'))} ${String(row.get('bucket'))} ${iso(timeOf(row, 'open_time'))}`;
}

/** A time in words; there may be none. */
export function iso(ms = Number.NaN): string {
  return Number.isNaN(ms) ? 'no time' : new Date(ms).toISOString();
}
