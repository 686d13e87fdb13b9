import type { Candle } from '../../lambdas/shared/domain/candle';
import type { MemoryCassandra, ReadRow } from '../simulation/memory-cassandra';
import type { Stretch } from '../simulation/exchange';

/*
 * What must be stored, computed straight from the minutes. Nothing here is
 * shared with the functions but the shape of a minute.
 */

/** Enough digits behind the point for every number of a run. */
const DIGITS = 20;

const LENGTHS_MINUTES = { '1m': 1, '5m': 5, '15m': 15, '1h': 60, '4h': 240, '1d': 1_440 };

/** What a pair's tables must hold in the end. */
export interface Expectation {
  readonly pair: string;
  /** The final truth. */
  readonly minutes: readonly Candle[];
  readonly historyStartMs: number;
  /** The last tick's time. */
  readonly lastTickMs: number;
  /** How far back the exchange was asked. */
  readonly retentionMs: number;
  /** Where progress has stood. */
  readonly settledTimes: ReadonlySet<number>;
  /** Whether an operator set the progress back: gaps may then be of minutes stored before. */
  readonly wasRewound: boolean;
}

/** Everything that differs from what must be stored, in words; nothing where all is right. */
export function differences(cassandra: MemoryCassandra, expected: Expectation): string[] {
  const ofPair = (row: ReadRow): boolean => row.get('pair') === expected.pair;
  const gaps = cassandra.rowsOf('gaps').filter(ofPair);
  return [
    ...gapDifferences(gaps, expected),
    ...progressDifferences(cassandra.rowsOf('progress').filter(ofPair), expected),
    ...candleDifferences(cassandra.rowsOf('candles').filter(ofPair), expected, gaps.map(gapOf)),
  ].map((difference) => `${expected.pair}: ${difference}`);
}

function progressDifferences(rows: ReadRow[], { lastTickMs, pair }: Expectation): string[] {
  const found = rows.map((row) => `${time(row, 'settled_to')} seen ${time(row, 'seen_to')}`);
  const minuteMs = lastTickMs - (lastTickMs % 60_000);
  const wanted = `${iso(minuteMs - 120_000)} seen ${iso(minuteMs)}`;
  return found.length === 1 && found[0] === wanted
    ? []
    : [`the progress of ${pair} is [${found.join('; ')}], expected ${wanted}`];
}

/** A gap starts where progress stood, and ends where the exchange's retention starts. */
function gapDifferences(rows: ReadRow[], expected: Expectation): string[] {
  const gaps = rows
    .map((row) => ({ ...gapOf(row), observedAtMs: timeMs(row, 'observed_at') }))
    .sort((a, b) => a.fromMs - b.fromMs);
  return gaps.flatMap(({ fromMs, toMs, observedAtMs }) => {
    const retainedMs = Math.ceil((observedAtMs - expected.retentionMs) / 60_000) * 60_000;
    const name = `the gap [${iso(fromMs)}, ${iso(toMs)})`;
    return [
      ...(toMs === retainedMs ? [] : [`${name} ends elsewhere than the retention did`]),
      ...(expected.settledTimes.has(fromMs) || fromMs === expected.historyStartMs
        ? []
        : [`${name} starts where progress never stood`]),
    ];
  });
}

function gapOf(row: ReadRow): Stretch {
  return { fromMs: timeMs(row, 'from_time'), toMs: timeMs(row, 'to_time') };
}

function candleDifferences(rows: ReadRow[], expected: Expectation, gaps: Stretch[]): string[] {
  const wanted = wantedRows(expected, gaps);
  const found = new Map(rows.map((row) => [nameOf(row), row]));
  const missing = [...wanted]
    .filter(([name, text]) => text !== ANY && !found.has(name))
    .map(([name]) => `${name} is missing`);
  const wrong = [...found].flatMap(([name, row]) => {
    const text = wanted.get(name);
    if (text === undefined) return [`${name} is stored, but was never traded`];
    const stored = textOf(row);
    return text === ANY || text === stored ? [] : [`${name} is ${stored}, expected ${text}`];
  });
  const unknown = rows.length === found.size ? [] : ['a candle is stored in two buckets'];
  return [...missing, ...wrong, ...unknown];
}

/** What may be anything: a candle of minutes that the exchange no longer served in time. */
const ANY = '(any)';

function wantedRows(expected: Expectation, gaps: readonly Stretch[]): Map<string, string> {
  const minutes = expected.minutes.filter(
    ({ openTimeMs }) => openTimeMs >= expected.historyStartMs,
  );
  const coveredMs = expected.lastTickMs - (expected.lastTickMs % 60_000);
  const rows = new Map<string, string>();
  for (const [interval, lengthMinutes] of Object.entries(LENGTHS_MINUTES)) {
    const lengthMs = lengthMinutes * 60_000;
    for (const [openMs, members] of groups(minutes, lengthMs)) {
      const endMs = openMs + lengthMs;
      const inGap = gaps.some(({ fromMs, toMs }) => openMs < toMs && endMs > fromMs);
      rows.set(
        `${interval} ${bucket(interval, openMs)} ${iso(openMs)}`,
        inGap ? ANY : wantedText(members, endMs <= coveredMs),
      );
    }
  }
  return rows;
}

function groups(minutes: readonly Candle[], lengthMs: number): Map<number, Candle[]> {
  const windows = new Map<number, Candle[]>();
  for (const minute of minutes) {
    const openMs = minute.openTimeMs - (minute.openTimeMs % lengthMs);
    windows.set(openMs, [...(windows.get(openMs) ?? []), minute]);
  }
  return windows;
}

function wantedText(members: readonly Candle[], closed: boolean): string {
  const prices = members.map(({ open, high, low, close }) => ({
    open: scaled(open),
    high: scaled(high),
    low: scaled(low),
    close: scaled(close),
  }));
  return [
    prices[0]?.open ?? 0n,
    prices.reduce((most, { high }) => (high > most ? high : most), prices[0]?.high ?? 0n),
    prices.reduce((least, { low }) => (low < least ? low : least), prices[0]?.low ?? 0n),
    prices.at(-1)?.close ?? 0n,
    members.reduce((sum, { baseVolume }) => sum + scaled(baseVolume), 0n),
    members.reduce((sum, { quoteVolume }) => sum + scaled(quoteVolume), 0n),
    members.length,
    closed,
  ].join(' ');
}

function textOf(row: ReadRow): string {
  const numbers = ['open', 'high', 'low', 'close', 'base_volume', 'quote_volume'];
  return [
    ...numbers.map((column) => scaledText(String(row.get(column)))),
    String(row.get('minutes')),
    String(row.get('closed')),
  ].join(' ');
}

function scaled({ unscaled, scale }: { unscaled: bigint; scale: number }): bigint {
  return unscaled * 10n ** BigInt(DIGITS - scale);
}

function scaledText(text: string): bigint {
  const [whole = '', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(DIGITS, '0'));
}

function nameOf(row: ReadRow): string {
  return `${String(row.get('interval'))} ${String(row.get('bucket'))} ${time(row, 'open_time')}`;
}

function bucket(interval: string, openMs: number): string {
  const date = iso(openMs);
  if (interval === '1m') return date.slice(0, 10);
  if (interval === '5m' || interval === '15m') return `${date.slice(0, 7)}-01`;
  return interval === '1d' ? '1970-01-01' : `${date.slice(0, 4)}-01-01`;
}

function timeMs(row: ReadRow, column: string): number {
  const value = row.get(column);
  return value instanceof Date ? value.getTime() : Number.NaN;
}

function time(row: ReadRow, column: string): string {
  return iso(timeMs(row, column));
}

function iso(ms: number): string {
  return Number.isNaN(ms) ? 'no time' : new Date(ms).toISOString();
}
